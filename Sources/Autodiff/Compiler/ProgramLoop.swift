/// A program that is run again and again, on memory that the caller moves on from run to run.
///
/// What the runs have in common, the table of addresses and the temporary memory, is made once, so that
/// a step of a loop costs little more than its kernels. For one thread.
final class ProgramLoop {
  private let program: Program
  private let frame: Frame
  private let temporaries: NDArray
  private let scratch: [NDArray]
  /// The slots of each argument and of each computed array.
  private let argumentSlots: [[Int]]
  /// How each result gets to its place: computed there, or copied from a slot.
  private var deliveries: [Delivery] = []

  private enum Delivery {
    case computed(slot: Int)
    case copied(Program.Result)
  }

  init(_ program: Program, argumentCount: Int) {
    self.program = program
    let temporaries = NDArray(uninitialized: .uint8, [program.temporaryBytes])
    self.temporaries = temporaries
    var argumentSlots = [[Int]](repeating: [], count: argumentCount)
    // A computed array that is not one result as it stands has memory here.
    var scratch: [NDArray] = []
    var resultSlots: [Int: Int] = [:]
    let addresses = program.homes.enumerated().map { slot, home -> UnsafeMutableRawPointer in
      switch home {
      case .argument(let index):
        argumentSlots[index].append(slot)
        return temporaries.data
      case .constant(let index): return program.constants[index].data
      case .temporary(let offset): return temporaries.data + offset
      case .made: return temporaries.data
      case .result(let index):
        resultSlots[slot] = index
        scratch.append(NDArray(uninitialized: program.resultTypes[index]))
        return scratch[scratch.count - 1].data
      }
    }
    self.argumentSlots = argumentSlots
    frame = Frame(addresses: addresses, retaining: [])
    self.scratch = scratch
    for result in program.results {
      let type = resultSlots.removeValue(forKey: result.slot).map { program.resultTypes[$0] }
      if let type, type.shape == result.type.shape, result.layout.offset == 0,
        result.layout.isContiguous
      {
        deliveries.append(.computed(slot: result.slot))
      } else {
        deliveries.append(.copied(result))
      }
    }
  }

  /// Runs the program once: contiguous arguments at some addresses, results to others.
  func run(_ arguments: [UnsafeMutableRawPointer], into results: [UnsafeMutableRawPointer]) {
    for (slots, address) in zip(argumentSlots, arguments) {
      for slot in slots { frame.addresses[slot] = address }
    }
    for (delivery, address) in zip(deliveries, results) {
      if case .computed(let slot) = delivery { frame.addresses[slot] = address }
    }
    program.run(frame)
    for (delivery, address) in zip(deliveries, results) {
      guard case .copied(let result) = delivery else { continue }
      let offset = result.layout.offset * result.type.dtype.byteSize
      let value = NDArray(
        view: frame.addresses[result.slot] + offset, owner: frame, dtype: result.type.dtype,
        result.layout.shape, strides: result.layout.strides)
      value.copy(into: address)
    }
    frame.arrays.removeAll(keepingCapacity: true)
  }
}
