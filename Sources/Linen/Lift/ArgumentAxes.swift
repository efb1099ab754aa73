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
  func axis(at path: TreePath, _ role: AxesRole) -> Int? {
    var axes = self
    for key in path.keys {
      switch (axes, key) {
      case (.axis(let axis), _): return axis
      case (.broadcast, _): return nil
      case (.list(let parts), .index(let index)) where parts.indices.contains(index):
        axes = parts[index]
      case (.named(let parts), .key(let name)), (.named(let parts), .field(let name)):
        guard let part = parts[name] else { return missing(path, role) }
        axes = part
      default: return missing(path, role)
      }
    }
    switch axes {
    case .axis(let axis): return axis
    case .broadcast: return nil
    case .list, .named: return missing(path, role)
    }
  }

  private func missing(_ path: TreePath, _ role: AxesRole) -> Int? {
    let place = role.name == "inAxes" ? "argument" : "result"
    record(
      role.pack.error(
        .axesMisfit(name: role.name, axes: "\(self)", place: "\(place)\(path)")))
    return nil
  }

  /// Records an error if there are not as many axes as parts of a tree that has a number of them.
  func checkCount(of tree: some TensorTree, _ role: AxesRole) {
    guard case .list(let axes) = self, let tree = tree as? any CountedTree,
      axes.count > tree.partCount
    else { return }
    record(
      role.pack.error(
        .axesMisfit(
          name: role.name, axes: "\(self)",
          place: "there are axes for \(axes.count), and \(tree.partCount) to have them")))
  }

  /// Whether a part of the axes is `broadcast`.
  var containsBroadcast: Bool {
    switch self {
    case .axis: false
    case .broadcast: true
    case .list(let parts): parts.contains(where: \.containsBroadcast)
    case .named(let parts): parts.values.contains(where: \.containsBroadcast)
    }
  }
}

/// What axes are for: the name that messages give them, and the transform.
struct AxesRole {
  let name: String
  let pack: Pack
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
  init(_ axis: Int?) { self = axis.map(ArgumentAxes.axis) ?? .broadcast }
}
