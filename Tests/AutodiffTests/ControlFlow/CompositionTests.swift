import Autodiff
import Testing

private typealias Function = (Tensor, Tensor) throws -> Tensor

/// A way to compute something that captures `w`, and the same in plain operations.
private struct Composition: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// Whether it can be run backwards.
  var hasReverse = true
  let structured: @Sendable (_ w: Tensor, _ x: Tensor) throws -> Tensor
  let plain: @Sendable (_ w: Tensor, _ x: Tensor) throws -> Tensor
}

private func step(_ c: Tensor, _ w: Tensor) -> Tensor { sin(c * w) + c }

private func threeSteps(_ w: Tensor, _ x: Tensor) -> Tensor {
  (0..<3).reduce(x) { c, _ in step(c, w) }
}

/// Every construct, each capturing `w` in its body.
private let compositions: [Composition] = [
  Composition(
    testDescription: "scan",
    structured: { w, x in
      let (c, ys) = try scan(x, EmptyTree(), length: 3) { c, _ in (step(c, w), c * w) }
      return c + sum(ys, axes: [0])
    },
    plain: { w, x in
      let (a, b) = (step(x, w), step(step(x, w), w))
      return threeSteps(w, x) + x * w + a * w + b * w
    }),
  Composition(
    testDescription: "scan, unrolled and backwards",
    structured: { w, x in
      let xs = stack([x, x * 2, x * 3])
      return try scan(x, xs, reverse: true, unroll: 2) { c, y in (step(c, w) + y, c) }.carry
    },
    plain: { w, x in
      [3.0, 2, 1].reduce(x) { c, factor in step(c, w) + x * factor }
    }),
  Composition(
    testDescription: "scan in checkpointed segments",
    structured: { w, x in
      try scan(x, EmptyTree(), length: 3, checkpointSegments: 2) { c, _ in
        (step(c, w), EmptyTree())
      }.carry
    }, plain: { threeSteps($0, $1) }),
  Composition(
    testDescription: "foriLoop",
    structured: { w, x in try foriLoop(0, 3, x) { _, c in step(c, w) } },
    plain: { threeSteps($0, $1) }),
  Composition(
    testDescription: "foriLoop with bounds that are traced", hasReverse: false,
    structured: { w, x in
      try foriLoop(Tensor(0), which(x .> 100, 1, 3).cast(to: .int32), x) { _, c in step(c, w) }
    }, plain: { threeSteps($0, $1) }),
  Composition(
    testDescription: "whileLoop", hasReverse: false,
    structured: { w, x in
      try whileLoop((x, Tensor(0)), while: { $0.1 .< 3 }) { (step($0.0, w), $0.1 + 1) }.0
    }, plain: { threeSteps($0, $1) }),
  Composition(
    testDescription: "cond",
    structured: { w, x in
      try cond(x .> 0.4, x, then: { step($0, w) }, else: { $0 * w * w })
    },
    plain: { w, x in which(x .> 0.4, step(x, w), x * w * w) }),
  Composition(
    testDescription: "switchCase",
    structured: { w, x in
      try switchCase((x * 3).cast(to: .int32), x, [{ $0 * w }, { step($0, w) }, { cos($0) / w }])
    },
    plain: { w, x in
      let index = (x * 3).cast(to: .int32)
      return which(index .<= 0, x * w, which(index .== 1, step(x, w), cos(x) / w))
    }),
  Composition(
    testDescription: "map",
    structured: { w, x in sum(try map(stack([x, x * 2, w])) { step($0, w) }, axes: [0]) },
    plain: { w, x in step(x, w) + step(x * 2, w) + step(w, w) }),
  Composition(
    testDescription: "map in batches",
    structured: { w, x in
      sum(try map(stack([x, x * 2, w]), batchSize: 2) { step($0, w) }, axes: [0])
    },
    plain: { w, x in step(x, w) + step(x * 2, w) + step(w, w) }),
  Composition(
    testDescription: "associativeScan",
    structured: { w, x in
      let products = try associativeScan(stack([x, w, x + w, w])) { $0 * $1 }
      return sum(products, axes: [0])
    },
    plain: { w, x in x + x * w + x * w * (x + w) + x * w * (x + w) * w }),
  Composition(
    testDescription: "jit", structured: { w, x in try jit { (c: Tensor) in step(c, w) }(x) },
    plain: { w, x in step(x, w) }),
  Composition(
    testDescription: "vmap",
    structured: { w, x in
      sum(try vmap { (c: Tensor) in step(c, w) }(stack([x, x * 2])), axes: [0])
    },
    plain: { w, x in step(x, w) + step(x * 2, w) }),
  Composition(
    testDescription: "checkpoint",
    structured: { w, x in try checkpoint { (c: Tensor) in step(step(c, w), w) }(x) },
    plain: { w, x in step(step(x, w), w) }),
  Composition(
    testDescription: "namedCall",
    structured: { w, x in try namedCall(name: "step") { (c: Tensor) in step(c, w) }(x) },
    plain: { w, x in step(x, w) }),
  Composition(
    testDescription: "grad",
    structured: { w, x in try grad { (c: Tensor) in step(c, w) }(x) },
    plain: { w, x in cos(x * w) * w + 1 }),
  Composition(
    testDescription: "jvp", structured: { w, x in try jvp({ step($0, w) }, x, w).tangent },
    plain: { w, x in (cos(x * w) * w + 1) * w }),
  Composition(
    testDescription: "linearize",
    structured: { w, x in try linearize({ step($0, w) }, x).pushforward(x) },
    plain: { w, x in (cos(x * w) * w + 1) * x }),
  Composition(
    testDescription: "customJVP",
    structured: { w, x in
      try customJVP({ (w: Tensor, x: Tensor) in step(x, w) }) {
        (primals: (Tensor, Tensor), tangents: (Tensor, Tensor)) in
        let (w, x) = primals
        let slope = cos(x * w)
        return (step(x, w), slope * (w * tangents.1 + x * tangents.0) + tangents.1)
      }(w, x)
    }, plain: { w, x in step(x, w) }),
  Composition(
    testDescription: "scan over cond over checkpoint",
    structured: { w, x in
      try scan(x, EmptyTree(), length: 3) { c, _ in
        let next = try cond(
          c .> -100, c, then: { try checkpoint { (c: Tensor) in step(c, w) }($0) }, else: { $0 })
        return (next, EmptyTree())
      }.carry
    }, plain: { threeSteps($0, $1) }),
  Composition(
    testDescription: "whileLoop in scan", hasReverse: false,
    structured: { w, x in
      try scan(x, EmptyTree(), length: 1) { c, _ in
        let next = try whileLoop((c, Tensor(0)), while: { $0.1 .< 3 }) {
          (step($0.0, w), $0.1 + 1)
        }
        return (next.0, EmptyTree())
      }.carry
    }, plain: { threeSteps($0, $1) }),
]

/// Every construct under every transform, with an outer value captured at each level.
@Suite("Compositions of transforms and control flow")
struct CompositionTests {
  private let w = Tensor(0.8, dtype: .float64)
  private let x = Tensor(0.6, dtype: .float64)
  private let ws = Tensor([0.8, -0.4, 1.1], dtype: .float64)
  private let xs = Tensor([0.6, 0.35, 0.9], dtype: .float64)
  private let tolerance = 1e-12

  @Test("values and forward mode", arguments: compositions)
  private func forward(_ composition: Composition) throws {
    let (f, g): (Function, Function) = (composition.structured, composition.plain)
    try expectEqual(f(w, x), g(w, x), tolerance: tolerance)
    try expectEqual(jit(f)(w, x), g(w, x), tolerance: tolerance)
    let expected = try jvp(g, (w, x), (x, w)).tangent
    try expectEqual(jvp(f, (w, x), (x, w)).tangent, expected, tolerance: tolerance)
    let tangent: Function = { w, x in try jvp(f, (w, x), (x, w)).tangent }
    try expectEqual(jit(tangent)(w, x), expected, tolerance: tolerance)
    try expectEqual(
      jvp({ try jit(f)($0, $1) }, (w, x), (x, w)).tangent, expected, tolerance: tolerance)
    let plainTangent: Function = { w, x in try jvp(g, (w, x), (x, w)).tangent }
    try expectEqual(
      jvp(tangent, (w, x), (x, w)).tangent, jvp(plainTangent, (w, x), (x, w)).tangent,
      tolerance: tolerance)
  }

  @Test("vmap: of both arguments, of one, compiled, and of the derivative", arguments: compositions)
  private func mapped(_ composition: Composition) throws {
    let (f, g): (Function, Function) = (composition.structured, composition.plain)
    func looped(_ function: Function, _ ws: [Tensor], _ xs: [Tensor]) throws -> Tensor {
      stack(try zip(ws, xs).map { try function($0, $1) })
    }
    let both = try looped(g, unstack(ws), unstack(xs))
    try expectEqual(vmap(f)(ws, xs), both, tolerance: tolerance)
    try expectEqual(jit(vmap(f))(ws, xs), both, tolerance: tolerance)
    try expectEqual(vmap { try jit(f)($0, $1) }(ws, xs), both, tolerance: tolerance)
    try expectEqual(
      vmap(inAxes: [nil, 0], f)(w, xs), looped(g, [w, w, w], unstack(xs)), tolerance: tolerance)
    try expectEqual(
      vmap(inAxes: [0, nil], f)(ws, x), looped(g, unstack(ws), [x, x, x]), tolerance: tolerance)
    let tangent: Function = { w, x in try jvp(f, (w, x), (x, w)).tangent }
    let plainTangent: Function = { w, x in try jvp(g, (w, x), (x, w)).tangent }
    try expectEqual(
      vmap(tangent)(ws, xs), looped(plainTangent, unstack(ws), unstack(xs)), tolerance: tolerance)
    let nested = try vmap { (w: Tensor) in try vmap { (x: Tensor) in try f(w, x) }(xs) }(ws)
    try expectEqual(
      nested, stack(unstack(ws).map { w in stack(try unstack(xs).map { try g(w, $0) }) }),
      tolerance: tolerance)
  }

  @Test("reverse mode, to the second order", arguments: compositions.filter(\.hasReverse))
  private func reverse(_ composition: Composition) throws {
    let (f, g): (Function, Function) = (composition.structured, composition.plain)
    func gradient(_ f: @escaping Function) -> (Tensor, Tensor) throws -> [Tensor] {
      grad(argnums: [0, 1], f)
    }
    func expectAll(_ a: [Tensor], _ b: [Tensor]) throws {
      for (a, b) in zip(a, b) { try expectEqual(a, b, tolerance: tolerance) }
    }
    let expected = try gradient(g)(w, x)
    try expectAll(gradient(f)(w, x), expected)
    try expectAll(jit(gradient(f))(w, x), expected)
    try expectAll(gradient { try jit(f)($0, $1) }(w, x), expected)
    try expectAll(
      vmap(gradient(f))(ws, xs),
      [0, 1].map { place in
        stack(try zip(unstack(ws), unstack(xs)).map { try gradient(g)($0, $1)[place] })
      })
    let total: Function = { ws, xs in sum(try vmap(f)(ws, xs)) }
    try expectAll(gradient(total)(ws, xs), vmap(gradient(f))(ws, xs))
    // Second derivatives by w and then x, in all orders of the modes.
    let mixed = try grad(argnums: 1) { w, x in try grad(argnums: 0, g)(w, x) }(w, x)
    let first: Function = { w, x in try grad(argnums: 0, f)(w, x) }
    let zero = zeros(like: w)
    try expectEqual(grad(argnums: 1, first)(w, x), mixed, tolerance: tolerance)
    try expectEqual(jit(grad(argnums: 1, first))(w, x), mixed, tolerance: tolerance)
    try expectEqual(
      jvp(first, (w, x), (zero, ones(like: x))).tangent, mixed, tolerance: tolerance)
    let forward: Function = { w, x in try jvp(f, (w, x), (ones(like: w), zero)).tangent }
    try expectEqual(grad(argnums: 1, forward)(w, x), mixed, tolerance: tolerance)
  }

  @Test("an outer value captured through two levels", arguments: compositions)
  private func captured(_ composition: Composition) throws {
    let (f, g): (Function, Function) = (composition.structured, composition.plain)
    func outer(_ f: @escaping Function) -> Function {
      { w, x in
        try scan(x, EmptyTree(), length: 2) { c, _ in (tanh(try f(w, c)), EmptyTree()) }.carry
      }
    }
    let expected = try jvp({ tanh(try g($0, tanh(try g($0, $1)))) }, (w, x), (x, w))
    try expectEqual(outer(f)(w, x), expected.value, tolerance: tolerance)
    try expectEqual(jvp(outer(f), (w, x), (x, w)).tangent, expected.tangent, tolerance: tolerance)
    try expectEqual(
      jit { (w: Tensor, x: Tensor) in try jvp(outer(f), (w, x), (x, w)).tangent }(w, x),
      expected.tangent, tolerance: tolerance)
    guard composition.hasReverse else { return }
    try expectEqual(
      grad(argnums: 0, outer(f))(w, x),
      grad(argnums: 0) { tanh(try g($0, tanh(try g($0, $1)))) }(w, x), tolerance: tolerance)
    try expectEqual(
      vmap(grad(argnums: 0, outer(f)))(ws, xs),
      vmap(grad(argnums: 0) { tanh(try g($0, tanh(try g($0, $1)))) })(ws, xs),
      tolerance: tolerance)
  }
}
