/// One step of a compiled program.
protocol ProgramStep: Sendable {
  /// What the step does, for a profile.
  var label: String { get }

  /// Does the step on the memory of one call.
  func run(_ frame: Frame)
}

/// The memory of one call of a program: an address for each value that has memory.
final class Frame {
  let addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>
  let slotCount: Int
  /// Arrays that steps have made themselves, by slot.
  var arrays: [Int: NDArray] = [:]
  /// What must live as long as the call.
  private let retained: [NDArray]

  init(addresses: [UnsafeMutableRawPointer], retaining: [NDArray]) {
    self.addresses = .allocate(capacity: max(1, addresses.count))
    self.addresses.initialize(from: addresses, count: addresses.count)
    slotCount = addresses.count
    retained = retaining
  }

  deinit { addresses.deallocate() }
}

/// A graph compiled to a list of steps over planned memory.
///
/// It is not changed by running, so that one program serves many threads at once.
package final class Program: Sendable {
  /// Where a value with memory of its own lives.
  enum Home: Sendable {
    case argument(Int)
    case constant(Int)
    /// In the call's one block of temporary memory, at an offset.
    case temporary(Int)
    /// In the array of a result.
    case result(Int)
    /// In an array that a step makes.
    case made
  }

  /// A result of the graph: a base value, and how it is read there.
  struct Result: Sendable {
    let slot: Int
    let layout: Layout
    let type: ShapeDtype
  }

  let homes: [Home]
  let constants: [NDArray]
  let steps: [any ProgramStep]
  package var stepCount: Int { steps.count }
  /// Slots whose arrays are dropped after each step.
  let releases: [[Int]]
  let temporaryBytes: Int
  /// The types of the arrays that results are computed into.
  let resultTypes: [ShapeDtype]
  /// For each of those arrays the argument whose memory it may take, if the caller gives it up.
  let reusable: [Int?]
  let results: [Result]

  init(
    homes: [Home], constants: [NDArray], steps: [any ProgramStep], releases: [[Int]],
    temporaryBytes: Int, resultTypes: [ShapeDtype], reusable: [Int?], results: [Result]
  ) {
    self.homes = homes
    self.constants = constants
    self.steps = steps
    self.releases = releases
    self.temporaryBytes = temporaryBytes
    self.resultTypes = resultTypes
    self.reusable = reusable
    self.results = results
  }

  /// Runs the program on arrays of the types that it was compiled for.
  ///
  /// Arrays that nobody else holds, which takes that the caller gives up the list, are overwritten
  /// with results where the plan allows it.
  package func run(_ given: consuming [NDArray]) -> [NDArray] {
    var arguments = consume given
    var computed: [NDArray] = []
    computed.reserveCapacity(resultTypes.count)
    for (type, argument) in zip(resultTypes, reusable) {
      if let argument, isKnownUniquelyReferenced(&arguments[argument]),
        arguments[argument].owns, arguments[argument].isContiguous
      {
        computed.append(arguments[argument])
      } else {
        computed.append(NDArray(uninitialized: type))
      }
    }
    for index in arguments.indices where !arguments[index].isContiguous {
      arguments[index] = arguments[index].contiguous()
    }
    let temporaries = NDArray(uninitialized: .uint8, [temporaryBytes])
    let addresses = homes.map { home in
      switch home {
      case .argument(let index): arguments[index].data
      case .constant(let index): constants[index].data
      case .temporary(let offset): temporaries.data + offset
      case .result(let index): computed[index].data
      case .made: temporaries.data
      }
    }
    let frame = Frame(addresses: addresses, retaining: arguments + [temporaries])
    defer { withExtendedLifetime((frame, computed)) {} }
    run(frame)
    return results.map { result in
      let base: NDArray
      switch homes[result.slot] {
      case .argument(let index): base = arguments[index]
      case .constant(let index): base = constants[index]
      case .result(let index): base = computed[index]
      case .temporary, .made:
        base = frame.arrays[result.slot] ?? NDArray(uninitialized: result.type)
      }
      let isWhole =
        base.type == result.type && base.isContiguous && result.layout.offset == 0
        && result.layout.isContiguous
      if isWhole { return base }
      return NDArray(
        view: base.data + result.layout.offset * result.type.dtype.byteSize, owner: base,
        dtype: result.type.dtype, result.layout.shape, strides: result.layout.strides,
        isWeak: result.type.isWeak)
    }
  }

  /// Does all steps on the memory of a frame; tells a clock, if one is set, how long each takes.
  func run(_ frame: Frame) {
    let clock = StepClock.current
    for (step, released) in zip(steps, releases) {
      if let clock { clock.time(step) { step.run(frame) } } else { step.run(frame) }
      for slot in released { frame.arrays[slot] = nil }
    }
  }
}
