/// A mistake in the use of a lifted transform.
///
/// The first line of the message says what JAX or Flax say; the facts that help follow: the path,
/// which shows the transform (`/Model/vmap(VmapDense_0)`), what was given, and a hint.
public struct LiftError: LocatedError, Sendable, Hashable {
  /// What can be wrong.
  public enum Fact: Sendable, Hashable {
    /// Nothing tells how many members or steps there are.
    case sizeUnknown
    /// What is mapped or looped over has different sizes, or others than were asked for.
    case sizesDiffer(given: Int?, axes: [TensorError.Operand])
    /// Axes are given for other arguments or results than there are.
    case axesMisfit(name: String, axes: String, place: String)
    /// A result or variable without axis differs from member to member.
    case differsByMember(name: String, type: ShapeDtype, axis: Int)
    /// A part of the carry has another type after a step.
    case carryType(name: String, before: ShapeDtype, after: ShapeDtype)
    /// Some parts of the carry are only there before, or only after a step.
    case carryStructure(onlyBefore: [String], onlyAfter: [String])
    /// What all steps share depends on the carry or the inputs.
    case dependsOnStep(name: String)
    /// Collections that a loop has an own part of for each step have no axis.
    case axisMissing
    /// An output that all steps share can't be known to be the same.
    case sharedOutputUnchecked
    /// The condition of a loop is no bool scalar.
    case condition(type: ShapeDtype)
    /// Two branches give results or make variables of different types.
    case branchType(name: String, branch: Int, first: ShapeDtype, other: ShapeDtype)
    /// Two branches give other results or make other variables.
    case branchStructure(branch: Int, onlyFirst: [String], onlyOther: [String])
    /// What chooses between branches is no scalar of the right dtype.
    case choice(value: String, type: ShapeDtype)
    /// There are no branches.
    case branchesMissing
    /// The function to differentiate gives no scalar.
    case valueNotScalar(shape: Shape)
    /// A cotangent has another type than the value.
    case cotangent(name: String, found: ShapeDtype, expected: ShapeDtype)
    /// A tangent has another type than the value that it belongs to.
    case tangent(name: String, found: ShapeDtype, expected: ShapeDtype)
    /// The function of a repeated layer does not give what it takes.
    case notRepeatable(given: [String], taken: [String])
    /// Two functions are compiled under the same key.
    case equalKeys(key: String)
    /// The transform ended before it called the function.
    case notCalled
  }

  /// The transform, such as `vmap`.
  public let transform: String
  /// What is wrong.
  public let fact: Fact
  /// Where the transform is: the scope that it works on, such as `/Model/vmap(VmapDense_0)`.
  public var path: String?

  /// Describes a mistake.
  public init(_ transform: String, _ fact: Fact, path: String? = nil) {
    self.transform = transform
    self.fact = fact
    self.path = path
  }
}
