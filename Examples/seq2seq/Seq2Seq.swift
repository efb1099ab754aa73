import Linen

/// Translates sequences of one-hot tokens: an LSTM reads the question, another writes the answer.
///
/// `[batch, length, size]` twice give logits `[batch, answer length - 1, size]`. In training the
/// decoder is given the right answer so far, else what it said itself.
/// https://arxiv.org/abs/1409.3215
final class Seq2Seq: Module, @unchecked Sendable {
  private let hidden: Int
  private let isTeacherForcing: Bool

  init(hidden: Int, isTeacherForcing: Bool) {
    self.hidden = hidden
    self.isTeacherForcing = isTeacherForcing
    super.init()
  }

  func callAsFunction(_ question: Tensor, _ answer: Tensor, lengths: Tensor) -> Tensor {
    compact(question, answer, lengths) { question, answer, lengths in
      let (meaning, _) = RNN(OptimizedLSTMCell(hidden), name: "encoder")
        .withCarry(question, seqLengths: lengths)
      let decoder = RNN(
        DecoderCell(
          hidden: hidden, size: answer.shape[-1], isTeacherForcing: isTeacherForcing),
        name: "decoder")
      let places = split(answer, at: [1], axis: 1)
      let given = split(answer, at: [answer.shape[1] - 1], axis: 1)[0]
      return decoder(
        given,
        initialCarry: DecoderCarry(memory: meaning, last: places[0].squeezed([1])))
    }
  }
}

/// What the decoder passes on: its memory, and the token that it said last.
struct DecoderCarry: TensorTree, Sendable {
  var memory: LSTMCarry
  var last: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("memory"), &memory)
    visitor.visit(.field("last"), &last)
  }
}

/// An LSTM that says a token at each step.
private final class DecoderCell: Module, RNNCell, @unchecked Sendable {
  private let hidden: Int
  private let size: Int
  private let isTeacherForcing: Bool

  init(hidden: Int, size: Int, isTeacherForcing: Bool) {
    self.hidden = hidden
    self.size = size
    self.isTeacherForcing = isTeacherForcing
    super.init()
  }

  func callAsFunction(
    _ carry: DecoderCarry, _ inputs: Tensor
  ) -> (carry: DecoderCarry, output: Tensor) {
    compact(carry, inputs) { carry, inputs in
      let cell = OptimizedLSTMCell(hidden)
      let (memory, output) = cell(carry.memory, isTeacherForcing ? inputs : carry.last)
      let logits = Dense(size)(output)
      let said = oneHot(argmax(logits, axis: -1), classes: size)
      return (DecoderCarry(memory: memory, last: said), logits)
    }
  }

  func initializeCarry(_ key: Key, _ inputShape: Shape) -> DecoderCarry {
    DecoderCarry(
      memory: OptimizedLSTMCell(hidden).initializeCarry(key, inputShape),
      last: Tensor.zeros(inputShape))
  }
}
