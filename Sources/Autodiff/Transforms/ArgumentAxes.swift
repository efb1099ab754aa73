/// Which axis of each argument or result a transform maps or scans over.
///
/// One axis for all, `0`; one for each argument, `[0, nil, 1]`; or, inside, one for each part of a
/// tree, `[["a": 0, "b": nil], 1]`. Nil is for what is the same for all members or steps.
public indirect enum ArgumentAxes: Sendable, Hashable {
  /// This axis of every tensor.
  case axis(Int)
  /// None: what is the same for all members or steps, as `flax.linen.broadcast`.
  case broadcast
  /// Axes for each argument, element of an array, or result of a tuple.
  case list([ArgumentAxes])
  /// Axes for each part of a tree that has a name.
  case named([String: ArgumentAxes])

  /// The axis for a tensor at a path; nil for none.
  ///
  /// Records an error if the axes have no entry for the path.
  package func axis(at path: TreePath, _ operation: String) -> Int? {
    axis(at: path) { missing(path, operation) }
  }

  /// As above; `missing` gives the axis where there is no entry for the path.
  package func axis(at path: TreePath, missing: () -> Int?) -> Int? {
    var axes = self
    for key in path.keys {
      switch (axes, key) {
      case (.axis(let axis), _): return axis
      case (.broadcast, _): return nil
      case (.list(let parts), .index(let index)) where parts.indices.contains(index):
        axes = parts[index]
      case (.named(let parts), .key(let name)), (.named(let parts), .field(let name)):
        guard let part = parts[name] else { return missing() }
        axes = part
      default: return missing()
      }
    }
    switch axes {
    case .axis(let axis): return axis
    case .broadcast: return nil
    case .list, .named: return missing()
    }
  }

  private func missing(_ path: TreePath, _ operation: String) -> Int? {
    record(
      TensorError(
        operation, .other("the axes \(self) do not fit the structure at \(path)"),
        hint: "give one axis for all, or one for each argument"))
    return nil
  }

  /// Whether a part of the axes is `broadcast`.
  package var containsBroadcast: Bool {
    switch self {
    case .axis: false
    case .broadcast: true
    case .list(let parts): parts.contains(where: \.containsBroadcast)
    case .named(let parts): parts.values.contains(where: \.containsBroadcast)
    }
  }
}

extension ArgumentAxes: ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
  /// This axis of every tensor.
  public init(integerLiteral axis: Int) { self = .axis(axis) }

  /// No axis.
  public init(nilLiteral: ()) { self = .broadcast }
}

extension ArgumentAxes: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  /// Axes for each argument.
  public init(arrayLiteral elements: ArgumentAxes...) { self = .list(elements) }

  /// Axes for each part that has a name.
  public init(dictionaryLiteral elements: (String, ArgumentAxes)...) {
    self = .named(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}

extension ArgumentAxes: CustomStringConvertible {
  /// The axes as they are written.
  public var description: String {
    switch self {
    case .axis(let axis): "\(axis)"
    case .broadcast: "nil"
    case .list(let parts): "\(parts)"
    case .named(let parts):
      "[" + parts.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
        + "]"
    }
  }
}

extension ArgumentAxes {
  /// This axis of every tensor, or none.
  package init(_ axis: Int?) { self = axis.map(ArgumentAxes.axis) ?? .broadcast }
}
