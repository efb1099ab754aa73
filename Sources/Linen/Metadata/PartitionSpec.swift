/// What each axis of an array is laid out over: a name or none for each, as `jax.sharding.PartitionSpec`.
///
///     let spec: PartitionSpec = ["data", nil]
///
/// The names are those of a mesh's axes, or of logical axes, which rules translate. Axes beyond the
/// last are not laid out.
public struct PartitionSpec: Hashable, Sendable {
  /// What one axis is laid out over.
  public enum Axis: Hashable, Sendable {
    /// Nothing: every device has all of it.
    case unsharded
    /// The axis of this name.
    case name(String)
    /// Several axes.
    case names([String])
    /// Whatever suits the compiler.
    case unconstrained
  }

  /// What the axes are laid out over, from the first on.
  public var axes: [Axis]

  /// Creates a specification.
  public init(_ axes: [Axis] = []) { self.axes = axes }
}

extension PartitionSpec: ExpressibleByArrayLiteral {
  /// Creates a specification: `["data", nil]`.
  public init(arrayLiteral elements: Axis...) { axes = elements }
}

extension PartitionSpec.Axis:
  ExpressibleByStringLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral
{
  /// The axis of this name.
  public init(stringLiteral name: String) { self = .name(name) }

  /// Nothing.
  public init(nilLiteral: ()) { self = .unsharded }

  /// Several axes.
  public init(arrayLiteral names: String...) { self = .names(names) }

  /// The names of the axes it is laid out over.
  var meshAxes: [String] {
    switch self {
    case .unsharded, .unconstrained: []
    case .name(let name): [name]
    case .names(let names): names
    }
  }
}

extension PartitionSpec.Axis: CustomStringConvertible {
  /// The axis as Python prints it: `'data'`, `None`, `('a', 'b')`.
  public var description: String {
    switch self {
    case .unsharded: "None"
    case .name(let name): "'\(name)'"
    case .names(let names): pythonTuple(names.map { "'\($0)'" })
    case .unconstrained: "UNCONSTRAINED"
    }
  }
}

extension PartitionSpec: CustomStringConvertible {
  /// The specification as JAX prints it: `P('data', None)`.
  public var description: String { "P\(tupleText)" }

  /// The axes as Python prints a tuple.
  var tupleText: String { pythonTuple(axes.map(\.description)) }
}
