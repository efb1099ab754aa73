extension Module: CustomStringConvertible {
  /// The class with its configuration and, in a running call, its submodules, as Flax prints it.
  ///
  ///     Dense(
  ///         # attributes
  ///         features = 3
  ///         ...
  ///     )
  public var description: String { described(inside: []) }

  /// The description inside of those of other modules: setup can make a module that holds one of them.
  func described(inside outer: [Module]) -> String {
    let name = ClassInfo.of(self).name
    if outer.contains(where: { $0 === self }) { return "\(name)(...)" }
    let outer = outer + [self]
    var lines: [String] = []
    let fields = Fields.values(of: self)
    if !fields.isEmpty {
      lines.append("# attributes")
      lines += fields.flatMap { field in
        "\(snakeCased(field.label)) = \(pythonDescription(field.value, inside: outer))"
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
        "\(child.name) = \(child.module.described(inside: outer))"
          .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      }
    }
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
