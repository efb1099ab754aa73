/// A primitive done by its own kernel, which makes the arrays of its results.
struct OperationStep: ProgramStep {
  struct Operand: Sendable {
    let slot: Int
    let layout: Layout
    let type: ShapeDtype

    /// The operand as a view of a call's memory.
    func array(in frame: Frame) -> NDArray {
      NDArray(
        view: frame.addresses[slot] + layout.offset * type.dtype.byteSize, owner: frame,
        dtype: type.dtype, layout.shape, strides: layout.strides, isWeak: type.isWeak)
    }
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
    let arrays = operands.map { $0.array(in: frame) }
    for (slot, array) in zip(results, operation.evaluate(arrays, outputs)) {
      // The result may be a view of an operand, whose memory the plan may use again.
      let made = array.owns ? array.contiguous() : array.copied()
      frame.arrays[slot] = made
      frame.addresses[slot] = made.data
    }
  }
}
