/// Runs a recurrent cell over sequences.
///
///     let rnn = RNN(LSTMCell(64))
///     let y = rnn(x)                                    // [batch, time, features] to [batch, time, 64]
///     let (carry, z) = rnn.withCarry(x, seqLengths: lengths)
///
/// `c, y[t] = cell(c, x[t])` for every t in turn, with c from `initializeCarry` unless it is given.
/// Inputs are `[batch..., time, features]`, or `[time, batch..., features]` with `timeMajor`; outputs have
/// the cell's features instead. The cell's parameters, under `cell`, are the same at every step. Outputs
/// beyond the length of a sequence are computed, and not set to 0; its carry is that of its last step.
/// Outputs of reversed sequences are in the order in which they were computed, unless `keepOrder`. Of the
/// streams the cell gets `params` alone, unless `splitRNGs` names others. Mirrors
/// `flax.linen.RNN`. Differs from Flax: whether the carry is given is said by the method, and lengths
/// may have several batch axes.
public final class RNN<Cell: RNNCell>: Module, UnaryLayer, @unchecked Sendable {
  /// The step.
  public let cell: Cell
  /// Whether inputs are `[time, batch..., ...]`, not `[batch..., time, ...]`.
  public let timeMajor: Bool
  /// Whether sequences are run from their end.
  public let reverse: Bool
  /// Whether the outputs of reversed sequences are put into the order of the inputs.
  public let keepOrder: Bool
  /// How many steps the compiler may take together; it changes no result.
  public let unroll: Int
  /// Collections of the cell with a slice for each step, and the axis of the steps.
  public let variableAxes: VariableAxes
  /// Collections of the cell that are the same at every step.
  public let variableBroadcast: CollectionFilter
  /// Collections of the cell that are passed from step to step.
  public let variableCarry: CollectionFilter
  /// The streams that the cell is given; those with true differ from step to step.
  public let splitRNGs: SplitRNGs

  /// What to do differently in a single call; nil for what the layer was made with.
  public struct Options: Sendable {
    /// The first carry; nil to let the cell make it.
    public var initialCarry: Cell.Carry?
    /// The key from which the cell makes the first carry; `Key(0)` if nil.
    public var initKey: Key?
    /// The layout of that `Key(0)`; nil for that of the call's streams, and the usual one without any.
    public var layout: ThreefryLayout?
    /// The lengths of the sequences, `[batch...]`; nil if all are of full length.
    public var seqLengths: Tensor?
    /// Whether inputs are `[time, batch..., ...]`.
    public var timeMajor: Bool?
    /// Whether sequences are run from their end.
    public var reverse: Bool?
    /// Whether the outputs of reversed sequences are put into the order of the inputs.
    public var keepOrder: Bool?

    /// Creates options that change nothing.
    public init() {}
  }

  /// Makes a layer that runs a cell; the last four arguments are those of the lifted `scan`.
  public init(
    _ cell: Cell, timeMajor: Bool = false, reverse: Bool = false, keepOrder: Bool = false,
    unroll: Int = 1, variableAxes: VariableAxes = [:],
    variableBroadcast: CollectionFilter = "params", variableCarry: CollectionFilter = false,
    splitRNGs: SplitRNGs = ["params": false], name: String? = nil
  ) {
    self.cell = cell
    self.timeMajor = timeMajor
    self.reverse = reverse
    self.keepOrder = keepOrder
    self.unroll = unroll
    self.variableAxes = variableAxes
    self.variableBroadcast = variableBroadcast
    self.variableCarry = variableCarry
    self.splitRNGs = splitRNGs
    super.init(name: name)
  }

  /// Runs the cell over sequences `[batch..., time, ...]`, and gives all outputs.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    withCarry(inputs, Options()).outputs
  }

  /// Runs the cell over sequences of different lengths, or from a given carry.
  public func callAsFunction(
    _ inputs: Tensor, initialCarry: Cell.Carry? = nil, initKey: Key? = nil,
    seqLengths: Tensor? = nil
  ) -> Tensor {
    withCarry(inputs, initialCarry: initialCarry, initKey: initKey, seqLengths: seqLengths).outputs
  }

  /// Runs the cell, and gives the last carry and all outputs.
  public func withCarry(
    _ inputs: Tensor, initialCarry: Cell.Carry? = nil, initKey: Key? = nil,
    seqLengths: Tensor? = nil
  ) -> (carry: Cell.Carry, outputs: Tensor) {
    var options = Options()
    options.initialCarry = initialCarry
    options.initKey = initKey
    options.seqLengths = seqLengths
    return withCarry(inputs, options)
  }

  /// Runs the cell with options, and gives the last carry and all outputs.
  ///
  /// Records an error for inputs with too few axes, and for lengths that are not of the batch's shape.
  public func withCarry(
    _ inputs: Tensor, _ options: Options
  ) -> (carry: Cell.Carry, outputs: Tensor) {
    method(inputs, function: "callAsFunction(_:)") { inputs in
      let timeMajor = options.timeMajor ?? self.timeMajor
      let isReversed = options.reverse ?? reverse
      let batchCount = inputs.rank - cell.numFeatureAxes - 1
      let timeAxis = timeMajor ? 0 : Swift.max(batchCount, 0)
      let key = options.initKey ?? standardKey(options.layout)
      func initialCarry() -> Cell.Carry {
        let shape = inputs.rank > timeAxis ? inputs.shape.removing([timeAxis]) : inputs.shape
        return options.initialCarry ?? cell.initializeCarry(key, shape)
      }
      guard fits(inputs, options.seqLengths, batchCount, timeAxis) else {
        return (initialCarry(), inputs)
      }
      func flipped(_ x: Tensor) -> Tensor {
        flipSequences(x, options.seqLengths, batchCount: batchCount, timeMajor: timeMajor)
      }
      let ordered = isReversed ? flipped(inputs) : inputs
      let result = run(
        initialCarry(), ordered, timeAxis, keepingCarries: options.seqLengths != nil)
      let last = options.seqLengths.map { lastCarry(result.carries, $0) } ?? result.carry
      let keepsOrder = options.keepOrder ?? keepOrder
      return (last, isReversed && keepsOrder ? flipped(result.outputs) : result.outputs)
    }
  }

  /// Whether there is a time axis, and a length for each sequence; records an error if not.
  private func fits(
    _ inputs: Tensor, _ lengths: Tensor?, _ batchCount: Int, _ timeAxis: Int
  ) -> Bool {
    guard batchCount >= 0 else {
      let expected = "time, \(cell.numFeatureAxes) axes of features, and any batch axes"
      record(
        TensorError(
          "RNN", .rankInvalid(rank: inputs.rank, expected: expected),
          [.init("inputs", inputs.type)]))
      return false
    }
    let batch = inputs.shape.removing([timeAxis])[..<batchCount]
    guard let lengths, lengths.shape != batch else { return true }
    record(
      TensorError(
        "RNN", .other("seqLengths must have the shape of the batch, \(batch)"),
        [.init("inputs", inputs.type), .init("seqLengths", lengths.type)]))
    return false
  }

  /// Runs the cell over an axis; `carries` are those after all steps, `[time, ...]`.
  private func run(
    _ carry: Cell.Carry, _ inputs: Tensor, _ timeAxis: Int, keepingCarries: Bool
  ) -> (carry: Cell.Carry, carries: Cell.Carry?, outputs: Tensor) {
    if keepingCarries {
      let (last, outputs) = loop(over: timeAxis, [0, .axis(timeAxis)])(cell, carry, inputs) {
        cell, carry, x in
        let (next, output) = cell(carry, x)
        return (next, StepOutput(carry: next, output: output))
      }
      return (last, outputs.carry, outputs.output)
    }
    let (last, outputs) = loop(over: timeAxis, .axis(timeAxis))(cell, carry, inputs) {
      cell, carry, x in
      let (next, output) = cell(carry, x)
      return (next, output)
    }
    return (last, nil, outputs)
  }

  /// The carry after a step, and its output.
  private struct StepOutput: TensorTree {
    var carry: Cell.Carry
    var output: Tensor

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit(.index(0), &carry)
      visitor.visit(.index(1), &output)
    }
  }

  private func loop(over axis: Int, _ outAxes: ArgumentAxes) -> Scan {
    Scan(
      variableAxes: variableAxes, variableBroadcast: variableBroadcast,
      variableCarry: variableCarry, splitRNGs: splitRNGs, inAxes: .axis(axis), outAxes: outAxes,
      unroll: unroll)
  }

  /// The carry after the last step of each sequence, from those after all steps.
  private func lastCarry(_ carries: Cell.Carry?, _ lengths: Tensor) -> Cell.Carry {
    treeMap(carries ?? cell.initializeCarry(Key(0), [1])) { carry in
      let extra = Array(repeating: 1, count: Swift.max(carry.rank - 1 - lengths.rank, 0))
      let places = (lengths - 1).reshaped(to: Shape([1] + lengths.shape.dimensions + extra))
      return takeAlongAxis(carry, places, axis: 0).squeezed([0])
    }
  }
}

extension RNN: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<RNN>, name: String?) {
    let c = configuration
    self.init(
      c.cell, timeMajor: c.timeMajor, reverse: c.reverse, keepOrder: c.keepOrder, unroll: c.unroll,
      variableAxes: c.variableAxes, variableBroadcast: c.variableBroadcast,
      variableCarry: c.variableCarry, splitRNGs: c.splitRNGs, name: name)
  }
}

extension Module {
  /// The key of what is drawn without a key being given, `Key(0)`.
  ///
  /// Flax's has the layout that JAX is set to, for which that of the call's streams stands here.
  fileprivate func standardKey(_ layout: ThreefryLayout?) -> Key {
    let streams = ModuleContext.current?.binding(of: self)?.scope.shared.rngs ?? []
    let stream = streams.first { $0.name == "params" } ?? streams.min { $0.name < $1.name }
    return Key.computed(0, layout: layout ?? stream?.rng.root.layout ?? .partitionable)
  }
}
