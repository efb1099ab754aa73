/// How a table of modules is drawn.
///
///     try model.tabulate(Key(0), x, style: TableStyle(width: 90, colors: .never)) { $0($1) }
///
/// Stands for `console_kwargs`, `table_kwargs` and `column_kwargs` of `flax.linen.Module.tabulate`,
/// which are options of Rich.
public struct TableStyle: Sendable, Hashable {
  /// When to use bold and dim letters.
  public enum Colors: Sendable, Hashable {
    /// Where standard output is a terminal, unless `NO_COLOR` is set.
    case automatic
    /// Always.
    case always
    /// Never: plain text.
    case never
  }

  /// Where text stands in its column.
  public enum Alignment: Sendable, Hashable {
    /// At the left edge.
    case left
    /// In the middle.
    case center
    /// At the right edge.
    case right
  }

  /// What becomes of a word that is wider than its column.
  public enum Overflow: Sendable, Hashable {
    /// It is cut, with … at its end.
    case ellipsis
    /// It goes on in the next line.
    case fold
    /// It is cut.
    case crop
  }

  /// The width in which the table must fit; nil for that of the terminal, or 120 if there is none.
  public var width: Int?
  /// When to use bold and dim letters.
  public var colors: Colors
  /// The lines around the cells.
  public var box: TableBox
  /// Whether the table takes up the whole width.
  public var expands: Bool
  /// Where text stands in its column.
  public var alignment: Alignment
  /// What becomes of a word that is wider than its column.
  public var overflow: Overflow
  /// Whether text that is wider than its column goes on in the next line.
  public var wraps: Bool
  /// The least width of a column's text.
  public var minColumnWidth: Int?
  /// The greatest width of a column's text.
  public var maxColumnWidth: Int?

  /// Creates a style; the defaults are those of Flax.
  public init(
    width: Int? = nil, colors: Colors = .automatic, box: TableBox = .heavyHead,
    expands: Bool = false, alignment: Alignment = .left, overflow: Overflow = .ellipsis,
    wraps: Bool = true, minColumnWidth: Int? = nil, maxColumnWidth: Int? = nil
  ) {
    self.width = width
    self.colors = colors
    self.box = box
    self.expands = expands
    self.alignment = alignment
    self.overflow = overflow
    self.wraps = wraps
    self.minColumnWidth = minColumnWidth
    self.maxColumnWidth = maxColumnWidth
  }

  /// Plain text of a width, whatever standard output is.
  public static func plain(width: Int = 120) -> TableStyle {
    TableStyle(width: width, colors: .never)
  }
}

/// The lines around the cells of a table.
public struct TableBox: Sendable, Hashable {
  /// Seven lines of four characters: left, middle, divider, right.
  let top, head, headRow, body, row, footRow, foot, bottom: [Character]

  private init(_ drawing: String) {
    let lines = drawing.split(separator: "\n").map(Array.init)
    top = lines[0]
    head = lines[1]
    headRow = lines[2]
    body = lines[3]
    row = lines[4]
    footRow = lines[5]
    foot = lines[6]
    bottom = lines[7]
  }

  /// Thick lines around the head, thin ones below.
  public static let heavyHead = TableBox("┏━┳┓\n┃ ┃┃\n┡━╇┩\n│ ││\n├─┼┤\n├─┼┤\n│ ││\n└─┴┘")
  /// Thin lines.
  public static let square = TableBox("┌─┬┐\n│ ││\n├─┼┤\n│ ││\n├─┼┤\n├─┼┤\n│ ││\n└─┴┘")
  /// Thin lines with round corners.
  public static let rounded = TableBox("╭─┬╮\n│ ││\n├─┼┤\n│ ││\n├─┼┤\n├─┼┤\n│ ││\n╰─┴╯")
  /// Double lines.
  public static let double = TableBox("╔═╦╗\n║ ║║\n╠═╬╣\n║ ║║\n╠═╬╣\n╠═╬╣\n║ ║║\n╚═╩╝")
  /// Hyphens, plus signs and bars.
  public static let ascii = TableBox("+--+\n| ||\n|-+|\n| ||\n|-+|\n|-+|\n| ||\n+--+")
}
