/// Products summed over contracting axes, for each member of the batch axes.
///
/// The result's axes: the batch axes, the remaining ones of the left operand, those of the right.
/// https://openxla.org/stablehlo/spec#dot_general
package struct DotGeneral: Primitive {
  package static let name = "dot_general"
  package let lhsContracting: [Int]
  package let rhsContracting: [Int]
  package let lhsBatch: [Int]
  package let rhsBatch: [Int]

  package init(
    contracting: (lhs: [Int], rhs: [Int]), batch: (lhs: [Int], rhs: [Int]) = ([], [])
  ) {
    lhsContracting = contracting.lhs
    rhsContracting = contracting.rhs
    lhsBatch = batch.lhs
    rhsBatch = batch.rhs
  }

  /// The axes of an operand that are neither contracted nor batch axes.
  private static func free(_ rank: Int, _ contracting: [Int], _ batch: [Int]) -> [Int] {
    (0..<rank).filter { !contracting.contains($0) && !batch.contains($0) }
  }

  /// The axes of an operand that are batch, rows and columns of matrices.
  package typealias AxisGroups = (batch: [Int], rows: [Int], columns: [Int])

  /// The operands as batches of matrices, whose product is the result.
  package func axisGroups(_ lhsRank: Int, _ rhsRank: Int) -> (lhs: AxisGroups, rhs: AxisGroups) {
    (
      (lhsBatch, Self.free(lhsRank, lhsContracting, lhsBatch), lhsContracting),
      (rhsBatch, rhsContracting, Self.free(rhsRank, rhsContracting, rhsBatch))
    )
  }

  private func outputShape(_ lhs: Shape, _ rhs: Shape) -> Shape {
    let left = DotGeneral.free(lhs.rank, lhsContracting, lhsBatch)
    let right = DotGeneral.free(rhs.rank, rhsContracting, rhsBatch)
    return Shape(
      lhsBatch.map { lhs.dimensions[$0] } + left.map { lhs.dimensions[$0] }
        + right.map { rhs.dimensions[$0] })
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (lhs, rhs) = (inputs[0], inputs[1])
    for (label, type, axes) in [
      ("lhs", lhs, lhsContracting + lhsBatch), ("rhs", rhs, rhsContracting + rhsBatch),
    ] {
      guard let resolved = type.shape.resolve(axes: axes), resolved == axes else {
        throw TensorError(
          Self.name, .axesInvalid(axes: axes, rank: type.rank), [.init(label, type)])
      }
    }
    let output = ShapeDtype(
      outputShape(lhs.shape, rhs.shape), lhs.dtype, isWeak: lhs.isWeak && rhs.isWeak)
    guard lhsContracting.count == rhsContracting.count, lhsBatch.count == rhsBatch.count else {
      throw TensorError(
        Self.name, .sizesDiffer(what: "numbers of contracting or batch axes"),
        [.init("lhs", lhs), .init("rhs", rhs)], placeholders: [output])
    }
    for (what, pairs) in [
      ("contracting sizes", zip(lhsContracting, rhsContracting)),
      ("batch sizes", zip(lhsBatch, rhsBatch)),
    ] {
      for (l, r) in pairs where lhs.shape.dimensions[l] != rhs.shape.dimensions[r] {
        throw TensorError(
          Self.name, .sizesDiffer(what: what),
          [.init("lhs", lhs, axis: l), .init("rhs", rhs, axis: r)], placeholders: [output])
      }
    }
    guard lhs.dtype == rhs.dtype else {
      throw TensorError(
        Self.name, .dtypesDiffer, [.init("lhs", lhs), .init("rhs", rhs)],
        hint: "convert one with cast(to:)", placeholders: [output])
    }
    guard lhs.dtype != .bool else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: .bool, expected: "a number type"),
        [.init("lhs", lhs), .init("rhs", rhs)], placeholders: [output])
    }
    return [output]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    let groups = axisGroups(inputs[0].shape.rank, inputs[1].shape.rank)
    func operand(_ array: NDArray, _ axes: AxisGroups) -> (NDArray, MatrixProduct.Operand) {
      MatrixProduct.operand(array, batch: axes.batch, rows: axes.rows, columns: axes.columns)
    }
    MatrixProduct.run(
      operand(inputs[0], groups.lhs), operand(inputs[1], groups.rhs), into: result)
    return [result]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let left = tangents[0].map { bind(self, $0, primals[1]) }
    let right = tangents[1].map { bind(self, primals[0], $0) }
    return (bind(self, primals), [sumOfTangents(left, right)])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    switch (inputs[0], inputs[1]) {
    case (.linear(let lhs), .known(let rhs)):
      return [cotangents[0].map { cotangent($0, ofLeft: lhs, right: rhs) }, nil]
    case (.known(let lhs), .linear(let rhs)):
      return [nil, cotangents[0].map { cotangent($0, ofRight: rhs, left: lhs) }]
    default: return notLinear(inputs)
    }
  }

  /// The cotangent of the left operand: that of the result contracted with the right's free axes.
  private func cotangent(_ ct: Tensor, ofLeft lhs: ShapeDtype, right rhs: Tensor) -> Tensor {
    let leftFree = Self.free(lhs.rank, lhsContracting, lhsBatch)
    let rightFree = Self.free(rhs.rank, rhsContracting, rhsBatch)
    let batch = Array(0..<lhsBatch.count)
    let operation = DotGeneral(
      contracting: (Array((batch.count + leftFree.count)..<ct.rank), rightFree),
      batch: (batch, rhsBatch))
    // Its axes: batch, left free, then the contracted axes in the order of the right operand.
    let contracted = rhsContracting.indices.sorted { rhsContracting[$0] < rhsContracting[$1] }
    return bind(operation, ct, rhs).placing(
      lhsBatch + leftFree + contracted.map { lhsContracting[$0] })
  }

  /// The cotangent of the right operand: that of the result contracted with the left's free axes.
  ///
  /// With the left operand first its axes come out in the right's order where that is
  /// [contracted, free], as in the product of activations and a kernel.
  private func cotangent(_ ct: Tensor, ofRight rhs: ShapeDtype, left lhs: Tensor) -> Tensor {
    let leftFree = Self.free(lhs.rank, lhsContracting, lhsBatch)
    let rightFree = Self.free(rhs.rank, rhsContracting, rhsBatch)
    let batch = Array(0..<lhsBatch.count)
    let operation = DotGeneral(
      contracting: (leftFree, Array(batch.count..<batch.count + leftFree.count)),
      batch: (lhsBatch, batch))
    // Its axes: batch, the contracted axes in the order of the left operand, then right free.
    let contracted = lhsContracting.indices.sorted { lhsContracting[$0] < lhsContracting[$1] }
    return bind(operation, lhs, ct).placing(
      rhsBatch + contracted.map { rhsContracting[$0] } + rightFree)
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    func shifted(_ list: [Int], past axis: Int) -> [Int] { list.map { $0 >= axis ? $0 + 1 : $0 } }
    switch (axes[0], axes[1]) {
    case (let l?, let r?):
      let operation = DotGeneral(
        contracting: (shifted(lhsContracting, past: l), shifted(rhsContracting, past: r)),
        batch: ([l] + shifted(lhsBatch, past: l), [r] + shifted(rhsBatch, past: r)))
      return ([bind(operation, inputs[0], inputs[1])], [0])
    case (let l?, nil):
      // The batch axis is one more free axis of the left operand.
      let operation = DotGeneral(
        contracting: (shifted(lhsContracting, past: l), rhsContracting),
        batch: (shifted(lhsBatch, past: l), rhsBatch))
      let free = Self.free(
        inputs[0].rank, operation.lhsContracting, operation.lhsBatch)
      let position = lhsBatch.count + (free.firstIndex(of: l) ?? 0)
      return ([bind(operation, inputs[0], inputs[1])], [position])
    case (nil, let r?):
      let operation = DotGeneral(
        contracting: (lhsContracting, shifted(rhsContracting, past: r)),
        batch: (lhsBatch, shifted(rhsBatch, past: r)))
      let free = Self.free(
        inputs[1].rank, operation.rhsContracting, operation.rhsBatch)
      let left = inputs[0].rank - lhsContracting.count
      return ([bind(operation, inputs[0], inputs[1])], [left + (free.firstIndex(of: r) ?? 0)])
    case (nil, nil):
      return ([bind(self, inputs[0], inputs[1])], [nil])
    }
  }

  /// A multiplication and an addition for each element of the result and of the contracted axes.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let depth = lhsContracting.reduce(1) { $0 * inputs[0].shape.dimensions[$1] }
    return Cost(flops: 2 * outputs[0].elementCount * depth)
  }
}

extension Tensor {
  /// The axes put where they belong: axis i becomes axis `targets[i]`.
  fileprivate func placing(_ targets: [Int]) -> Tensor {
    var order = targets
    for (position, axis) in targets.enumerated() { order[axis] = position }
    return transposed(order)
  }
}
