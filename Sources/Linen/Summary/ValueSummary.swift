/// A value as tables of modules show it: types in the place of tensors, and text for all else.
public indirect enum ValueSummary: Sendable, Hashable {
  /// An array, as its dtype and shape; `names` are those of its axes, if it is partitioned.
  case array(dtype: String, shape: Shape, names: PartitionSpec? = nil)
  /// A value that is no array, as it prints.
  case value(String)
  /// A tuple or list.
  case list([ValueSummary])
  /// A dictionary or structure, by names.
  case mapping([Entry])

  /// A part of a mapping.
  public struct Entry: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its value.
    public let value: ValueSummary

    /// Creates a part.
    public init(_ name: String, _ value: ValueSummary) {
      self.name = name
      self.value = value
    }
  }

  /// Sums up a value of any type.
  public init(_ value: Any) {
    if let tensor = value as? Tensor {
      self = .array(tensor.type)
    } else if let variables = value as? Variables {
      self = ValueSummary(variables: variables)
    } else if let box = value as? any AxisMetadata {
      self = ValueSummary(box: box)
    } else if let key = value as? Key {
      self = .array(dtype: "key<fry>", shape: Shape(key.data.shape.dimensions.dropLast()))
    } else if let type = value as? ShapeDtype {
      self = .array(type)
    } else {
      self = ValueSummary(reflecting: value)
    }
  }

  private static func array(_ type: ShapeDtype, names: PartitionSpec? = nil) -> ValueSummary {
    .array(dtype: type.dtype.name, shape: type.shape, names: names)
  }

  private init(variables: Variables) {
    switch variables.node {
    case .tensor(let tensor): self = .array(tensor.type)
    case .dictionary(let entries):
      // As JAX does with dictionaries.
      self = .mapping(
        entries.map { Entry($0.key, ValueSummary(variables: $0.value)) }
          .sorted { $0.name < $1.name })
    case .tuple(let elements): self = .list(elements.map { ValueSummary(variables: $0) })
    case .boxed(let box): self = ValueSummary(box: box)
    case .value(let value): self = ValueSummary(value)
    }
  }

  private init(box: any AxisMetadata) {
    if let tensor = box.value.tensor, let names = (box as? any PartitionedMetadata)?.names {
      self = .array(tensor.type, names: names)
    } else {
      self = ValueSummary(variables: box.value)
    }
  }

  private init(reflecting value: Any) {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      self = mirror.children.first.map { ValueSummary($0.value) } ?? .value("None")
    case .collection, .set, .tuple:
      self = .list(mirror.children.map { ValueSummary($0.value) })
    case .dictionary:
      let entries = mirror.children.compactMap { child -> Entry? in
        let pair = Array(Mirror(reflecting: child.value).children)
        return pair.count == 2 ? Entry("\(pair[0].value)", ValueSummary(pair[1].value)) : nil
      }
      self = .mapping(entries.sorted { $0.name < $1.name })
    case .struct where value is any TensorTree:
      self = ValueSummary(tree: value, mirror)
    default:
      self = .value(ValueSummary.text(value))
    }
  }

  /// A structure that is a tree: a list if its parts are numbered, as those of a carry are.
  private init(tree: Any, _ mirror: Mirror) {
    let paths = (tree as? any TensorTree).map { treeStructure($0) } ?? []
    let isList =
      !paths.isEmpty
      && paths.allSatisfy { if case .index = $0.keys.first { true } else { false } }
    self =
      isList
      ? .list(mirror.children.map { ValueSummary($0.value) })
      : .mapping(mirror.children.map { Entry($0.label ?? "", ValueSummary($0.value)) })
  }

  /// A value as Python prints it, on one line.
  private static func text(_ value: Any) -> String {
    switch value {
    case let truth as Bool: truth ? "True" : "False"
    case let dtype as DType: dtype.name
    default: "\(value)".split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
  }

  /// The arguments of a call: one alone, or a list in which the last has those with labels.
  ///
  /// Nil for a labelled argument, or at the end of the others, means that it was not given.
  init(arguments: CallArguments) {
    var unlabelled: [Any] = []
    var labelled: [Entry] = []
    for (label, value) in zip(arguments.labels, arguments.values) {
      guard let label else {
        unlabelled.append(value)
        continue
      }
      if !isNil(value) { labelled.append(Entry(snakeCased(label), ValueSummary(value))) }
    }
    while let last = unlabelled.last, isNil(last) { unlabelled.removeLast() }
    let list = unlabelled.map { ValueSummary($0) }
    if labelled.isEmpty {
      self = list.count == 1 ? list[0] : .list(list)
    } else {
      self = list.isEmpty ? .mapping(labelled) : .list(list + [.mapping(labelled)])
    }
  }

  /// Whether there is nothing to show.
  var isEmpty: Bool {
    switch self {
    case .list(let elements): elements.isEmpty
    case .mapping(let entries): entries.isEmpty
    case .array, .value: false
    }
  }
}

private func isNil(_ value: Any) -> Bool {
  let mirror = Mirror(reflecting: value)
  return mirror.displayStyle == .optional && mirror.children.isEmpty
}
