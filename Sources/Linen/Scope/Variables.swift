/// The variables of a model: collections by name, in each the modules by name, in those the values.
///
/// A value type and a tree: transforms see its tensors, sorted by name as in JAX. Subscripts lead
/// from level to level, and give a tensor where one is wanted:
///
///     let kernel: Tensor = variables["params"]["Dense_0"]["kernel"]
///     let params = variables["params"]
///     let y = try model.apply(["params": params, "batch_stats": stats]) { $0(x) }
///
/// Names keep the order in which they were added, as in Flax. A part is `Variables` again: a
/// dictionary of parts, a tensor, a tuple of parts (what `sow` gathers), a tensor in a box of
/// metadata, or any other value.
public struct Variables: Sendable {
  package typealias Entries = VariableEntries

  package enum Node: Sendable {
    case dictionary(Entries)
    case tensor(Tensor)
    case tuple([Variables])
    indirect case boxed(any AxisMetadata)
    indirect case value(any Sendable)
  }

  package var node: Node

  package init(_ node: Node) { self.node = node }

  package init(_ entries: Entries) { node = .dictionary(entries) }

  /// Creates variables without entries.
  public init() { node = .dictionary(Entries()) }

  /// Creates the part that is a tensor.
  public init(_ tensor: Tensor) { node = .tensor(tensor) }

  /// Creates the part that is a tuple of parts.
  public init(tuple elements: [Variables]) { node = .tuple(elements) }

  /// Creates a dictionary of parts, in the order given; of equal names the last one counts.
  public init(_ pairs: some Sequence<(String, Variables)>) {
    node = .dictionary(Entries(pairs))
  }

  /// The entries, if this is a dictionary.
  package var entries: Entries? {
    if case .dictionary(let entries) = node { entries } else { nil }
  }

  /// The tensor, if this part is one, in a box or not.
  public var tensor: Tensor? {
    switch node {
    case .tensor(let tensor): tensor
    case .boxed(let box): box.value.tensor
    default: nil
    }
  }

  /// The parts of a tuple; nil if this is none.
  public var elements: [Variables]? {
    if case .tuple(let elements) = node { elements } else { nil }
  }

  /// The names at this level, in the order in which they were added; none if this is a value.
  public var keys: [String] { entries?.keys ?? [] }

  /// The number of names at this level.
  public var count: Int { entries?.count ?? 0 }

  /// Whether this is a dictionary without entries.
  public var isEmpty: Bool { entries?.isEmpty ?? false }

  /// Whether this is a dictionary, not a value.
  public var isDictionary: Bool { entries != nil }

  /// Whether there is an entry of this name.
  public func contains(_ name: String) -> Bool { entries?.contains(name) ?? false }
}

extension Variables: Sequence {
  /// Goes over the entries in the order in which they were added.
  public func makeIterator() -> AnyIterator<(key: String, value: Variables)> {
    var iterator = (entries ?? Entries()).makeIterator()
    return AnyIterator { iterator.next().map { (key: $0.key, value: $0.value) } }
  }
}
