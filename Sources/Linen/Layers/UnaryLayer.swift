/// A module of one tensor that gives one tensor, so that it can be part of a ``Sequential``.
public protocol UnaryLayer: Module {
  /// Applies the layer.
  func callAsFunction(_ inputs: Tensor) -> Tensor
}

extension Dense: UnaryLayer {}
extension Conv: UnaryLayer {}
