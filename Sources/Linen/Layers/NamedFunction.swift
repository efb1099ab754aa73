/// A function that a module has in its configuration, with the name that descriptions show.
///
///     let cell = GRUCell(64, activationFn: ActivationFunction("double") { 2 * $0 })
///
/// The standard ones are static members, such as `.relu`. Two are equal if they are the same standard
/// function, or copies of one value.
public struct NamedFunction<Function: Sendable>: Sendable {
  /// The name, as Python has it: `dot_product_attention`.
  public let name: String
  /// The function.
  public let function: Function
  /// Tells functions of a user apart; nil for the standard one of this name.
  private let identity: Identity?

  private final class Identity: Sendable {}

  /// Names a function.
  public init(_ name: String = "function", _ function: Function) {
    self.name = name
    self.function = function
    identity = Identity()
  }

  /// One of this library's functions.
  init(standard name: String, _ function: Function) {
    self.name = name
    self.function = function
    identity = nil
  }

  /// Whether the function is one of this library's.
  var isStandard: Bool { identity == nil }
}

extension NamedFunction: Hashable {
  /// Whether the functions are the same standard one, or copies of one value.
  public static func == (a: NamedFunction, b: NamedFunction) -> Bool {
    a.identity === b.identity && a.name == b.name
  }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension NamedFunction: PythonPrinted {
  var pythonText: String { name }
}

/// Brings the outputs of two recurrent networks together.
public typealias MergeFunction = NamedFunction<@Sendable (Tensor, Tensor) -> Tensor>

extension NamedFunction where Function == @Sendable (Tensor, Tensor) -> Tensor {
  /// Puts the features side by side.
  public static var concatenate: Self {
    Self(standard: "_concatenate") { Tensor::concatenate([$0, $1], axis: -1) }
  }

  /// Applies the function.
  public func callAsFunction(_ forward: Tensor, _ backward: Tensor) -> Tensor {
    function(forward, backward)
  }
}

/// Computes attention from projected inputs.
public typealias AttentionFunction = NamedFunction<@Sendable (AttentionInputs) -> Tensor>

extension NamedFunction where Function == @Sendable (AttentionInputs) -> Tensor {
  /// The usual attention, ``dotProductAttention(_:)``.
  public static var dotProductAttention: Self {
    Self(standard: "dot_product_attention") { Linen::dotProductAttention($0) }
  }

  /// Applies the function.
  public func callAsFunction(_ inputs: AttentionInputs) -> Tensor { function(inputs) }
}

/// Brings the arguments of a layer to one dtype.
public typealias PromoteDTypeFunction =
  NamedFunction<@Sendable (_ arguments: [Tensor], _ dtype: DType?) -> [Tensor]>

extension NamedFunction where Function == @Sendable ([Tensor], DType?) -> [Tensor] {
  /// The usual promotion, ``promoteDType(_:dtype:inexact:)``.
  public static var promoteDType: Self {
    Self(standard: "promote_dtype") { Linen::promoteDType($0, dtype: $1) }
  }

  /// Applies the function.
  public func callAsFunction(_ arguments: [Tensor], _ dtype: DType?) -> [Tensor] {
    function(arguments, dtype)
  }
}
