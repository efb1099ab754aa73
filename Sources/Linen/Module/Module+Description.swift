extension Module: CustomStringConvertible {
  /// The class with its configuration and, in a running call, its submodules, as Flax prints it.
  ///
  ///     Dense(
  ///         # attributes
  ///         features = 3
  ///         ...
  ///     )
  public var description: String {
    var lines: [String] = []
    let fields = Fields.values(of: self)
    if !fields.isEmpty {
      lines.append("# attributes")
      lines += fields.flatMap { field in
        "\(snakeCased(field.label)) = \(text(field.value))".split(separator: "\n").map(String.init)
      }
    }
    if let binding = ModuleContext.current?.knownBinding(of: self) {
      let children = binding.context.children(of: binding)
      var byName: [(name: String, module: Module)] = []
      for child in children {
        byName.removeAll { $0.name == child.name }
        byName.append((child.name ?? "", child.module))
      }
      if !byName.isEmpty { lines.append("# children") }
      lines += byName.flatMap { child in
        "\(child.name) = \(child.module.description)".split(separator: "\n").map(String.init)
      }
    }
    let name = ClassInfo.of(self).name
    if lines.isEmpty { return "\(name)()" }
    return "\(name)(\n" + lines.map { "    \($0)\n" }.joined() + ")"
  }
}

/// The words of a Swift name as Python joins them: `useBias` to `use_bias`.
func snakeCased(_ name: String) -> String {
  var result = ""
  for letter in name {
    if letter.isUppercase, let last = result.last, last != "_", !last.isUppercase { result += "_" }
    result += letter.lowercased()
  }
  return result
}

/// A value as Python prints it.
private func text(_ value: Any) -> String {
  switch value {
  case let truth as Bool: return truth ? "True" : "False"
  case let dtype as DType: return dtype.name
  case let string as String: return "'\(string)'"
  case let module as Module: return module.description
  case let double as Double: return "\(double)"
  // Initializers are functions to Flax: those that others make are called `init`.
  case let initializer as Initializer:
    return initializer.description.contains("(") ? "init" : initializer.description
  default: break
  }
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .optional: return mirror.children.first.map { text($0.value) } ?? "None"
  case .collection, .tuple: return pythonTuple(mirror.children.map { text($0.value) })
  case nil where "\(type(of: value))".contains("->"): return "function"
  default: return "\(value)"
  }
}
