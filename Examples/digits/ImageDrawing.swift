/// Pictures of grey images in text.
///
/// With colours a character shows two pixels, one above the other, as a half block in 24 greys;
/// without, two characters of shade show one pixel.
struct ImageDrawing {
  /// What is drawn: a caption above rows of pixels from 0 to 1.
  struct Picture {
    let caption: String
    let rows: [[Float]]
  }

  let hasColors: Bool
  /// The columns of the terminal.
  let width: Int

  /// Draws pictures beside each other, as many in a row as there is room for.
  func draw(_ pictures: [Picture]) -> String {
    let columns = pictures.map { picture in
      max(picture.caption.count, (picture.rows.first?.count ?? 0) * (hasColors ? 1 : 2))
    }
    let cell = (columns.max() ?? 0) + 3
    let perRow = max(width / max(cell, 1), 1)
    return stride(from: 0, to: pictures.count, by: perRow).map { start in
      band(Array(pictures[start..<min(start + perRow, pictures.count)]), cell)
    }.joined(separator: "\n\n")
  }

  /// One row of pictures.
  private func band(_ pictures: [Picture], _ cell: Int) -> String {
    var lines = [pictures.map { padded($0.caption, $0.caption.count, cell) }.joined()]
    let drawn = pictures.map { hasColors ? halfBlocks($0.rows) : shades($0.rows) }
    for line in 0..<(drawn.map(\.count).max() ?? 0) {
      let parts = zip(drawn, pictures).map { text, picture in
        let columns = (picture.rows.first?.count ?? 0) * (hasColors ? 1 : 2)
        return line < text.count ? padded(text[line], columns, cell) : padded("", 0, cell)
      }
      lines.append(parts.joined())
    }
    return lines.joined(separator: "\n")
  }

  private func padded(_ text: String, _ columns: Int, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - columns, 0))
  }

  private func halfBlocks(_ rows: [[Float]]) -> [String] {
    stride(from: 0, to: rows.count, by: 2).map { upper in
      let pixels = rows[upper].indices.map { column in
        let below = upper + 1 < rows.count ? rows[upper + 1][column] : 0
        return "\u{1B}[38;5;\(grey(rows[upper][column]));48;5;\(grey(below))m▀"
      }
      return pixels.joined() + "\u{1B}[0m"
    }
  }

  /// One of the 24 greys among a terminal's 256 colours.
  private func grey(_ pixel: Float) -> Int { 232 + level(pixel, 24) }

  private func shades(_ rows: [[Float]]) -> [String] {
    let shades = [" ", "░", "▒", "▓", "█"]
    return rows.map { row in
      row.map { pixel in
        let shade = shades[level(pixel, shades.count)]
        return shade + shade
      }.joined()
    }
  }

  private func level(_ pixel: Float, _ count: Int) -> Int {
    // A NaN is drawn as paper.
    pixel > 0 ? min(Int(pixel * Float(count)), count - 1) : 0
  }
}
