extension ValueSummary {
  /// The value as PyYAML writes it in blocks, without quotation marks; the dtypes are dim.
  var styled: StyledText {
    if isEmpty { return StyledText("") }
    var writer = YAMLWriter()
    writer.write(self)
    return StyledText(markup: writer.text.filter { $0 != "'" })
  }

  /// Whether its parts stand on lines of their own.
  fileprivate var isNested: Bool { markup == nil && !isEmpty }

  /// The text of a leaf, with marks for what is dim; nil if this has parts.
  fileprivate var markup: String? {
    switch self {
    case .array(let dtype, let shape, let names):
      let text = "[dim]\(dtype)[/dim][\(shape.map(String.init).joined(separator: ","))]"
      return names.map { "\(text) [dim]P[/dim]\($0.tupleText)" } ?? text
    case .value(let text): return text
    case .list, .mapping: return nil
    }
  }
}

/// Writes lists and mappings as PyYAML's `safe_dump` does, which breaks lines beyond column 80.
private struct YAMLWriter {
  private(set) var text = ""
  private var column = 0
  private static let bestWidth = 80

  mutating func write(_ value: ValueSummary) { write(value, indent: nil, inMapping: false) }

  /// Writes a value where the text stands; further lines begin after `indent` blanks, those of the
  /// collection around it.
  private mutating func write(_ value: ValueSummary, indent: Int?, inMapping: Bool) {
    switch value {
    case .list(let elements):
      if elements.isEmpty { return put("[]") }
      // A list in a mapping stands under its name without further blanks.
      let own = inMapping ? indent ?? 0 : indent.map { $0 + 2 } ?? 0
      if inMapping { newLine(own) }
      for (index, element) in elements.enumerated() {
        if index > 0 { newLine(own) }
        put("- ")
        write(element, indent: own, inMapping: false)
      }
    case .mapping(let entries):
      if entries.isEmpty { return put("{}") }
      let own = indent.map { $0 + 2 } ?? 0
      for (index, entry) in entries.enumerated() {
        if index > 0 || inMapping { newLine(own) }
        put(entry.value.isNested ? "\(entry.name):" : "\(entry.name): ")
        write(entry.value, indent: own, inMapping: true)
      }
    case .array, .value: write(scalar: value.markup ?? "", indent: (indent ?? 0) + 2)
    }
  }

  /// Writes a leaf, in quotation marks where YAML would take it for something else than text.
  private mutating func write(scalar: String, indent: Int) {
    let isQuoted = YAMLWriter.needsQuotes(scalar)
    if isQuoted { put("'") }
    var rest = scalar[...]
    while !rest.isEmpty {
      let word = rest.prefix { $0 != " " }
      put(word.replacing("'", with: isQuoted ? "''" : "'"))
      rest = rest.dropFirst(word.count)
      let blanks = rest.prefix { $0 == " " }
      rest = rest.dropFirst(blanks.count)
      if blanks.count == 1, column > YAMLWriter.bestWidth, !rest.isEmpty {
        newLine(indent)
      } else {
        put(blanks)
      }
    }
    if isQuoted { put("'") }
  }

  private mutating func put(_ part: some StringProtocol) {
    text += part
    column += part.count
  }

  private mutating func newLine(_ indent: Int) {
    text += "\n" + String(repeating: " ", count: indent)
    column = indent
  }

  private static func needsQuotes(_ text: String) -> Bool {
    guard let first = text.first else { return true }
    let words: Set = [
      "true", "false", "yes", "no", "on", "off", "null", "~", "y", "n",
    ]
    return "[]{}#&*!|>'\"%@`,".contains(first) || text.contains(": ") || text.contains(" #")
      || text.hasSuffix(":") || words.contains(text.lowercased()) || Double(text) != nil
  }
}
