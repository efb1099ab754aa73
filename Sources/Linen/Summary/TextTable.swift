/// A table of text with a title, a head, a foot and a caption, laid out as Rich does it.
///
/// Source: `rich.table.Table` with lines between rows, https://rich.readthedocs.io.
struct TextTable {
  struct Column {
    var head: String
    var cells: [StyledText]
    var foot = StyledText("")
    var footAlignment: TableStyle.Alignment?
  }

  var title: String
  var columns: [Column]
  var caption: StyledText

  /// The blank at each side of a cell.
  private static let padding = 1

  func rendered(_ style: TableStyle, width: Int, hasStyles: Bool) -> String {
    let borders = columns.count + 1
    let widths = columnWidths(style, available: Swift.max(width - borders, 0))
    let total = widths.reduce(borders, +)
    func annotation(_ text: StyledText, _ base: StyledText.Style) -> [StyledLine] {
      text.wrapped(to: total, .center, .fold).map { [$0.adding(base)] }
    }
    let painter = Painter(style: style, widths: widths)
    let rowCount = columns.map(\.cells.count).max() ?? 0
    var lines = annotation(StyledText(title), .italic)
    lines.append(painter.rule(style.box.top))
    lines += painter.lines(
      columns.map { StyledText($0.head) }, style.box.head, base: .bold, atBottom: true)
    lines.append(painter.rule(style.box.headRow))
    for row in 0..<rowCount {
      if row > 0 { lines.append(painter.rule(style.box.row)) }
      lines += painter.lines(columns.map { $0.cells[row] }, style.box.body)
    }
    lines.append(painter.rule(style.box.footRow))
    lines += painter.lines(
      columns.map(\.foot), style.box.foot, base: .bold, alignments: columns.map(\.footAlignment))
    lines.append(painter.rule(style.box.bottom))
    lines += annotation(caption, .bold)
    return lines.map { line in
      line.cut(to: width).map { $0.rendered(hasStyles: hasStyles) }.joined() + "\n"
    }.joined()
  }

  // MARK: Widths

  /// The widths of the columns with the blanks around the text.
  private func columnWidths(_ style: TableStyle, available: Int) -> [Int] {
    var widths = columns.map { Swift.max(measure($0, style, limit: available), 1) }
    if widths.reduce(0, +) > available {
      if style.wraps { widths = TextTable.collapsed(widths, to: available) }
      let excess = widths.reduce(0, +) - available
      if excess > 0 {
        let ones = widths.map { _ in 1 }
        widths = TextTable.reduced(widths, by: excess, ratios: ones, limits: widths)
      }
      widths = zip(columns, widths).map { measure($0, style, limit: $1) }
    }
    let rest = available - widths.reduce(0, +)
    if style.expands, rest > 0 {
      widths = zip(widths, TextTable.distributed(rest, widths)).map { $0 + $1 }
    }
    return widths
  }

  /// The width that a column would like, up to a limit.
  private func measure(_ column: Column, _ style: TableStyle, limit: Int) -> Int {
    guard limit >= 1 else { return 0 }
    let padding = 2 * TextTable.padding
    let texts = [StyledText(column.head)] + column.cells + [column.foot]
    let widest = texts.flatMap(\.lines).map(\.count).max() ?? 0
    var width = limit - padding < 1 ? limit : Swift.min(widest + padding, limit)
    if let least = style.minColumnWidth { width = Swift.max(width, least + padding) }
    if let most = style.maxColumnWidth { width = Swift.min(width, most + padding) }
    return width
  }

  /// Takes from the widest columns, until they are as wide as the next, and so on.
  private static func collapsed(_ widths: [Int], to available: Int) -> [Int] {
    var widths = widths
    while let widest = widths.max() {
      let excess = widths.reduce(0, +) - available
      guard excess > 0 else { break }
      let second = widths.filter { $0 != widest }.max() ?? 0
      guard widest > second else { break }
      widths = reduced(
        widths, by: excess, ratios: widths.map { $0 == widest ? 1 : 0 },
        limits: widths.map { _ in Swift.min(excess, widest - second) })
    }
    return widths
  }

  /// Takes `total` from widths in the given ratios, from each no more than its limit.
  private static func reduced(
    _ widths: [Int], by total: Int, ratios: [Int], limits: [Int]
  ) -> [Int] {
    var ratioSum = zip(ratios, limits).reduce(0) { $0 + ($1.1 > 0 ? $1.0 : 0) }
    guard ratioSum > 0 else { return widths }
    var rest = total
    return widths.indices.map { index in
      let ratio = limits[index] > 0 ? ratios[index] : 0
      guard ratio > 0, ratioSum > 0 else { return widths[index] }
      let share = (Double(ratio * rest) / Double(ratioSum)).rounded(.toNearestOrEven)
      let taken = Swift.min(limits[index], Int(share))
      rest -= taken
      ratioSum -= ratio
      return widths[index] - taken
    }
  }

  /// Shares `total` out in the given ratios.
  private static func distributed(_ total: Int, _ ratios: [Int]) -> [Int] {
    var (rest, ratioSum) = (total, ratios.reduce(0, +))
    return ratios.map { ratio in
      let share =
        ratioSum > 0 ? (Double(ratio * rest) / Double(ratioSum)).rounded(.up) : Double(rest)
      rest -= Int(share)
      ratioSum -= ratio
      return Int(share)
    }
  }

  // MARK: Drawing

  private struct Painter {
    let style: TableStyle
    let widths: [Int]

    /// A line between rows.
    func rule(_ box: [Character]) -> StyledLine {
      let parts = widths.map { String(repeating: box[1], count: $0) }
      return [StyledText("\(box[0])" + parts.joined(separator: String(box[2])) + "\(box[3])")]
    }

    /// The lines of a row; `alignments` are those of cells that differ from the others.
    func lines(
      _ cells: [StyledText], _ box: [Character], base: StyledText.Style = [],
      atBottom: Bool = false, alignments: [TableStyle.Alignment?] = []
    ) -> [StyledLine] {
      let padding = TextTable.padding
      let texts = cells.indices.map { index -> [StyledText] in
        let width = widths[index] - 2 * padding
        guard width > 0 else { return [] }
        return cells[index].wrapped(
          to: width,
          (index < alignments.count ? alignments[index] : nil) ?? style.alignment,
          style.overflow, wraps: style.wraps)
      }
      let height = Swift.max(texts.map(\.count).max() ?? 0, 1)
      let blank = StyledText.spaces(padding).adding(base)
      let columns = zip(texts, widths).map { lines, width in
        let filler = Array(
          repeating: [StyledText.spaces(width).adding(base)], count: height - lines.count)
        let drawn = lines.map { [blank, $0.adding(base), blank].cut(to: width) }
        return atBottom ? filler + drawn : drawn + filler
      }
      let divider = [StyledText(String(box[2]))]
      return (0..<height).map { line in
        let parts = columns.map { $0[line] }
        return [StyledText(String(box[0]))] + Array(parts.joined(separator: divider))
          + [StyledText(String(box[3]))]
      }
    }
  }
}
