/// What a tree presents its parts to.
public struct TensorVisitor {
  package typealias Body = (inout Tensor, TreePath) -> Void

  /// What happens to the structure while it is walked through.
  private enum Structure {
    case ignored
    case recorded
    case compared
  }

  /// What is done with each tensor; nil if they are gathered or replaced.
  private let body: Body?
  private let replaces: Bool
  /// What takes the parts instead of going down into them.
  private let parts: (any TreePartVisitor)?
  /// The tensors found so far, or those that are put in the places of others.
  package private(set) var leaves: [Tensor]
  private var position = 0
  private var path = TreePath()

  private let structure: Structure
  /// What has been recorded, or is compared with.
  package private(set) var definition: TreeDefinition
  private var part = 0
  private var depth = 0
  private var differs = false

  private init(
    body: Body? = nil, replacement: [Tensor]? = nil, structure: Structure = .ignored,
    definition: TreeDefinition = TreeDefinition(), parts: (any TreePartVisitor)? = nil
  ) {
    self.body = body
    self.parts = parts
    replaces = replacement != nil
    leaves = replacement ?? []
    self.structure = structure
    self.definition = definition
  }

  /// A visitor that does `body` on each tensor and its path.
  package init(_ body: @escaping Body) { self.init(body: body) }

  /// A visitor that gathers the tensors.
  package static var gathering: TensorVisitor { TensorVisitor() }

  /// A visitor that gathers the tensors and writes down the structure.
  package static var recording: TensorVisitor { TensorVisitor(structure: .recorded) }

  /// A visitor that gathers the tensors and looks whether the structure is that of `definition`.
  package static func comparing(_ definition: TreeDefinition) -> TensorVisitor {
    TensorVisitor(structure: .compared, definition: definition)
  }

  /// A visitor that puts other tensors, as many as there are, in the places of those of the tree.
  package static func replacing(with leaves: [Tensor]) -> TensorVisitor {
    TensorVisitor(replacement: leaves)
  }

  /// A visitor that hands on the parts of a tree one level deep.
  fileprivate static func presenting(to parts: some TreePartVisitor) -> TensorVisitor {
    TensorVisitor(body: { tensor, _ in parts.visitLeaf(&tensor) }, parts: parts)
  }

  /// Whether the visitor only looks: parts that are costly to write back need not be then.
  public var isReading: Bool { body == nil && !replaces }

  /// Whether all that was compared is equal.
  package var matches: Bool { !differs && part == definition.parts.count }

  /// Presents a part under its key.
  public mutating func visit<T: TensorTree>(_ key: TreeKey, _ part: inout T) {
    if let parts { return parts.visit(key, &part) }
    if body != nil { path.keys.append(key) }
    switch structure {
    case .ignored: break
    case .recorded: definition.parts.append(.key(key, depth: depth))
    case .compared: compare { [depth] in $0.isKey(key, depth: depth) }
    }
    depth += 1
    part.visitTensors(&self)
    depth -= 1
    if body != nil { path.keys.removeLast() }
  }

  /// Presents a value that is no tensor but decides what is computed, such as a flag.
  ///
  /// A function compiled by `jit` is compiled anew for another value.
  public mutating func visit(fixed value: some Hashable) {
    switch structure {
    case .ignored: break
    case .recorded: definition.parts.append(.fixed(AnyHashable(value)))
    case .compared: compare { $0 == .fixed(AnyHashable(value)) }
    }
  }

  /// Presents the tensor that a tree is.
  mutating func leaf(_ tensor: inout Tensor) {
    switch structure {
    case .ignored: break
    case .recorded: definition.parts.append(.leaf(depth: depth))
    case .compared: compare { [depth] in $0.isLeaf(depth: depth) }
    }
    if let body {
      body(&tensor, path)
    } else if replaces {
      tensor = leaves[position]
      position += 1
    } else {
      leaves.append(tensor)
    }
  }

  private mutating func compare(_ isEqual: (borrowing TreeDefinition.Part) -> Bool) {
    if differs { return }
    differs = part == definition.parts.count || !isEqual(definition.parts[part])
    part += 1
  }
}

/// What takes the parts of a tree one level deep, each with its own type.
package protocol TreePartVisitor: AnyObject {
  /// Takes a part.
  func visit<T: TensorTree>(_ key: TreeKey, _ part: inout T)
  /// Takes the tensor that the tree itself is.
  func visitLeaf(_ tensor: inout Tensor)
}

/// Presents the parts of a tree one level deep.
package func presentTreeParts<T: TensorTree>(_ tree: inout T, to parts: some TreePartVisitor) {
  var visitor = TensorVisitor.presenting(to: parts)
  tree.visitTensors(&visitor)
}

/// The structure of a tree: its keys, the places of its tensors, and its fixed values.
package struct TreeDefinition: Hashable, @unchecked Sendable {
  enum Part: Hashable {
    case key(TreeKey, depth: Int)
    case leaf(depth: Int)
    case fixed(AnyHashable)

    func isKey(_ other: TreeKey, depth otherDepth: Int) -> Bool {
      if case .key(let key, let depth) = self { depth == otherDepth && key == other } else { false }
    }

    func isLeaf(depth otherDepth: Int) -> Bool {
      if case .leaf(let depth) = self { depth == otherDepth } else { false }
    }
  }

  /// In the order of the visit; hashable values given by the user are taken to be immutable.
  fileprivate(set) var parts: [Part] = []

  package init() {}

  /// The values that are no tensors, in order, as text.
  package var fixedValues: [String] {
    parts.compactMap { part in
      if case .fixed(let value) = part { "\(value)" } else { nil }
    }
  }
}
