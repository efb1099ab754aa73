/// Runs a recurrent cell over sequences.
///
///     let rnn = RNN(LSTMCell(64))
///     let y = rnn(x)                                    // [batch, time, features] to [batch, time, 64]
///     let (carry, z) = rnn.withCarry(x, seqLengths: lengths)
///
/// The cell's parameters, under `cell`, are the same at every step. Outputs beyond the length of a
/// sequence are computed, and not set to 0; its carry is that of its last step. Mirrors
/// `flax.linen.RNN`. Differs from Flax: whether the carry is given is said by the method.
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

  /// What to do differently in a single call; nil for what the layer was made with.
  public struct Options: Sendable {
    /// The first carry; nil to let the cell make it.
    public var initialCarry: Cell.Carry?
    /// The key from which the cell makes the first carry; `Key(0)` if nil.
    public var initKey: Key?
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

  /// Makes a layer that runs a cell.
  public init(
    _ cell: Cell, timeMajor: Bool = false, reverse: Bool = false, keepOrder: Bool = false,
    unroll: Int = 1, name: String? = nil
  ) {
    self.cell = cell
    self.timeMajor = timeMajor
    self.reverse = reverse
    self.keepOrder = keepOrder
    self.unroll = unroll
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
  public func withCarry(
    _ inputs: Tensor, _ options: Options
  ) -> (carry: Cell.Carry, outputs: Tensor) {
    method(inputs, function: "callAsFunction(_:)") { inputs in
      let timeMajor = options.timeMajor ?? self.timeMajor
      let isReversed = options.reverse ?? reverse
      let timeAxis = timeMajor ? 0 : Swift.max(inputs.rank - cell.numFeatureAxes - 1, 0)
      let batchCount = Swift.max(inputs.rank - cell.numFeatureAxes - 1, 0)
      func flipped(_ x: Tensor) -> Tensor {
        flipSequences(x, options.seqLengths, batchCount: batchCount, timeMajor: timeMajor)
      }
      let ordered = isReversed ? flipped(inputs) : inputs
      let steps = moveAxis(ordered, timeAxis, to: 0)
      let carry =
        options.initialCarry
        ?? cell.initializeCarry(options.initKey ?? Key(0), steps.shape[1...])
      let result = run(carry, steps, keepingCarries: options.seqLengths != nil)
      let last = options.seqLengths.map { lastCarry(result.carries, $0) } ?? result.carry
      let outputs = moveAxis(result.outputs, 0, to: timeAxis)
      let keepsOrder = options.keepOrder ?? keepOrder
      return (last, isReversed && keepsOrder ? flipped(outputs) : outputs)
    }
  }

  /// Runs the cell over the leading axis.
  private func run(
    _ carry: Cell.Carry, _ steps: Tensor, keepingCarries: Bool
  ) -> (carry: Cell.Carry, carries: [Tensor], outputs: Tensor) {
    let streams = cell.scope?.streams.filter { $0.name == "params" } ?? []
    func step(_ scope: Scope, _ carry: Cell.Carry, _ x: Tensor) -> (Cell.Carry, Tensor) {
      cell.withInner(scope) {
        let (next, output) = cell(carry, x)
        return (next, output)
      }
    }
    if let scope = cell.scope, scope.isMutableCollection("params") {
      // One step on inputs without values makes the parameters, as they don't depend on them.
      let inner = scope.inner(scope.variables, mutable: ["params"], rngs: streams)
      _ = step(
        inner, treeMap(carry) { Tensor($0.type) }, Tensor(steps.type.with(shape: steps.shape[1...]))
      )
      scope.publish(inner.mutableVariables)
    }
    guard let scope = cell.scope else { return (carry, [], steps) }
    let params: Variables = ["params": scope.variables["params"]]
    do {
      let result = try scan(carry, steps) { carry, x in
        let inner = scope.inner(params, mutable: false, rngs: streams)
        let (next, output) = step(inner, carry, x)
        return (next, [output] + (keepingCarries ? treeLeaves(next) : []))
      }
      return (result.carry, Array(result.outputs.dropFirst()), result.outputs[0])
    } catch {
      record(error)
      return (carry, [], steps)
    }
  }

  /// The carry after the last step of each sequence, from those after all steps.
  private func lastCarry(_ carries: [Tensor], _ lengths: Tensor) -> Cell.Carry {
    let template = cell.initializeCarry(Key(0), [1])
    let last = carries.map { carry in
      let extra = Array(repeating: 1, count: Swift.max(carry.rank - 1 - lengths.rank, 0))
      let places = (lengths - 1).reshaped(to: Shape([1] + lengths.shape.dimensions + extra))
      return takeAlongAxis(carry, places, axis: 0).squeezed([0])
    }
    return treeReplacingLeaves(template, last)
  }
}
