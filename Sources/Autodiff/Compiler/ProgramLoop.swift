/// A program that is run again and again, on memory that the caller moves on from run to run.
///
/// What the runs have in common, the table of addresses and the temporary memory, is made once, so that
/// a step of a loop costs little more than its kernels. For one thread.
final class ProgramLoop {
  /// The addresses of the next run's arguments, which are contiguous.
  var arguments: [UnsafeMutableRawPointer]
  /// The addresses to which the next run's results go.
  var results: [UnsafeMutableRawPointer]

  private let program: Program
  private let frame: Frame
  private let temporaries: NDArray
  private let scratch: [NDArray]
  /// The slots that hold an argument's address.
  private let argumentSlots: [(slot: Int, argument: Int)]
  /// The slots of results that are computed in their places.
  private var resultSlots: [(slot: Int, result: Int)] = []
  /// The results that are copied to their places.
  private var copies: [(source: Program.Result, result: Int)] = []

  init(_ program: Program, argumentCount: Int) {
    self.program = program
    let temporaries = NDArray(uninitialized: .uint8, [program.temporaryBytes])
    self.temporaries = temporaries
    var argumentSlots: [(slot: Int, argument: Int)] = []
    // A computed array that is not one result as it stands has memory here.
    var scratch: [NDArray] = []
    var computed: [Int: ShapeDtype] = [:]
    let addresses = program.homes.enumerated().map { slot, home -> UnsafeMutableRawPointer in
      switch home {
      case .argument(let index):
        argumentSlots.append((slot, index))
        return temporaries.data
      case .constant(let index): return program.constants[index].data
      case .temporary(let offset): return temporaries.data + offset
      case .made: return temporaries.data
      case .result(let index):
        computed[slot] = program.resultTypes[index]
        scratch.append(NDArray(uninitialized: program.resultTypes[index]))
        return scratch[scratch.count - 1].data
      }
    }
    self.argumentSlots = argumentSlots
    frame = Frame(addresses: addresses, retaining: [])
    self.scratch = scratch
    for (index, result) in program.results.enumerated() {
      let type = computed.removeValue(forKey: result.slot)
      if let type, type.shape == result.type.shape, result.layout.offset == 0,
        result.layout.isContiguous
      {
        resultSlots.append((result.slot, index))
      } else {
        copies.append((result, index))
      }
    }
    arguments = Array(repeating: temporaries.data, count: argumentCount)
    results = Array(repeating: temporaries.data, count: program.results.count)
  }

  /// Lets the caller see to a result that is an argument.
  func leaveOut(_ result: Int) { copies.removeAll { $0.result == result } }

  /// Runs the program once.
  func run() {
    for (slot, argument) in argumentSlots { frame.addresses[slot] = arguments[argument] }
    for (slot, result) in resultSlots { frame.addresses[slot] = results[result] }
    program.run(frame)
    for (source, result) in copies {
      let offset = source.layout.offset * source.type.dtype.byteSize
      let value = NDArray(
        view: frame.addresses[source.slot] + offset, owner: frame, dtype: source.type.dtype,
        source.layout.shape, strides: source.layout.strides)
      value.copy(into: results[result])
    }
    frame.arrays.removeAll(keepingCapacity: true)
  }
}
