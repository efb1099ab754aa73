import Linen

/// What a value presents its parts to, in order to be saved or restored.
///
/// When saving it takes each part's state; when restoring it puts the part of the state with that
/// name into the part.
public struct StateVisitor {
  /// What the parts of a value are called by; decides what Flax says about those that don't fit.
  package enum Node {
    /// The fields of a structure.
    case fields
    /// The fields of a named tuple.
    case namedTuple
    /// The keys of a dictionary.
    case dictionary
    /// The places in a list or tuple.
    case list
  }

  /// What went wrong anywhere in the tree.
  private final class Log {
    var report = RestoreReport()
    var failure: SerializationError?

    func add(_ path: StatePath, _ fact: RestoreProblem.Fact, _ message: Int? = nil) {
      report.problems.append(RestoreProblem(path: path, fact: fact, flaxMessage: message))
    }

    func say(_ message: String) -> Int {
      report.flaxMessages.append(message)
      return report.flaxMessages.count - 1
    }
  }

  /// The state being restored; nil when saving.
  private let given: StateValue?
  /// The entries of the given state, once the parts have begun; nil if it has none.
  private var givenEntries: StateValue.Entries?
  private var saved = StateValue.Entries()
  private var leaf: StateValue?
  private var node: Node?
  private var visited: Set<String> = []
  /// The place of Flax's message about the names of this node.
  private var namesMessage: Int?
  private let path: StatePath
  private let typeName: String
  private let log: Log

  private init(_ type: Any.Type, _ path: StatePath, given: StateValue?, log: Log) {
    self.path = path
    self.given = given
    self.log = log
    typeName = "\(type)"
  }

  static func save<T: StateSerializable>(_ target: inout T) throws -> StateValue {
    let log = Log()
    var visitor = StateVisitor(T.self, StatePath(), given: nil, log: log)
    target.visitState(&visitor)
    if let failure = log.failure { throw failure }
    return visitor.savedState
  }

  static func restore<T: StateSerializable>(
    _ target: inout T, from state: StateValue
  ) -> RestoreReport {
    let log = Log()
    var visitor = StateVisitor(T.self, StatePath(), given: state, log: log)
    target.visitState(&visitor)
    visitor.finish()
    return log.report
  }

  /// Whether parts are restored rather than saved.
  package var isRestoring: Bool { given != nil }

  private var savedState: StateValue { leaf ?? .dictionary(saved) }
}

extension StateVisitor {
  /// Presents a part under its name.
  public mutating func visit<T: StateSerializable>(_ name: String, _ part: inout T) {
    begin(.fields)
    present(name, &part)
  }

  /// Presents the one part whose state is that of the whole.
  public mutating func visit<T: StateSerializable>(_ part: inout T) { part.visitState(&self) }

  /// Presents a part that is a tree of tensors under its name.
  @_disfavoredOverload
  public mutating func visit<T: TensorTree>(_ name: String, _ part: inout T) {
    begin(.fields)
    presentTree(name, &part)
  }

  /// Says how the parts that follow are called; `names` of all but fields, before the first of them.
  package mutating func begin(_ node: Node, names: [String] = []) {
    guard self.node == nil else { return }
    self.node = node
    guard let given else { return }
    switch given {
    case .dictionary(let entries): givenEntries = node.current(entries)
    case .list(let elements) where node == .list:
      givenEntries = StateValue.Entries(
        uniqueKeysWithValues: elements.enumerated().map { (.string("\($0)"), $1) })
    default:
      log.add(path, .kind(found: given.kind, expected: node.kind(typeName, names)))
      return
    }
    namesMessage = namesProblem(names).map(log.say)
  }

  /// Presents a part of any kind of node.
  package mutating func present<T: StateSerializable>(_ name: String, _ part: inout T) {
    present(name, T.self) { visitor in part.visitState(&visitor) }
  }

  private mutating func present(
    _ name: String, _ type: Any.Type, _ visitPart: (inout StateVisitor) -> Void
  ) {
    let path = path.appending(name)
    visited.insert(name)
    guard isRestoring else {
      var visitor = StateVisitor(type, path, given: nil, log: log)
      visitPart(&visitor)
      saved[.string(name)] = visitor.savedState
      return
    }
    guard let givenEntries else { return }  // `begin` has said so
    guard let state = givenEntries[.string(name)] else {
      var visitor = StateVisitor(type, path, given: nil, log: Log())
      visitPart(&visitor)
      noteMissing(name, visitor.savedState, at: path)
      return
    }
    var visitor = StateVisitor(type, path, given: state, log: log)
    visitPart(&visitor)
    visitor.finish()
  }

  /// Presents a value without parts: gives its state, or takes one and tells what is wrong with it.
  package mutating func visitLeaf(
    _ value: @autoclosure () -> StateValue, restore: (StateValue) -> RestoreProblem.Fact?
  ) {
    guard let given else {
      leaf = value()
      return
    }
    leaf = given
    if let fact = restore(given) { log.add(path, fact) }
  }

  /// Notes that the state that was just taken does not fit.
  package mutating func refuse(expected: String) {
    guard let given else { return }
    log.add(path, .kind(found: given.kind, expected: expected))
  }

  /// Notes that this part can't be saved.
  package mutating func fail(_ message: String) {
    leaf = given ?? .null
    if isRestoring {
      log.add(path, .kind(found: given?.kind ?? "", expected: message))
    } else if log.failure == nil {
      log.failure = SerializationError(path, message)
    }
  }
}

extension StateVisitor {
  /// Lists what the given state has besides the parts that were presented.
  private mutating func finish() {
    guard leaf == nil else { return }
    begin(.fields)
    guard let givenEntries, let node else { return }
    let extra = givenEntries.filter { !visited.contains($0.key.description) }
    guard !extra.isEmpty else { return }
    if node == .fields {
      let names = extra.keys.map(\.description).joined(separator: ",")
      namesMessage = log.say(
        "Unknown field(s) \"\(names)\" in state dict while restoring an instance of \(typeName) "
          + "at path \(path)")
    }
    for (key, value) in extra {
      for (path, value) in value.leaves(below: path.appending(key.description)) {
        if node != .dictionary {
          log.add(path, .extraField(found: value.kind), namesMessage)
        } else if value.entries == nil {
          // Empty dictionaries hold nothing that could get lost.
          log.add(path, .extraKey(found: value.kind))
        }
      }
    }
  }

  private func noteMissing(_ name: String, _ expected: StateValue, at path: StatePath) {
    let message =
      node == .fields
      ? log.say(
        "Missing field \(name) in state dict while restoring an instance of \(typeName), at path "
          + "\(self.path)") : namesMessage
    for (path, value) in expected.leaves(below: path) {
      log.add(path, .missing(expected: value.kind), message)
    }
  }

  /// What Flax says about the names of a state's entries, if they are not those of the parts.
  private func namesProblem(_ names: [String]) -> String? {
    let given = (givenEntries ?? [:]).keys.map(\.description)
    switch node {
    case .list where given.count != names.count:
      return "The size of the list and the state dict do not match, got \(names.count) and "
        + "\(given.count) at path \(path)"
    case .dictionary:
      let missing = names.filter { !given.contains($0) }
      guard !missing.isEmpty else { return nil }
      return "The target dict keys and state dict keys do not match, target dict contains keys "
        + "\(pythonSet(missing)) which are not present in state dict at path \(path)"
    case .namedTuple where Set(given) != Set(names):
      return "The field names of the state dict and the named tuple do not match, got "
        + "\(pythonSet(given)) and \(pythonSet(names)) at path \(path)"
    default: return nil
    }
  }
}

/// Names as Python prints a set, sorted.
private func pythonSet(_ names: [String]) -> String {
  names.isEmpty ? "set()" : "{" + names.sorted().map { "'\($0)'" }.joined(separator: ", ") + "}"
}

extension StateVisitor.Node {
  /// What such a node's state should be, for a message.
  fileprivate func kind(_ typeName: String, _ names: [String]) -> String {
    switch self {
    case .fields: "the fields of \(typeName)"
    case .namedTuple: "the fields \(names.joined(separator: ", "))"
    case .dictionary: "a dictionary"
    case .list: "a list of \(names.count)"
    }
  }

  /// The entries of a state; of a named tuple as Flax once wrote it, by the names of its fields.
  fileprivate func current(_ entries: StateValue.Entries) -> StateValue.Entries {
    if entries.keys.contains(where: \.isInteger) {
      // NNX numbers the parts of lists by integers.
      return StateValue.Entries(
        entries.map { (.string($0.key.description), $0.value) }, uniquingKeysWith: { $1 })
    }
    guard self == .namedTuple, Set(entries.keys) == ["name", "fields", "values"],
      let names = entries["fields"]?.entries, let values = entries["values"]?.entries,
      names.count == values.count
    else { return entries }
    var result = StateValue.Entries()
    for (place, name) in names {
      guard case .string(let name) = name, let value = values[place] else { return entries }
      result[.string(name)] = value
    }
    return result
  }
}
