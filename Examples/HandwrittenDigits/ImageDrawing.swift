/// Pictures of grey images in text.
///
/// With colours a character shows two pixels, one above the other, as a half block in 24 greys, and
/// small images are drawn at twice the size; without, two characters of shade show one pixel.
package struct ImageDrawing {
  /// What is drawn: a caption above rows of pixels from 0 to 1.
  package struct Picture {
    package let caption: String
    package let rows: [[Float]]

    package init(caption: String, rows: [[Float]]) {
      self.caption = caption
      self.rows = rows
    }
  }

  package let hasColors: Bool
  /// The columns of the terminal.
  package let width: Int

  package init(hasColors: Bool, width: Int) {
    self.hasColors = hasColors
    self.width = width
  }

  /// Draws pictures beside each other, as many in a row as there is room for.
  package func draw(_ pictures: [Picture]) -> String {
    let pictures = pictures.map { hasColors ? enlarged($0) : $0 }
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
    return lines.map(trimmed).joined(separator: "\n")
  }

  /// The line without blanks at its end.
  private func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  private func padded(_ text: String, _ columns: Int, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - columns, 0))
  }

  /// A picture of up to 14 pixels with each pixel four times.
  private func enlarged(_ picture: Picture) -> Picture {
    if picture.rows.count > 14 { return picture }
    func twice<T>(_ values: [T]) -> [T] { values.flatMap { [$0, $0] } }
    return Picture(caption: picture.caption, rows: twice(picture.rows.map(twice)))
  }

  private func halfBlocks(_ rows: [[Float]]) -> [String] {
    stride(from: 0, to: rows.count, by: 2).map { upper in
      let pixels = rows[upper].indices.map { column in
        block(rows[upper][column], upper + 1 < rows.count ? rows[upper + 1][column] : 0)
      }
      return pixels.joined() + "\u{1B}[0m"
    }
  }

  /// Two pixels, one above the other.
  ///
  /// The character alone shows them in black and white, for where the greys are lost in copying;
  /// two that are both dark or both light are given one grey.
  private func block(_ above: Float, _ below: Float) -> String {
    let middle = (above + below) / 2
    let (character, front, back) =
      switch (above > 0.5, below > 0.5) {
      case (true, true): ("█", middle, middle)
      case (true, false): ("▀", above, below)
      case (false, true): ("▄", below, above)
      case (false, false): (" ", middle, middle)
      }
    return "\u{1B}[38;5;\(grey(front));48;5;\(grey(back))m\(character)"
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
