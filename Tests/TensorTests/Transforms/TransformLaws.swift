import Autodiff
import Testing

@testable import Tensor

/// What transforms, and pairs of them, must do to every primitive.
@Suite struct TransformLaws {
  static let rows = PrimitiveCatalogue.rows.filter { !$0.inputs.isEmpty }
  static let smooth = rows.filter { !$0.smooth.isEmpty }

  private func function(_ row: PrimitiveRow) -> ([Tensor]) throws -> [Tensor] {
    { inputs in try withErrors { bind(row.primitive, inputs) } }
  }

  private func expectClose(
    _ a: [Tensor], _ b: [Tensor], _ tolerance: Double, _ label: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(a.map(\.shape) == b.map(\.shape), "\(label)", sourceLocation: sourceLocation)
    #expect(a.map(\.dtype) == b.map(\.dtype), "\(label)", sourceLocation: sourceLocation)
    for (a, b) in zip(a, b) {
      TensorTests.expectClose(
        try a.scalars(as: Double.self), try b.scalars(as: Double.self), tolerance, label,
        sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: rows) func jitIsEager(_ row: PrimitiveRow) throws {
    let inputs = row.tensors()
    let f = function(row)
    try expectClose(jit(f)(inputs), f(inputs), 1e-13, row.label)
  }

  @Test(arguments: rows) func vmapAndJitCommute(_ row: PrimitiveRow) throws {
    let members = [row.tensors(member: 1), row.tensors(member: 2)]
    let stacked = row.inputs.indices.map { place in stack(members.map { $0[place] }) }
    let f = function(row)
    let each = try members.map(f)
    let expected = each[0].indices.map { place in stack(each.map { $0[place] }) }
    try expectClose(vmap(f)(stacked), expected, 1e-12, row.label)
    try expectClose(jit(vmap(f))(stacked), expected, 1e-12, row.label)
    let compiled = jit(f)
    try expectClose(vmap { try compiled($0) }(stacked), expected, 1e-12, row.label)
  }

  /// A scalar function of the inputs in which the primitive is smooth, at given others.
  private func loss(_ row: PrimitiveRow, _ inputs: [Tensor]) -> ([Tensor]) throws -> Tensor {
    { smooth in
      var all = inputs
      for (place, tensor) in zip(row.smooth, smooth) { all[place] = tensor }
      let results = bind(row.primitive, all).filter { $0.dtype.isFloatingPoint }
      return results.enumerated().reduce(Tensor(0, dtype: .float64)) { total, result in
        // What is infinite at these operands has no derivative to compare.
        let finite = which(isFinite(result.element), result.element, 0)
        return total + sum(finite * Direction.of(result.element, seed: UInt32(90 + result.offset)))
      }
    }
  }

  private func product(_ a: [Tensor], _ b: [Tensor]) throws -> Double {
    try zip(a, b).map { try innerProduct($0, $1) }.reduce(0, +)
  }

  /// Reverse mode agrees with forward mode, compiled in every order, and mapped.
  @Test(arguments: smooth) func gradientsAgree(_ row: PrimitiveRow) throws {
    let inputs = row.tensors()
    let points = row.smooth.map { inputs[$0] }
    let directions = points.enumerated().map { Direction.of($1, seed: UInt32(20 + $0)) }
    let f = loss(row, inputs)
    let tangent = try jvp(f, points, directions).tangent.item(as: Double.self)
    let gradient = try grad(f)(points)
    let reverse = try product(gradient, directions)
    #expect(
      Swift.abs(tangent - reverse) <= 1e-10 * Swift.max(1, Swift.abs(tangent)),
      "\(row.label): \(tangent) forward, \(reverse) backward")
    try expectClose(jit(grad(f))(points), gradient, 1e-11, row.label)
    let compiled = jit(f)
    try expectClose(grad { try compiled($0) }(points), gradient, 1e-11, row.label)
    let compiledTangent = try jit { (x: [Tensor]) in try jvp(f, x, directions).tangent }(points)
    try expectClose([compiledTangent], [Tensor(tangent, dtype: .float64)], 1e-11, row.label)

    let others = row.tensors(member: 1)
    let otherPoints = row.smooth.map { others[$0] }
    let stacked = zip(points, otherPoints).map { stack([$0, $1]) }
    let expected = zip(gradient, try grad(f)(otherPoints)).map { stack([$0, $1]) }
    try expectClose(vmap(grad(f))(stacked), expected, 1e-11, row.label)
    let total: ([Tensor]) throws -> Tensor = { sum(try vmap(f)($0)) }
    try expectClose(grad(total)(stacked), expected, 1e-11, row.label)
    try expectClose(jit(vmap(grad(f)))(stacked), expected, 1e-11, row.label)
  }

  /// The second derivative is symmetric, and the same in all orders of the modes.
  @Test(arguments: smooth) func secondDerivativesAgree(
    _ row: PrimitiveRow
  ) throws {
    let inputs = row.tensors()
    let points = row.smooth.map { inputs[$0] }
    let u = points.enumerated().map { Direction.of($1, seed: UInt32(30 + $0)) }
    let v = points.enumerated().map { Direction.of($1, seed: UInt32(40 + $0)) }
    let f = loss(row, inputs)
    func along(_ direction: [Tensor]) -> ([Tensor]) throws -> Tensor {
      { try jvp(f, $0, direction).tangent }
    }
    let forwardForward = try jvp(along(u), points, v).tangent.item(as: Double.self)
    let swapped = try jvp(along(v), points, u).tangent.item(as: Double.self)
    let forwardReverse = try product(jvp(grad(f), points, u).tangent, v)
    let reverseForward = try product(grad(along(u))(points), v)
    let reverseReverse = try product(
      grad { (x: [Tensor]) in
        zip(try grad(f)(x), u).reduce(Tensor(0, dtype: .float64)) {
          $0 + sum(real($1.0 * $1.1))
        }
      }(points), v)
    let scale = 1e-9 * Swift.max(1, Swift.abs(forwardForward))
    for (name, other) in [
      ("swapped", swapped), ("forward over reverse", forwardReverse),
      ("reverse over forward", reverseForward), ("reverse over reverse", reverseReverse),
    ] {
      #expect(
        Swift.abs(other - forwardForward) <= scale,
        "\(row.label) \(name): \(other), forward over forward \(forwardForward)")
    }
  }
}
