/// A primitive done by its own kernel, which makes the arrays of its results.
struct OperationStep: ProgramStep {
  struct Operand: Sendable {
    let slot: Int
    let layout: Layout
    let type: ShapeDtype
  }

  let operation: any Primitive
  let operands: [Operand]
  let outputs: [ShapeDtype]
  let results: [Int]

  var label: String {
    let name = type(of: operation).name
    return "\(name) \(operands.map { "\($0.type)" }.joined(separator: " "))"
  }

  func run(_ frame: Frame) {
    let arrays = operands.map { operand in
      let bytes = operand.layout.offset * operand.type.dtype.byteSize
      return NDArray(
        view: frame.addresses[operand.slot] + bytes, owner: frame, dtype: operand.type.dtype,
        operand.layout.shape, strides: operand.layout.strides, isWeak: operand.type.isWeak)
    }
    for (slot, array) in zip(results, operation.evaluate(arrays, outputs)) {
      // The result may be a view of an operand, whose memory the plan may use again.
      let made = array.owns ? array.contiguous() : array.copied()
      frame.arrays[slot] = made
      frame.addresses[slot] = made.data
    }
  }
}
