import Tensor

/// Computes the fraction of examples whose largest logit is that of the label.
///
/// Logits `[..., classes]` and integer labels `[...]` give a float scalar; NaN without examples.
public func accuracy(_ logits: Tensor, _ labels: Tensor) -> Tensor {
  mean((argmax(logits, axis: -1) .== labels).cast(to: .defaultFloat))
}
