/// A value that prints in a module's description as Flax has it in Python.
protocol PythonPrinted {
  /// The value as Python prints it.
  var pythonText: String { get }
}

extension Bool: PythonPrinted {
  var pythonText: String { self ? "True" : "False" }
}

extension String: PythonPrinted {
  var pythonText: String { "'\(self)'" }
}

extension DType: PythonPrinted {
  var pythonText: String { name }
}

extension Shape: PythonPrinted {
  var pythonText: String { pythonTuple(dimensions) }
}

extension Tensor: PythonPrinted {
  var pythonText: String { text(as: "Array") }
}

extension Module: PythonPrinted {
  var pythonText: String { description }
}

extension Initializer: PythonPrinted {
  /// Initializers are functions to Flax: those that others make are called `init`.
  var pythonText: String { description.contains("(") ? "init" : description }
}

extension Padding: PythonPrinted {
  var pythonText: String { isNamed ? "'\(self)'" : description }
}

extension PerAxis: PythonPrinted {
  var pythonText: String { isForAll ? "\(values[0])" : pythonTuple(values) }
}

extension Precision: PythonPrinted {
  var pythonText: String { "Precision.\(rawValue.uppercased())" }
}

extension CollectionFilter: PythonPrinted {
  var pythonText: String {
    switch self {
    case .all: "True"
    case .names(let names): CollectionFilter.text(names)
    case .allBut(let names): "DenyList(deny=\(CollectionFilter.text(names)))"
    }
  }

  private static func text(_ names: Set<String>) -> String {
    switch names.count {
    case 0: "False"
    case 1: "'\(names.first ?? "")'"
    default: "[" + names.sorted().map(\.pythonText).joined(separator: ", ") + "]"
    }
  }
}

extension VariableAxes: PythonPrinted {
  var pythonText: String { pythonDictionary(entries.map { ($0.filter, $0.axis.pythonText) }) }
}

extension VariableAxis: PythonPrinted {
  var pythonText: String {
    let axis = axis.map { "\($0)" } ?? "None"
    if isInput && isOutput { return axis }
    return "\(isInput ? "In" : "Out")(axis=\(axis))"
  }
}

extension SplitRNGs: PythonPrinted {
  var pythonText: String { pythonDictionary(entries.map { ($0.filter, $0.isSplit.pythonText) }) }
}

/// Values of collections as a `FrozenDict` prints them.
private func pythonDictionary(_ entries: [(filter: CollectionFilter, value: String)]) -> String {
  if entries.isEmpty { return "FrozenDict({})" }
  let lines = entries.map { entry in
    let key = entry.filter.names.map { $0.sorted().joined(separator: ", ") }
    return "    \(key ?? entry.filter.pythonText): \(entry.value),\n"
  }
  return "FrozenDict({\n" + lines.joined() + "})"
}

/// A value as Python prints it, in the descriptions of modules.
func pythonDescription(_ value: Any, inside modules: [Module] = []) -> String {
  if let module = value as? Module { return module.described(inside: modules) }
  if let value = value as? any PythonPrinted { return value.pythonText }
  let mirror = Mirror(reflecting: value)
  let parts = { mirror.children.map { pythonDescription($0.value, inside: modules) } }
  switch mirror.displayStyle {
  case .optional: return parts().first ?? "None"
  case .collection, .tuple: return pythonTuple(parts())
  case .set: return "{" + parts().sorted().joined(separator: ", ") + "}"
  case nil where "\(type(of: value))".contains("->"): return "function"
  default: return "\(value)"
  }
}
