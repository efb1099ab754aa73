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
        "\(snakeCased(field.label)) = \(pythonDescription(field.value))"
          .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
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
        "\(child.name) = \(child.module.description)"
          .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
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
  var startsWord = false
  for letter in name {
    if letter.isUppercase, startsWord { result += "_" }
    startsWord = !letter.isUppercase && letter != "_"
    result += letter.lowercased()
  }
  return result
}
