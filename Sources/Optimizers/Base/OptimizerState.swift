import Tensor

/// What an optimizer remembers from one update to the next.
///
/// The structure mirrors optax's: a named tuple is a node of fields, a tuple a node of indices. So a
/// state is saved as Flax saves it, and its tensors are seen by `jit` and the other transforms.
///
///     let state = adam(0.001).initialize(params)
///     let steps = state[0]["count"]
public indirect enum OptimizerState: Sendable {
  /// A part under a key.
  public typealias Entry = (key: TreeKey, value: OptimizerState)

  /// One tensor, such as a count.
  case tensor(Tensor)
  /// Tensors structured as the parameters, such as moments.
  case tree(AnyTensorTree)
  /// Parts: the fields of a named tuple, the places of a tuple, the keys of a dictionary.
  case node([Entry])

  /// The state of what remembers nothing.
  public static let empty = OptimizerState.node([])

  /// Names the parts, as a named tuple does.
  public static func fields(_ fields: KeyValuePairs<String, OptimizerState>) -> OptimizerState {
    .node(fields.map { (.field($0.key), $0.value) })
  }

  /// Numbers the parts, as a tuple does.
  public static func tuple(_ parts: [OptimizerState]) -> OptimizerState {
    .node(parts.enumerated().map { (.index($0.offset), $0.element) })
  }

  /// Names the parts, as a dictionary does; they stand in the order of their sorted keys.
  public static func dictionary(_ parts: [(key: String, value: OptimizerState)]) -> OptimizerState {
    .node(parts.sorted { $0.key < $1.key }.map { (.key($0.key), $0.value) })
  }

  /// A count that begins at 0.
  package static var zeroCount: OptimizerState { .tensor(Tensor(0, dtype: .int32)) }
}

extension OptimizerState: TensorTree {
  /// Presents the tensors in the order of the parts.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    switch self {
    case .tensor(var tensor):
      tensor.visitTensors(&visitor)
      self = .tensor(tensor)
    case .tree(var tree):
      tree.visitTensors(&visitor)
      self = .tree(tree)
    case .node(let entries) where visitor.isReading:
      for (key, part) in entries {
        var part = part
        visitor.visit(key, &part)
      }
    case .node(var entries):
      for index in entries.indices { visitor.visit(entries[index].key, &entries[index].value) }
      self = .node(entries)
    }
  }
}

extension OptimizerState {
  /// The part named `name`, a field or a dictionary's key; setting it replaces it.
  ///
  /// Records an error and gives the empty state if there is none.
  public subscript(name: String) -> OptimizerState {
    get { part(.field(name)) ?? part(.key(name)) ?? missing("\"\(name)\"") }
    set { replace(part(.field(name)) == nil ? .key(name) : .field(name), newValue) }
  }

  /// The part numbered `index`; setting it replaces it.
  ///
  /// Records an error and gives the empty state if there is none.
  public subscript(index: Int) -> OptimizerState {
    get { part(.index(index)) ?? missing("\(index)") }
    set { replace(.index(index), newValue) }
  }

  /// The tensor of a count or another single value; records an error if this is none.
  public var tensor: Tensor {
    if case .tensor(let tensor) = self { return tensor }
    recordUnexpected("a tensor")
    return Tensor(0, dtype: .int32)
  }

  /// The tensors structured as the parameters; records an error if these are none.
  public var tree: AnyTensorTree {
    if case .tree(let tree) = self { return tree }
    recordUnexpected("tensors structured as the parameters")
    return AnyTensorTree(paths: [], leaves: [])
  }

  /// A copy in which `transform` has replaced the trees that are structured as the parameters.
  ///
  /// Mirrors `optax.tree_map_params`; counts and other single tensors stay.
  public func mapParams(_ transform: (AnyTensorTree) -> AnyTensorTree) -> OptimizerState {
    switch self {
    case .tensor: self
    case .tree(let tree): .tree(transform(tree))
    case .node(let entries): .node(entries.map { ($0.key, $0.value.mapParams(transform)) })
    }
  }

  /// The parts in order; none of a tensor.
  package var entries: [Entry] {
    if case .node(let entries) = self { entries } else { [] }
  }

  private func part(_ key: TreeKey) -> OptimizerState? {
    entries.first { $0.key == key }?.value
  }

  private mutating func replace(_ key: TreeKey, _ value: OptimizerState) {
    var entries = entries
    guard let index = entries.firstIndex(where: { $0.key == key }) else {
      _ = missing("\(key)")
      return
    }
    entries[index].value = value
    self = .node(entries)
  }

  private func missing(_ name: String) -> OptimizerState {
    let names = entries.map { "\($0.key)" }.joined(separator: ", ")
    record(
      TensorError(
        "OptimizerState",
        .other("there is no part \(name), there is \(names.isEmpty ? "nothing" : names)"),
        hint: OptimizerState.hint))
    return .empty
  }

  private func recordUnexpected(_ expected: String) {
    let found =
      switch self {
      case .tensor: "a tensor"
      case .tree: "tensors structured as the parameters"
      case .node(let entries): entries.isEmpty ? "nothing" : "\(entries.count) parts"
      }
    record(
      TensorError(
        "OptimizerState", .other("found \(found), expected \(expected)"),
        hint: OptimizerState.hint))
  }

  private static let hint =
    "update takes the state that initialize or update of the same optimizer gave"
}
