import Linen

/// Renames the modules of parameters from before Linen, when all classes were counted together.
///
/// Mirrors `flax.training.checkpoints.convert_pre_linen`: `{Conv_0, Dense_1}` becomes
/// `{Conv_0, Dense_0}`. Parameters that have Linen's names already stay as they are.
public func convertPreLinen<Node: NestedTree>(_ params: Node) -> Node {
  guard let entries = params.dictionaryEntries else { return params }
  let values = Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
  var counts: [Substring: Int] = [:]
  return .dictionary(
    of: naturalSort(values.keys).compactMap { name in
      guard let value = values[name] else { return nil }
      let converted = convertPreLinen(value)
      guard let module = moduleName(name) else { return (name, converted) }
      let number = counts[module, default: 0]
      counts[module] = number + 1
      return ("\(module)_\(number)", converted)
    })
}

/// What stands before the underscore and number of a module's name; nil if there is none.
private func moduleName(_ name: String) -> Substring? {
  guard let underscore = name.lastIndex(of: "_") else { return nil }
  let number = name[name.index(after: underscore)...]
  return !number.isEmpty && number.allSatisfy(\.isNumber) ? name[..<underscore] : nil
}
