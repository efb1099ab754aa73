/// A module of one tensor that gives one tensor, so that it can be part of a ``Sequential``.
public protocol UnaryLayer: Module {
  /// Applies the layer.
  func callAsFunction(_ inputs: Tensor) -> Tensor
}

/// A module that takes several tensors in a row, of which all but the first can be left out.
public protocol MultipleInputLayer: UnaryLayer {
  /// Applies the layer to one or more tensors.
  func callAsFunction(_ inputs: [Tensor]) -> Tensor
}

/// A module that takes several tensors in a row and gives several.
public protocol TupleLayer: Module {
  /// Applies the layer.
  func callAsFunction(_ inputs: [Tensor]) -> [Tensor]
}

extension Dense: UnaryLayer {}
extension Conv: UnaryLayer {}
