import Testing

@testable import Tensor

/// A batch of operands gives the batch of results, wherever the batch axes are.
@Suite struct PrimitiveBatching {
  @Test(arguments: PrimitiveCatalogue.rows.filter { !$0.inputs.isEmpty })
  func batchIsALoopOverSlices(_ row: PrimitiveRow) throws {
    let members = [row.tensors(member: 1), row.tensors(member: 2), row.tensors(member: 3)]
    for axes in row.axisCombinations {
      let inputs = axes.indices.map { index in
        axes[index].map { axis in stack(members.map { $0[index] }, axis: axis) }
          ?? members[0][index]
      }
      let (outputs, outputAxes) = row.primitive.batch(inputs, axes, size: members.count)
      #expect(outputs.count == outputAxes.count)
      for member in members.indices {
        let operands = axes.indices.map { axes[$0] == nil ? members[0][$0] : members[member][$0] }
        let expected = bind(row.primitive, operands)
        #expect(outputs.count == expected.count)
        for (index, (output, axis)) in zip(outputs, outputAxes).enumerated() {
          let slice = axis.map { unstack(output, axis: $0)[member] } ?? output
          #expect(slice.shape == expected[index].shape, "\(row.label) \(axes)")
          #expect(slice.dtype == expected[index].dtype)
          expectClose(
            try slice.numbers(), try expected[index].numbers(), 1e-13, "\(row.label) \(axes)")
        }
      }
    }
  }

  /// A batch without members gives one without members, of the right shape.
  @Test(arguments: PrimitiveCatalogue.rows.filter { !$0.inputs.isEmpty })
  func emptyBatchIsEmpty(_ row: PrimitiveRow) throws {
    let operands = row.tensors()
    let types = try row.primitive.infer(operands.map(\.type))
    for axes in row.axisCombinations {
      let inputs = zip(operands, axes).map { operand, axis in
        axis.map {
          Tensor.zeros(operand.shape.inserting(0, at: $0), dtype: operand.dtype)
        } ?? operand
      }
      let (outputs, outputAxes) = row.primitive.batch(inputs, axes, size: 0)
      for ((output, axis), type) in zip(zip(outputs, outputAxes), types) {
        guard let axis else { continue }
        #expect(output.shape == type.shape.inserting(0, at: axis), "\(row.label) \(axes)")
        #expect(output.dtype == type.dtype)
      }
    }
  }
}

extension PrimitiveRow {
  /// All places of the batch axes, or the first and last and none where there are many inputs.
  fileprivate var axisCombinations: [[Int?]] {
    var combinations: [[Int?]] = [[]]
    for input in inputs {
      let rank = input.shape.rank
      let places: [Int?] =
        inputs.count < 3 ? [nil] + (0...rank).map { $0 } : rank == 0 ? [nil, 0] : [nil, 0, rank]
      combinations = combinations.flatMap { begun in places.map { begun + [$0] } }
    }
    return combinations.filter { $0.contains { $0 != nil } }
  }
}
