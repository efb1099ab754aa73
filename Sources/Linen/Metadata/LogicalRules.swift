/// Which axis of a mesh each logical axis is laid out over; of several rules for one the first counts
/// whose mesh axes are still free.
///
///     let rules: LogicalRules = ["batch": "data", "mlp": "model", "embed": nil]
///
/// Rules are in force inside of ``logicalAxisRules(_:_:)``, or are given to what uses them.
public struct LogicalRules: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  /// A rule.
  public struct Rule: Hashable, Sendable {
    /// The logical axis.
    public let name: String
    /// What it is laid out over.
    public let axis: PartitionSpec.Axis

    /// Creates a rule.
    public init(_ name: String, _ axis: PartitionSpec.Axis) {
      self.name = name
      self.axis = axis
    }
  }

  /// The rules, in the order of their priority.
  public var rules: [Rule]

  /// Creates rules.
  public init(_ rules: [Rule] = []) { self.rules = rules }

  /// Creates rules; a name may occur several times.
  public init(dictionaryLiteral elements: (String, PartitionSpec.Axis)...) {
    rules = elements.map { Rule($0, $1) }
  }

  @TaskLocal fileprivate static var current = LogicalRules()
}

extension LogicalRules: CustomStringConvertible {
  /// The rules as Python prints them: `(('batch', 'data'), ('embed', None))`.
  public var description: String { pythonTuple(rules.map { "('\($0.name)', \($0.axis))" }) }
}

/// The rules in force; none outside of ``logicalAxisRules(_:_:)``.
///
/// Mirrors `flax.linen.get_logical_axis_rules`.
public func getLogicalAxisRules() -> LogicalRules { LogicalRules.current }

/// Runs `body` with rules in force.
///
/// Mirrors `flax.linen.logical_axis_rules`.
///
/// Differs from Flax: rules can't be set for good, as they would hold for whatever runs later.
public func logicalAxisRules<R>(_ rules: LogicalRules, _ body: () throws -> R) rethrows -> R {
  try LogicalRules.$current.withValue(rules, operation: body)
}

/// What a layout does with a logical axis for which no rule is left.
///
/// Mirrors `flax.linen.spmd.RulesFallback`.
public enum RulesFallback: Sendable, Hashable {
  /// The axis is not laid out over anything.
  case axisIsUnsharded
  /// It is an error.
  case raiseError
  /// The array is not constrained at all.
  case noConstraint
}

/// Translates the logical names of an array's axes to those of a mesh.
///
/// Rules are tried in order: each gives its mesh axes to the axis of its name, unless that has some
/// or they are taken. Axes without a rule are not laid out. Records an error if a name occurs twice.
/// Mirrors `flax.linen.logical_to_mesh_axes`.
public func logicalToMeshAxes(_ names: PartitionSpec, rules: LogicalRules? = nil) -> PartitionSpec {
  PartitionSpec(assignments(names, rules ?? .current).map { $0 ?? .unsharded })
}

/// What each axis is laid out over; nil where no rule was left.
private func assignments(_ names: PartitionSpec, _ rules: LogicalRules) -> [PartitionSpec.Axis?] {
  let named = names.axes.compactMap { if case .name(let name) = $0 { name } else { nil } }
  var seen: Set<String> = []
  var repeated: [String] = []
  for name in named where !seen.insert(name).inserted && !repeated.contains(name) {
    repeated.append(name)
  }
  if !repeated.isEmpty {
    let list = pythonTuple(repeated.map { "'\($0)'" })
    record(
      LinenError(
        .other("Unsupported: Dimensions \(list) occur more than once in array names."),
        details: ["names: \(names.tupleText)"]))
  }
  var result: [PartitionSpec.Axis?] = names.axes.map { if case .name = $0 { nil } else { $0 } }
  for rule in rules.rules {
    guard let place = names.axes.firstIndex(of: .name(rule.name)), result[place] == nil else {
      continue
    }
    let taken = Set(result.compactMap { $0 }.flatMap(\.meshAxes))
    if taken.isDisjoint(with: rule.axis.meshAxes) { result[place] = rule.axis }
  }
  return result
}

/// Asks for a layout of a tensor by the logical names of its axes, and gives the tensor.
///
/// On one device nothing changes; mistakes are found all the same. Records an error if a name occurs
/// twice, or with the fall-back `.raiseError` if no rule is left for one. Mirrors
/// `flax.linen.with_logical_constraint`.
public func withLogicalConstraint(
  _ x: Tensor, _ names: PartitionSpec?, rules: LogicalRules? = nil, mesh: Mesh? = nil,
  fallback: RulesFallback = .axisIsUnsharded
) -> Tensor {
  _ = logicalConstraint(names, rules: rules, fallback: fallback)
  return x
}

/// The layout that logical names ask for; nil if they ask for none.
func logicalConstraint(
  _ names: PartitionSpec?, rules: LogicalRules?, fallback: RulesFallback
) -> PartitionSpec? {
  let rules = rules ?? .current
  guard let names, !rules.rules.isEmpty else { return nil }
  let found = assignments(names, rules)
  guard fallback != .axisIsUnsharded, found.contains(where: { $0 == nil }) else {
    return PartitionSpec(found.map { $0 ?? .unsharded })
  }
  if fallback == .raiseError {
    record(
      LinenError(
        .other("Axis names \(names.tupleText) did not match a rule"),
        details: ["rules: \(rules)"]))
  }
  return nil
}
