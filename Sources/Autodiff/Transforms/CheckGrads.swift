/// A direction in which derivatives are taken.
public enum DerivativeMode: Hashable, Sendable {
  /// By `jvp`, from arguments to results.
  case forward
  /// By `vjp`, from results to arguments.
  case reverse
}

/// Checks the derivatives of `function` at `argument` against central differences.
///
/// For each order up to `order` and each mode, along one random direction: forward mode gives the
/// tangent that the differences give, reverse mode's cotangent has the same product with the
/// direction. Functions of integers, and points at which the function has a kink, are of no use here.
/// Mirrors `jax.test_util.check_grads`.
///
/// - `step`: the step of the differences.
/// - `absoluteTolerance`, `relativeTolerance`: the error that is allowed for each element; 2e-3 for
///   float32, 1e-5 for float64, 1e-2 for float16 and 0.1 for bfloat16 unless given. Both are
///   multiplied by the number of elements, over which errors of the differences add up.
/// - Throws: an error that names the derivative, the element, both numbers and the tolerance; and the
///   first error recorded in `function`, or what it throws.
public func checkGrads<T: TensorTree, U: TensorTree>(
  _ function: (T) throws -> U, _ argument: T, order: Int = 2,
  modes: Set<DerivativeMode> = [.forward, .reverse], absoluteTolerance: Double? = nil,
  relativeTolerance: Double? = nil, step: Double = 1e-4, key: Key = Key(0)
) throws {
  try withoutActuallyEscaping(function) { function in
    try withErrors {
      let check = DerivativeCheck(
        modes: modes, absolute: absoluteTolerance, relative: relativeTolerance, step: step)
      try check.check(order: order, name: "", key, treeLeaves(argument)) { leaves in
        treeLeaves(try function(treeReplacingLeaves(argument, leaves)))
      }
    }
  }
}

/// Checks the derivatives of a function of two arguments against central differences.
/// - Throws: as for one argument.
public func checkGrads<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ function: (A, B) throws -> U, _ a: A, _ b: B, order: Int = 2,
  modes: Set<DerivativeMode> = [.forward, .reverse], absoluteTolerance: Double? = nil,
  relativeTolerance: Double? = nil, step: Double = 1e-4, key: Key = Key(0)
) throws {
  try checkGrads(
    { (pair: TreePair<A, B>) in try function(pair.parts.0, pair.parts.1) }, TreePair(a, b),
    order: order, modes: modes, absoluteTolerance: absoluteTolerance,
    relativeTolerance: relativeTolerance, step: step, key: key)
}

private struct DerivativeCheck {
  let modes: Set<DerivativeMode>
  let absolute: Double?
  let relative: Double?
  let step: Double

  func check(
    order: Int, name: String, _ key: Key, _ inputs: [Tensor],
    _ function: @escaping ([Tensor]) throws -> [Tensor]
  ) throws {
    if modes.contains(.forward) {
      let name = name.isEmpty ? "jvp" : "jvp of \(name)"
      try checkForward(name, key, inputs, function)
      if order > 1 {
        let count = inputs.count
        try check(order: order - 1, name: name, key.split()[0], inputs + inputs) { both in
          let result = try jvp(function, Array(both[..<count]), Array(both[count...]))
          return result.value + result.tangent
        }
      }
    }
    if modes.contains(.reverse) {
      let name = name.isEmpty ? "vjp" : "vjp of \(name)"
      try checkReverse(name, key, inputs, function)
      if order > 1 {
        try check(order: order - 1, name: name, key.split()[1], inputs) { inputs in
          let (value, pullback) = try vjp(function, inputs)
          return try pullback(value)
        }
      }
    }
  }

  private func checkForward(
    _ name: String, _ key: Key, _ inputs: [Tensor],
    _ function: ([Tensor]) throws -> [Tensor]
  ) throws {
    let direction = randomLike(inputs, key)
    let (value, tangent) = try jvp(function, inputs, direction)
    try compare("\(name): the value", value, try function(inputs))
    try compare("\(name): the tangent", tangent, try differences(inputs, direction, function))
  }

  private func checkReverse(
    _ name: String, _ key: Key, _ inputs: [Tensor],
    _ function: ([Tensor]) throws -> [Tensor]
  ) throws {
    let keys = key.split()
    let (value, pullback) = try vjp(function, inputs)
    try compare("\(name): the value", value, try function(inputs))
    let direction = randomLike(inputs, keys[0])
    let cotangent = randomLike(value, keys[1])
    let product = innerProduct(direction, try pullback(cotangent))
    let expected = innerProduct(try differences(inputs, direction, function), cotangent)
    try compare("\(name): the product with a direction", [product], [expected])
  }

  /// (f(x + h d) - f(x - h d)) / 2h; zero where both are the same infinity.
  private func differences(
    _ inputs: [Tensor], _ direction: [Tensor], _ function: ([Tensor]) throws -> [Tensor]
  ) throws -> [Tensor] {
    func moved(_ distance: Double) -> [Tensor] {
      zip(inputs, direction).map { $0.dtype.isFloatingPoint ? $0 + $1 * distance : $0 }
    }
    return zip(try function(moved(step)), try function(moved(-step))).map { after, before in
      guard after.dtype.isFloatingPoint else { return zeros(like: after) }
      return which(after .== before, zeros(like: after), after - before) * (0.5 / step)
    }
  }

  private func randomLike(_ tensors: [Tensor], _ key: Key) -> [Tensor] {
    tensors.enumerated().map { index, tensor in
      guard tensor.dtype.isFloatingPoint else { return zeros(like: tensor) }
      return Random.normal(key.foldIn(index), tensor.shape, dtype: tensor.dtype)
    }
  }

  private func innerProduct(_ a: [Tensor], _ b: [Tensor]) -> Tensor {
    zip(a, b).filter { $0.0.dtype.isFloatingPoint }.reduce(Tensor(0.0)) { total, pair in
      total + sum(pair.0 * pair.1)
    }
  }

  private func compare(_ what: String, _ actual: [Tensor], _ expected: [Tensor]) throws {
    for (index, (a, b)) in zip(actual, expected).enumerated() {
      let standard = max(tolerance(a.dtype), tolerance(b.dtype))
      let count = Double(max(1, a.elementCount))
      let (absolute, relative) = (absolute ?? standard, relative ?? standard)
      let numbers = zip(try a.scalars(as: Double.self), try b.scalars(as: Double.self))
      for (place, (x, y)) in numbers.enumerated() {
        let allowed = count * (absolute + relative * abs(y))
        if x == y || x.isNaN && y.isNaN || abs(x - y) <= allowed { continue }
        throw TensorError(
          "checkGrads",
          .other(
            "\(what) is \(x), but central differences give \(y); tolerance \(allowed), "
              + "element \(place) of tensor \(index)"), [.init("tensor", a.type)])
      }
    }
  }

  private func tolerance(_ dtype: DType) -> Double {
    switch dtype {
    case .float64: 1e-5
    case .float32: 2e-3
    case .float16: 1e-2
    case .bfloat16: 1e-1
    default: 0
    }
  }
}
