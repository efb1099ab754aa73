import Testing

@testable import Tensor

/// A function of tensors to be compared with the one that `Tests/Tools/numerics_values.py` knows
/// under the same label: values, type, and the gradient by the first operand.
struct NumericsRow: CustomTestStringConvertible, Sendable {
  let label: String
  let inputs: [RowInput]
  let function: @Sendable ([Tensor]) -> Tensor
  /// The error that is allowed, relative to the largest element.
  let tolerance: Double

  init(
    _ label: String, _ inputs: [RowInput], tolerance: Double = 1e-6,
    _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.label = label
    self.inputs = inputs
    self.function = function
    self.tolerance = tolerance
  }

  var testDescription: String { label }

  func tensors() -> [Tensor] {
    inputs.enumerated().map { $1.tensor(seed: UInt32($0), .float32) }
  }
}

enum NumericsCatalogue {
  static let rows =
    activations + elementwise + reductions + products + shapes
    + indexing + special
}
