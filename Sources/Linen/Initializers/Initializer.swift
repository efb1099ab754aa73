/// A rule for the first value of a parameter: a function of a key, a shape and a dtype.
///
/// Layers take initializers as configuration; the usual ones are static members:
///
///     Dense(64, kernelInit: .heNormal(), biasInit: .constant(0.1))
///
/// The values are those of `flax.linen.initializers`, bit for bit (`orthogonal` to rounding). Of
/// your own:
///
///     let eye = Initializer("eye") { _, shape, dtype in Tensor.full(shape, 1, dtype: dtype) }
public struct Initializer: Sendable {
  /// How the initializer is written, such as `lecunNormal()`.
  public let description: String
  private let body: @Sendable (Key, Shape, DType) -> Tensor

  /// Creates an initializer that prints as `description`.
  public init(_ description: String, _ body: @escaping @Sendable (Key, Shape, DType) -> Tensor) {
    self.description = description
    self.body = body
  }

  /// Makes the value of a parameter.
  ///
  /// Records an error if the initializer does not fit the shape or dtype.
  public func callAsFunction(
    _ key: Key, _ shape: Shape, _ dtype: DType = .defaultFloat
  ) -> Tensor {
    body(key, shape, dtype)
  }
}

extension Initializer: CustomStringConvertible {}

/// A shape that an initializer can't fill; the text is that of JAX.
public struct InitializerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let message: String
  /// The shape that was asked for.
  public let shape: Shape
  /// The module in which it happened.
  public var path: String?

  /// The message, then the shape and the module.
  public var description: String {
    "\(message)\nshape \(shape)" + (path.map { " (in \($0))" } ?? "")
  }
}

extension InitializerError: LocatedError {}

extension Initializer {
  /// Records that a shape does not fit and gives zeros in its place.
  static func refuse(_ message: String, _ shape: Shape, _ dtype: DType) -> Tensor {
    record(InitializerError(message: message, shape: shape))
    return Tensor.zeros(shape, dtype: dtype)
  }
}
