/// A matrix product on planned memory.
struct ProductStep: ProgramStep {
  let dtype: DType
  let lhs: MatrixProduct.Operand
  let lhsAddress: Address
  let rhs: MatrixProduct.Operand
  let rhsAddress: Address
  let result: Address

  /// How the result lies in its memory.
  let target: MatrixProduct.Operand

  /// Reads the operands where they lie; nil if BLAS can't.
  init?(
    _ operation: DotGeneral, _ lhs: ValueTable.Reference, _ rhs: ValueTable.Reference,
    slot: (Int) -> Int, result: Int, layout: Layout
  ) {
    guard let operands = Self.operands(operation, lhs, rhs),
      let target = Self.target(operation, lhs, rhs, layout)
    else { return nil }
    dtype = lhs.dtype
    self.lhs = operands.lhs
    self.rhs = operands.rhs
    lhsAddress = Address(slot: slot(lhs.base), offset: lhs.layout.offset * dtype.byteSize)
    rhsAddress = Address(slot: slot(rhs.base), offset: rhs.layout.offset * dtype.byteSize)
    self.target = target
    self.result = Address(slot: result, offset: layout.offset * dtype.byteSize)
  }

  /// The operands as BLAS reads them; nil if it can't.
  private static func operands(
    _ operation: DotGeneral, _ lhs: ValueTable.Reference, _ rhs: ValueTable.Reference
  ) -> (lhs: MatrixProduct.Operand, rhs: MatrixProduct.Operand)? {
    let groups = operation.axisGroups(lhs.layout.shape.rank, rhs.layout.shape.rank)
    guard lhs.dtype != .float16, lhs.dtype != .bfloat16,
      let left = MatrixProduct.Operand(
        lhs.layout, batch: groups.lhs.batch, rows: groups.lhs.rows, columns: groups.lhs.columns),
      let right = MatrixProduct.Operand(
        rhs.layout, batch: groups.rhs.batch, rows: groups.rhs.rows, columns: groups.rhs.columns)
    else { return nil }
    return (left, right)
  }

  /// The result as BLAS writes it; nil if it can't.
  private static func target(
    _ operation: DotGeneral, _ lhs: ValueTable.Reference, _ rhs: ValueTable.Reference,
    _ layout: Layout
  ) -> MatrixProduct.Operand? {
    let groups = operation.axisGroups(lhs.layout.shape.rank, rhs.layout.shape.rank)
    let batch = groups.lhs.batch.count
    let rows = batch + groups.lhs.rows.count
    return MatrixProduct.Operand(
      layout, batch: Array(0..<batch), rows: Array(batch..<rows),
      columns: Array(rows..<layout.shape.rank))
  }

  /// Whether a step can compute the product to memory that lies so.
  static func writes(
    _ operation: DotGeneral, _ lhs: ValueTable.Reference, _ rhs: ValueTable.Reference,
    _ layout: Layout
  ) -> Bool {
    (lhs.dtype == .float32 || lhs.dtype == .float64) && operands(operation, lhs, rhs) != nil
      && target(operation, lhs, rhs, layout) != nil
  }

  var label: String {
    let batch = lhs.batchCount == 1 ? "" : " x \(lhs.batchCount)"
    return "product [\(lhs.rows), \(lhs.columns)] [\(rhs.rows), \(rhs.columns)]\(batch)"
  }

  func run(_ frame: Frame) {
    MatrixProduct.run(
      dtype, lhs, frame[lhsAddress], rhs, frame[rhsAddress], into: frame[result], as: target)
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
