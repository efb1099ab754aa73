/// A primitive over the members of a named axis.
///
/// `evaluate` and `batch` are for values that are the same for all members of that axis.
protocol Collective: Primitive {
  var axis: NamedAxis { get }

  /// The results where the named axis is axis `axes[i]` of input i, or nil.
  func collect(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?])
}

extension Collective {
  /// Another axis than the named one: the operation goes member by member.
  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, inputs), axes)
  }
}

/// The sum over a named axis.
///
/// Semantics of `jax.lax.psum_p`.
struct PSum: Linear, Collective {
  static let name = "psum"

  let axis: NamedAxis

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] { inputs }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    inputs.map { times($0, axis.size) }
  }

  private func times(_ array: NDArray, _ count: Int) -> NDArray {
    let value = Tensor(array)
    return (value * Tensor(Int32(count)).converted(value.dtype, isWeak: false)).array ?? array
  }

  func collect(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let outputs = zip(inputs, axes).map { input, axis in
      axis.map { bind(ReduceSum(axes: [$0]), input) } ?? bind(self, input)
    }
    return (outputs, axes.map { _ in nil })
  }

  /// A member's value adds to the sum that every member gets.
  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    cotangents.map { $0.map { bind(self, $0) } }
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: outputs.reduce(0) { $0 + $1.elementCount })
  }
}

/// The greatest or least of the members of a named axis.
///
/// Semantics of `jax.lax.pmax_p` and `pmin_p`.
struct PExtremum: Collective {
  static let name = "pmax"

  let axis: NamedAxis
  let isMax: Bool

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] { inputs }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] { inputs }

  func collect(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let outputs = zip(inputs, axes).map { input, axis -> Tensor in
      guard let axis else { return input }
      return isMax ? bind(ReduceMax(axes: [axis]), input) : bind(ReduceMin(axes: [axis]), input)
    }
    return (outputs, axes.map { _ in nil })
  }

  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    let name = isMax ? "pmax" : "pmin"
    record(
      TensorError(
        name, .ruleMissing(rule: "jvp"),
        hint: "use stopGradient on its operand, or allGather and \(isMax ? "max" : "min")"))
    return (bind(self, primals), tangents.map { _ in nil })
  }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    inputs.map { _ in nil }
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: outputs.reduce(0) { $0 + $1.elementCount })
  }
}

/// The values of all members of a named axis, stacked along a new first axis.
///
/// Semantics of `jax.lax.all_gather_p`.
struct AllGather: Linear, Collective {
  static let name = "all_gather"

  let axis: NamedAxis

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    inputs.map { $0.with(shape: $0.shape.inserting(axis.size, at: 0)) }
  }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    inputs.map { insertAxis(Tensor($0), at: 0, size: axis.size).array ?? $0 }
  }

  func collect(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let outputs = zip(inputs, axes).map { input, axis in
      axis.map { moveAxis(input, from: $0, to: 0) } ?? insertAxis(input, at: 0, size: size)
    }
    return (outputs, axes.map { _ in nil })
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, inputs), axes.map { $0.map { $0 + 1 } })
  }

  /// Each member gets the sum of what all members say of its slice.
  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    cotangents.map { $0.map { bind(SumScatter(axis: axis), varying($0)) } }
  }

  /// The same value, seen as one that differs from member to member: only so can a slice be taken
  /// for each.
  private func varying(_ x: Tensor) -> Tensor {
    guard let trace = NamedAxes.trace(axis.name) else { return x }
    return x + trace.join(Tensor.zeros([trace.size], dtype: x.dtype), 0)
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}

/// The sum over a named axis, of which each member gets its slice of the first axis.
///
/// The transpose of `AllGather`. Semantics of `jax.lax.reduce_scatter_p`.
struct SumScatter: Linear, Collective {
  static let name = "reduce_scatter"

  let axis: NamedAxis

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    inputs.map { $0.with(shape: $0.shape.removing([0])) }
  }

  /// Outside of the axis there is no member to take a slice for.
  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    record(TensorError(Self.name, .other("unbound axis name: \(axis.name)")))
    return outputs.map { .filled(0, $0) }
  }

  func collect(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let outputs = zip(inputs, axes).map { input, axis in
      axis.map { bind(ReduceSum(axes: [$0]), input) } ?? bind(PSum(axis: self.axis), input)
    }
    return (outputs, axes.map { _ in 0 })
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    // The slices are taken along axis 0.
    let moved = zip(inputs, axes).map { input, axis in
      axis.map { moveAxis(input, from: $0, to: 1) } ?? input
    }
    return (bind(self, moved), axes.map { $0.map { _ in 0 } })
  }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    cotangents.map { $0.map { bind(AllGather(axis: axis), $0) } }
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: outputs.reduce(0) { $0 + $1.elementCount })
  }
}
