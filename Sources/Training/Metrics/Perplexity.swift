import Tensor

/// How many words a language model finds equally likely: e to the mean loss of a token.
///
/// A lower one is better; that of a guess among n tokens is n.
public struct Perplexity: Metric {
  private var average: Average

  /// Takes the cross-entropies of tokens, those where `mask` holds.
  public init(losses: Tensor, where mask: Tensor? = nil) {
    average = Average(losses, where: mask)
  }

  /// The perplexity on all tokens of both.
  public func merging(_ other: Perplexity) -> Perplexity {
    var result = self
    result.average = average.merging(other.average)
    return result
  }

  /// The perplexity; NaN without tokens.
  public func compute() -> Tensor { exp(average.compute()) }

  /// Presents the average.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    average.visitTensors(&visitor)
  }
}
