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
  /// Puts a value in a box of metadata; nil for none.
  private var box: (@Sendable (Variables) -> any AxisMetadata)?

  /// Creates an initializer that prints as `description`.
  public init(_ description: String, _ body: @escaping @Sendable (Key, Shape, DType) -> Tensor) {
    self.description = description
    self.body = body
  }

  /// The initializer whose parameters are in a box of metadata, around the one they may be in.
  public func boxed(
    _ box: @escaping @Sendable (Variables) -> any AxisMetadata
  ) -> Initializer {
    var result = self
    result.box = box
    if let inner = self.box { result.box = { box(Variables(.boxed(inner($0)))) } }
    return result
  }

  /// The initializer that makes its values in another way and puts them in the same box.
  func replacing(
    _ body: @escaping @Sendable (Key, Shape, DType) -> Tensor
  ) -> Initializer {
    var result = Initializer(description, body)
    result.box = box
    return result
  }

  /// Makes the value of a parameter, in its box if it has one.
  public func variables(_ key: Key, _ shape: Shape, _ dtype: DType = .defaultFloat) -> Variables {
    let value = Variables(self(key, shape, dtype))
    return box.map { Variables(.boxed($0(value))) } ?? value
  }

  /// Makes the value of a parameter.
  ///
  /// Records an error if the initializer does not fit the shape or dtype.
  public func callAsFunction(
    _ key: Key, _ shape: Shape, _ dtype: DType = .defaultFloat
  ) -> Tensor {
    if shape.dimensions.contains(where: { $0 < 0 }) {
      return Initializer.refuse("Sizes of a shape must not be negative.", shape, dtype)
    }
    return body(key, shape, dtype)
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
    return Tensor.zeros(Shape(shape.dimensions.map { Swift.max($0, 0) }), dtype: dtype)
  }
}
