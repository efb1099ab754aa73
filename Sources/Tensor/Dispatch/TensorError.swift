/// A mistake in the use of an operation: which, what is wrong, the operands, where, and what to do.
///
/// Operations don't throw: the first error inside a boundary (`withErrors`, `initialize`, `apply`,
/// `grad`, ...) is recorded where it occurs and thrown at the boundary's end.
public struct TensorError: Error, Hashable, Sendable {
  /// What can be wrong.
  public enum Fact: Hashable, Sendable {
    /// Two shapes that must be equal, or broadcast to one, don't.
    case shapesDiffer
    /// Two dtypes that must be equal are not.
    case dtypesDiffer
    /// An axis outside of `-rank..<rank`.
    case axisOutOfRange(axis: Int, rank: Int)
    /// A list of axes that names one twice or one that does not exist.
    case axesInvalid(axes: [Int], rank: Int)
    /// A number of axes other than the operation takes.
    case rankInvalid(rank: Int, expected: String)
    /// Sizes that must agree, of what, do not.
    case sizesDiffer(what: String)
    /// An operation that this dtype does not have.
    case dtypeUnsupported(dtype: DType, expected: String)
    /// An argument outside of what it may be.
    case argumentInvalid(name: String, value: String, expected: String)
    /// A value was read where only its type is known.
    case valueUnknown(transform: String)
    /// A tracer was used after the transform that made it had ended.
    case tracerEscaped(transform: String)
    /// A primitive has no rule of this kind.
    case ruleMissing(rule: String)
    /// Anything else, in words.
    case other(String)
  }

  /// An operand as a message shows it: its role, its type, and the axis in question.
  public struct Operand: Hashable, Sendable {
    /// The operand's role, such as `lhs`.
    public let label: String
    /// Its shape and dtype.
    public let type: ShapeDtype
    /// The axis that the message is about.
    public let axis: Int?

    /// Describes an operand.
    public init(_ label: String, _ type: ShapeDtype, axis: Int? = nil) {
      self.label = label
      self.type = type
      self.axis = axis
    }
  }

  /// The name of the operation.
  public let operation: String
  /// What is wrong.
  public let fact: Fact
  /// The operands, in order.
  public let operands: [Operand]
  /// What to do about it.
  public let hint: String?
  /// The module in which it happened, such as `/Model/head Dense`.
  public var path: String?
  /// The types of the placeholders that stand for the results.
  package let placeholders: [ShapeDtype]

  /// Describes a mistake.
  public init(_ operation: String, _ fact: Fact, _ operands: [Operand] = [], hint: String? = nil) {
    self.init(operation, fact, operands, hint: hint, placeholders: [])
  }

  package init(
    _ operation: String, _ fact: Fact, _ operands: [Operand] = [], hint: String? = nil,
    placeholders: [ShapeDtype]
  ) {
    self.operation = operation
    self.fact = fact
    self.operands = operands
    self.hint = hint
    self.placeholders = placeholders
  }
}
