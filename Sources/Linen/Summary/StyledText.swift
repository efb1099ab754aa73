/// Text for a terminal: characters, each bold, dim, italic or none of these.
struct StyledText: Hashable, Sendable {
  struct Style: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let bold = Style(rawValue: 1)
    static let dim = Style(rawValue: 2)
    static let italic = Style(rawValue: 4)

    /// The numbers that switch it on, as in ECMA-48.
    fileprivate var codes: String {
      var codes: [String] = []
      if contains(.bold) { codes.append("1") }
      if contains(.dim) { codes.append("2") }
      if contains(.italic) { codes.append("3") }
      return codes.joined(separator: ";")
    }
  }

  struct Cell: Hashable, Sendable {
    var character: Character
    var style: Style
  }

  var cells: [Cell]

  init(_ cells: some Sequence<Cell>) { self.cells = Array(cells) }

  init(_ text: String, _ style: Style = []) {
    cells = text.map { Cell(character: $0, style: style) }
  }

  /// Creates text in which `[dim]` and `[/dim]` stand around what is dim.
  init(markup: String, _ style: Style = []) {
    let (open, close) = ("[dim]", "[/dim]")
    cells = []
    var rest = markup[...]
    var isDim = false
    while !rest.isEmpty {
      let tag = isDim ? close : open
      if rest.hasPrefix(tag) {
        isDim.toggle()
        rest = rest.dropFirst(tag.count)
      } else {
        let style = isDim ? style.union(.dim) : style
        cells.append(Cell(character: rest.removeFirst(), style: style))
      }
    }
  }

  var count: Int { cells.count }

  var plain: String { String(cells.map(\.character)) }

  static func + (a: StyledText, b: StyledText) -> StyledText { StyledText(a.cells + b.cells) }

  /// Spaces without a style.
  static func spaces(_ count: Int) -> StyledText {
    StyledText(String(repeating: " ", count: Swift.max(0, count)))
  }

  /// The text between line feeds.
  var lines: [StyledText] {
    cells.split(omittingEmptySubsequences: false) { $0.character == "\n" }.map { StyledText($0) }
  }

  /// The text with `style` added everywhere.
  func adding(_ style: Style) -> StyledText {
    StyledText(cells.map { Cell(character: $0.character, style: $0.style.union(style)) })
  }

  /// The text for a terminal; plain without styles.
  func rendered(hasStyles: Bool) -> String {
    guard hasStyles else { return plain }
    var result = ""
    for run in cells.chunked(by: { $0.style == $1.style }) {
      let text = String(run.map(\.character))
      let codes = run.first?.style.codes ?? ""
      result += codes.isEmpty ? text : "\u{1B}[\(codes)m\(text)\u{1B}[0m"
    }
    return result
  }
}

/// The parts of a line, each of which switches its styles on and off by itself.
typealias StyledLine = [StyledText]

extension StyledLine {
  /// As much of the line as has room.
  func cut(to width: Int) -> StyledLine {
    var rest = width
    return compactMap { part in
      defer { rest -= part.count }
      return rest <= 0 ? nil : part.count <= rest ? part : StyledText(part.cells.prefix(rest))
    }
  }
}

extension Array {
  /// The longest runs in which all neighbours belong together.
  fileprivate func chunked(by belongs: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
    var runs: [ArraySlice<Element>] = []
    var start = startIndex
    for index in indices.dropFirst() where !belongs(self[index - 1], self[index]) {
      runs.append(self[start..<index])
      start = index
    }
    return isEmpty ? [] : runs + [self[start...]]
  }
}
