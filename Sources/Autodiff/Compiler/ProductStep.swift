/// A matrix product on planned memory.
struct ProductStep: ProgramStep {
  let dtype: DType
  let lhs: MatrixProduct.Operand
  let lhsAddress: Address
  let rhs: MatrixProduct.Operand
  let rhsAddress: Address
  let result: Int

  /// Reads the operands where they lie; nil if BLAS can't.
  init?(
    _ operation: DotGeneral, _ lhs: ValueTable.Reference, _ rhs: ValueTable.Reference,
    slot: (Int) -> Int, result: Int
  ) {
    let groups = operation.axisGroups(lhs.layout.shape.rank, rhs.layout.shape.rank)
    guard lhs.dtype != .float16, lhs.dtype != .bfloat16,
      let left = MatrixProduct.Operand(
        lhs.layout, batch: groups.lhs.batch, rows: groups.lhs.rows, columns: groups.lhs.columns),
      let right = MatrixProduct.Operand(
        rhs.layout, batch: groups.rhs.batch, rows: groups.rhs.rows, columns: groups.rhs.columns)
    else { return nil }
    dtype = lhs.dtype
    self.lhs = left
    self.rhs = right
    lhsAddress = Address(slot: slot(lhs.base), offset: lhs.layout.offset * dtype.byteSize)
    rhsAddress = Address(slot: slot(rhs.base), offset: rhs.layout.offset * dtype.byteSize)
    self.result = result
  }

  var label: String {
    let batch = lhs.batchCount == 1 ? "" : " x \(lhs.batchCount)"
    return "product [\(lhs.rows), \(lhs.columns)] [\(rhs.rows), \(rhs.columns)]\(batch)"
  }

  func run(_ frame: Frame) {
    MatrixProduct.run(
      dtype, lhs, frame[lhsAddress], rhs, frame[rhsAddress], into: frame.addresses[result])
  }
}

/// A place in the memory of a call.
struct Address: Sendable {
  let slot: Int
  /// In bytes.
  let offset: Int
}

extension Frame {
  subscript(address: Address) -> UnsafeMutableRawPointer {
    addresses[address.slot] + address.offset
  }
}
