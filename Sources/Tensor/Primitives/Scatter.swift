import CKernels

/// The operand with updates combined into it at places that indices name.
///
/// Operands: x, indices, updates. The semantics are those of `jax.lax.scatter` and its kin; of
/// several updates of one element, by `set` the last in row-major order of the indices wins.
/// https://openxla.org/stablehlo/spec#scatter
package struct Scatter: Primitive {
  package static let name = "scatter"

  /// How an update meets what is there.
  package enum Combination: Hashable, Sendable {
    case set
    case add
    case mul
    case min
    case max

    package func kernel(_ dtype: ck_dtype) -> ck_binary_fn? {
      switch self {
      case .set: nil
      case .add: dtype == CK_BOOL ? ck_or(dtype) : ck_add(dtype)
      case .mul: dtype == CK_BOOL ? ck_and(dtype) : ck_mul(dtype)
      case .min: ck_min(dtype)
      case .max: ck_max(dtype)
      }
    }
  }

  package let combination: Combination
  package let axes: IndexAxes
  package let mode: IndexMode
  /// Whether no two updates meet the same element.
  package let isUnique: Bool

  package init(
    _ combination: Combination, _ axes: IndexAxes, mode: IndexMode, isUnique: Bool = false
  ) {
    self.combination = combination
    self.axes = axes
    // What a gather would fill in does not matter here.
    self.mode = mode.fillingZero
    self.isUnique = isUnique
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (x, indices, updates) = (inputs[0], inputs[1], inputs[2])
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact,
        [.init("operand", x), .init("indices", indices), .init("updates", updates)],
        placeholders: [x])
    }
    guard updates.rank == indices.rank - 1 + axes.offset.count,
      updates.shape.resolve(axes: axes.offset) == axes.offset,
      axes.offset.count == axes.windowAxes(rank: x.rank).count
    else {
      throw failure(
        .rankInvalid(
          rank: updates.rank,
          expected: "that of the indices less 1, plus the axes of a slice, for the updates"))
    }
    if let expected = axes.mistake(x.shape, indices.shape, sliceSizes(x.shape, updates.shape)) {
      throw failure(
        .argumentInvalid(name: "dimension numbers", value: "\(axes)", expected: expected))
    }
    let batch = updates.shape.indices.filter { !axes.offset.contains($0) }
    guard batch.map({ updates.shape.dimensions[$0] }) == Array(indices.shape.dimensions.dropLast())
    else {
      throw failure(.sizesDiffer(what: "the sizes of updates and indices"))
    }
    guard x.dtype == updates.dtype else { throw failure(.dtypesDiffer) }
    guard indices.dtype.isInteger else {
      throw failure(.dtypeUnsupported(dtype: indices.dtype, expected: "integers for the indices"))
    }
    guard combination == .set || combination.kernel(x.dtype.code) != nil else {
      throw failure(.dtypeUnsupported(dtype: x.dtype, expected: "a real type"))
    }
    return [x.with(dtype: x.dtype, isWeak: x.isWeak && updates.isWeak)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [
      Indexing.scatter(
        combination, inputs[0], inputs[1], inputs[2], axes,
        sliceSizes(inputs[0].shape, inputs[2].shape), mode, outputs[0])
    ]
  }

  /// The sizes of a slice in the operand.
  private func sliceSizes(_ x: Shape, _ updates: Shape) -> [Int] {
    var sizes = x.map { Swift.min(1, $0) }
    for (axis, place) in zip(axes.windowAxes(rank: x.rank), axes.offset) {
      sizes[axis] = updates.dimensions[place]
    }
    return sizes
  }

  /// The gather that takes back what was scattered.
  private func gather(_ x: Shape, _ updates: Shape) -> Gather {
    Gather(axes, sliceSizes: sliceSizes(x, updates), mode: mode)
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case .known(let indices) = inputs[1] else { return notLinear(inputs) }
    guard let ct = cotangents[0] else { return [nil, nil, nil] }
    let updates = inputs[2].type
    let back = gather(ct.shape, updates.shape)
    switch (combination, inputs[2]) {
    case (.add, _):
      return [
        inputs[0].isLinear ? ct : nil, nil, inputs[2].isLinear ? bind(back, ct, indices) : nil,
      ]
    case (.set, _) where isUnique:
      let zero = Tensor(NDArray.filled(0, updates))
      return [
        inputs[0].isLinear ? bind(self, ct, indices, zero) : nil, nil,
        inputs[2].isLinear ? bind(back, ct, indices) : nil,
      ]
    case (.mul, .known(let factors)): return [bind(self, ct, indices, factors), nil, nil]
    default: return notLinear(inputs)
    }
  }

  package func batch(
    _ inputs: [Tensor], _ batchAxes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    func front(_ index: Int) -> Tensor {
      batchAxes[index].map { moveAxis(inputs[index], from: $0, to: 0) }
        ?? insertAxis(inputs[index], at: 0, size: size)
    }
    if batchAxes[1] == nil {
      let operation = Scatter(combination, axes.batchingOperand, mode: mode, isUnique: isUnique)
      return ([bind(operation, front(0), inputs[1], front(2))], [0])
    }
    let operation = Scatter(combination, axes.batchingAll, mode: mode, isUnique: isUnique)
    return ([bind(operation, front(0), front(1), front(2))], [0])
  }

  /// One operation for each element of the updates, unless they replace.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: combination == .set ? 0 : inputs[2].elementCount)
  }
}

extension Scatter {
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (x, indices, updates) = (primals[0], primals[1], primals[2])
    let result = bind(self, x, indices, updates)
    guard tangents[0] != nil || tangents[2] != nil else { return ([result], [nil]) }
    let tx = tangents[0] ?? zeros(like: x)
    let tu = tangents[2] ?? zeros(like: updates)
    let sum = Scatter(.add, axes, mode: mode, isUnique: isUnique)
    let back = gather(x.shape, updates.shape)
    switch combination {
    case .add: return ([result], [bind(sum, tx, indices, tu)])
    case .set:
      if isUnique { return ([result], [bind(self, tx, indices, tu)]) }
      // Number the updates to find those that won.
      let numbers = iota(.int32, [updates.elementCount]).reshaped(to: updates.shape) + 1
      let none = Tensor(NDArray.filled(0, ShapeDtype(x.shape, .int32)))
      let winners = bind(self, none, indices, numbers.converted(.int32))
      let kept = Select()(Eq()(winners, none), tx, zeros(like: tx))
      let won = Eq()(bind(back, winners, indices), numbers.converted(.int32))
      return ([result], [bind(sum, kept, indices, Select()(won, tu, zeros(like: tu)))])
    case .mul:
      let ofOperand = bind(self, tx, indices, updates)
      guard tangents[2] != nil else { return ([result], [ofOperand]) }
      guard isUnique else {
        record(
          TensorError(
            Self.name, .other("factors that may meet one element have no derivative here"),
            [.init("updates", updates.type)],
            hint: "state that the indices are unique, or multiply before scattering"))
        return ([result], [ofOperand])
      }
      let factors = Mul()(tu, bind(back, x, indices))
      return ([result], [bind(sum, ofOperand, indices, factors)])
    case .min, .max:
      // All that tie share the tangent.
      let one = ones(like: x)
      let isOwn = Select()(Eq()(result, x), one, zeros(like: x))
      let isUpdate = Select()(
        Eq()(bind(back, result, indices), updates), ones(like: updates), zeros(like: updates))
      let count = bind(sum, isOwn, indices, isUpdate)
      let total = bind(sum, Mul()(tx, isOwn), indices, Mul()(tu, isUpdate))
      return ([result], [Div()(total, count)])
    }
  }
}
