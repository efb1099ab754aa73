// The transforms' signatures speak of tensors and trees.
@_exported import Tensor
