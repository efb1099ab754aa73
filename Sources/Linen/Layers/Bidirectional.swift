/// Runs one recurrent layer from the beginning and one from the end, and merges their outputs.
///
///     let layer = Bidirectional(RNN(GRUCell(64)), RNN(GRUCell(64)))
///     let y = layer(x)   // [batch, time, features] to [batch, time, 128]
///
/// `y[t] = merge(forward over x[...t], backward over x[t...])`. Parameters: under `forward_rnn` and
/// `backward_rnn`; a cell in both is one cell, under the first. The layers' own `reverse` and
/// `keepOrder` do not count. "Bidirectional Recurrent Neural Networks",
/// https://doi.org/10.1109/78.650093 Mirrors `flax.linen.Bidirectional`.
public final class Bidirectional<Forward: RNNCell, Backward: RNNCell>:
  Module, UnaryLayer, @unchecked Sendable
{
  /// The layer that runs from the beginning.
  public let forwardRNN: RNN<Forward>
  /// The layer that runs from the end.
  public let backwardRNN: RNN<Backward>
  /// Makes one output of the two.
  public let mergeFn: MergeFunction
  /// Whether inputs are `[time, batch..., ...]`, not `[batch..., time, ...]`.
  public let timeMajor: Bool

  /// Makes a layer of two; outputs are joined along their last axis unless `mergeFn` says otherwise.
  public init(
    _ forwardRNN: RNN<Forward>, _ backwardRNN: RNN<Backward>,
    mergeFn: MergeFunction = .concatenate, timeMajor: Bool = false, name: String? = nil
  ) {
    self.forwardRNN = forwardRNN
    self.backwardRNN = backwardRNN
    self.mergeFn = mergeFn
    self.timeMajor = timeMajor
    super.init(name: name)
  }

  /// Runs both layers over sequences `[batch..., time, ...]`.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    withCarry(inputs).outputs
  }

  /// Runs both layers, and gives their last carries and the merged outputs.
  public func withCarry(
    _ inputs: Tensor, initialCarry: (Forward.Carry, Backward.Carry)? = nil, initKey: Key? = nil,
    seqLengths: Tensor? = nil, timeMajor: Bool? = nil
  ) -> (carry: (Forward.Carry, Backward.Carry), outputs: Tensor) {
    method(inputs, function: "callAsFunction(_:)") { inputs in
      let timeMajor = timeMajor ?? self.timeMajor
      let keys = initKey?.split()
      var forward = RNN<Forward>.Options()
      forward.initialCarry = initialCarry?.0
      forward.initKey = keys?[0]
      forward.seqLengths = seqLengths
      forward.timeMajor = timeMajor
      forward.reverse = false
      var backward = RNN<Backward>.Options()
      backward.initialCarry = initialCarry?.1
      backward.initKey = keys?[1]
      backward.seqLengths = seqLengths
      backward.timeMajor = timeMajor
      backward.reverse = true
      backward.keepOrder = true
      let first = forwardRNN.withCarry(inputs, forward)
      let second = backwardRNN.withCarry(inputs, backward)
      return ((first.carry, second.carry), mergeFn(first.outputs, second.outputs))
    }
  }

  public override class var submoduleNames: [String: String] {
    ["forwardRNN": "forward_rnn", "backwardRNN": "backward_rnn"]
  }
}

extension Bidirectional: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<Bidirectional>, name: String?) {
    let c = configuration
    self.init(c.forwardRNN, c.backwardRNN, mergeFn: c.mergeFn, timeMajor: c.timeMajor, name: name)
  }
}
