/// How exactly products are to be computed.
///
/// On the CPU all choices are alike, here as in JAX: products are computed in the precision of their
/// operands. Functions and modules that stand in for a layer's product are told of it. Mirrors
/// `jax.lax.Precision`.
public enum Precision: String, Hashable, Sendable, CaseIterable {
  /// Whatever is fastest on the device.
  case `default`
  /// More exact where it costs little.
  case high
  /// As exact as the device can.
  case highest
}

/// Which axes of a product are summed over, and which go together.
public struct DotDimensionNumbers: Hashable, Sendable {
  /// The axes of the left operand that are summed over.
  public var lhsContracting: [Int]
  /// The axes of the right operand that are summed over, in the same order.
  public var rhsContracting: [Int]
  /// The axes of the left operand of which each member has a product of its own.
  public var lhsBatch: [Int]
  /// The axes of the right operand that go with them.
  public var rhsBatch: [Int]

  /// Creates dimension numbers from the axes of the left and the right operand.
  public init(contracting: ([Int], [Int]), batch: ([Int], [Int]) = ([], [])) {
    (lhsContracting, rhsContracting) = contracting
    (lhsBatch, rhsBatch) = batch
  }
}

/// A function that multiplies in the place of ``dotGeneral(_:_:contracting:batch:preferredElementType:)``.
public typealias DotGeneralFunction =
  @Sendable (
    _ lhs: Tensor, _ rhs: Tensor, _ dimensions: DotDimensionNumbers, _ precision: Precision?
  ) -> Tensor

/// A module that multiplies in the place of a layer's product, with variables of its own.
public protocol DotGeneralModule: Module {
  /// Multiplies, as ``dotGeneral(_:_:contracting:batch:preferredElementType:)`` does.
  func callAsFunction(
    _ lhs: Tensor, _ rhs: Tensor, _ dimensions: DotDimensionNumbers, precision: Precision?
  ) -> Tensor
}

/// Makes the module that multiplies for a layer, as a submodule of it.
public typealias DotGeneralClass = @Sendable () -> any DotGeneralModule

/// A module that evaluates an einsum of two operands in the place of ``einsum(_:_:)``.
public protocol EinsumModule: Module {
  /// Evaluates the equation.
  func callAsFunction(
    _ equation: String, _ lhs: Tensor, _ rhs: Tensor, precision: Precision?
  ) -> Tensor
}

/// A function that evaluates an einsum of two operands in the place of ``einsum(_:_:)``.
public typealias EinsumFunction =
  @Sendable (_ equation: String, _ lhs: Tensor, _ rhs: Tensor, _ precision: Precision?) -> Tensor

/// Makes the module that evaluates an einsum for a layer, as a submodule of it.
public typealias EinsumClass = @Sendable () -> any EinsumModule

/// What a linear layer multiplies with, if it was given something else than the usual product.
struct InjectedProduct {
  private let function: DotGeneralFunction?
  private let make: DotGeneralClass?
  private let precision: Precision?

  /// Takes what was given; nil if the layer is to multiply in its usual way.
  init?(function: DotGeneralFunction?, make: DotGeneralClass?, precision: Precision?) {
    if function == nil && make == nil { return nil }
    self.function = function
    self.make = make
    self.precision = precision
  }

  /// The product.
  func callAsFunction(
    _ lhs: Tensor, _ rhs: Tensor, contracting: ([Int], [Int]), batch: ([Int], [Int]) = ([], [])
  ) -> Tensor {
    let dimensions = DotDimensionNumbers(contracting: contracting, batch: batch)
    if let module = make?() { return module(lhs, rhs, dimensions, precision: precision) }
    guard let function else { return dotGeneral(lhs, rhs, contracting: contracting, batch: batch) }
    return function(lhs, rhs, dimensions, precision)
  }
}
