import Testing

@testable import Linen

@Suite struct TextTableTests {
  /// Random texts in random styles come out as Rich lays them out.
  @Test func layoutsAreThoseOfRich() throws {
    let layouts = try TableFixture.shared.get().layouts
    #expect(layouts.count == 100)
    for (index, layout) in layouts.enumerated() {
      let text = table(layout).rendered(
        try style(layout.style), width: layout.style.width, hasStyles: layout.style.colors)
      #expect(text == layout.text, "layout \(index): \(layout.style)\n\(text)\n\(layout.text)")
    }
  }

  private func table(_ layout: TableFixture.Layout) -> TextTable {
    let columns = layout.heads.indices.map { column in
      TextTable.Column(
        head: layout.heads[column],
        cells: layout.cells.map { StyledText(markup: $0[column]) },
        foot: StyledText(markup: layout.feet[column]),
        footAlignment: column == layout.heads.count - 1 ? .right : nil)
    }
    return TextTable(
      title: layout.title, columns: columns, caption: StyledText(markup: layout.caption))
  }

  private func style(_ style: TableFixture.Style) throws -> TableStyle {
    let boxes: [String: TableBox] = [
      "heavyHead": .heavyHead, "square": .square, "rounded": .rounded, "double": .double,
      "ascii": .ascii,
    ]
    let alignments: [String: TableStyle.Alignment] = [
      "left": .left, "center": .center, "right": .right,
    ]
    let overflows: [String: TableStyle.Overflow] = [
      "ellipsis": .ellipsis, "fold": .fold, "crop": .crop,
    ]
    return TableStyle(
      box: try #require(boxes[style.box]), expands: style.expands,
      alignment: try #require(alignments[style.alignment]),
      overflow: try #require(overflows[style.overflow]), wraps: style.wraps,
      minColumnWidth: style.min, maxColumnWidth: style.max)
  }
}
