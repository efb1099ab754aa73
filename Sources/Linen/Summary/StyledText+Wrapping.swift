extension StyledText {
  /// The lines that the text takes at a width, each filled with spaces up to it.
  ///
  /// Words stay whole where they can; a word wider than the line is cut as `style` says. The
  /// algorithm is that of Rich, https://rich.readthedocs.io.
  func wrapped(
    to width: Int, _ alignment: TableStyle.Alignment, _ overflow: TableStyle.Overflow,
    wraps: Bool = true
  ) -> [StyledText] {
    let width = Swift.max(width, 0)
    return lines.flatMap { line -> [StyledText] in
      let parts =
        wraps
        ? line.divided(at: line.breaks(at: width, folds: overflow == .fold)).map {
          $0.withoutTrailingBlanks(beyond: width)
        } : [line]
      return parts.map { $0.aligned(alignment, width, overflow) }
    }
  }

  /// The places at which new lines begin.
  private func breaks(at width: Int, folds: Bool) -> [Int] {
    var breaks: [Int] = []
    var used = 0
    for word in words {
      if width - used >= word.solid {
        used += word.count
      } else if word.solid > width {
        guard folds else {
          if word.start > 0 { breaks.append(word.start) }
          used = word.count
          continue
        }
        let step = Swift.max(width, 1)
        for offset in stride(from: 0, to: word.count, by: step) {
          if word.start + offset > 0 { breaks.append(word.start + offset) }
          used = Swift.min(step, word.count - offset)
        }
      } else if used > 0, word.start > 0 {
        breaks.append(word.start)
        used = word.count
      }
    }
    return breaks
  }

  /// The words with the blanks after them, and for the first those before it.
  ///
  /// `count` is all of it, `solid` what is left without the blanks at the end.
  private var words: [(start: Int, count: Int, solid: Int)] {
    var words: [(start: Int, count: Int, solid: Int)] = []
    var index = 0
    func skip(while isBlank: Bool) {
      while index < cells.count, cells[index].character.isWhitespace == isBlank { index += 1 }
    }
    while index < cells.count {
      let start = index
      skip(while: true)
      guard index < cells.count else { break }
      skip(while: false)
      let end = index
      skip(while: true)
      words.append((start, index - start, end - start))
    }
    return words
  }

  private func divided(at breaks: [Int]) -> [StyledText] {
    zip([0] + breaks, breaks + [count]).map { StyledText(cells[$0..<$1]) }
  }

  private func withoutTrailingBlanks(beyond width: Int) -> StyledText {
    guard count > width else { return self }
    let blanks = cells.reversed().prefix { $0.character.isWhitespace }.count
    return StyledText(cells.dropLast(Swift.min(blanks, count - width)))
  }

  private func aligned(
    _ alignment: TableStyle.Alignment, _ width: Int, _ overflow: TableStyle.Overflow
  ) -> StyledText {
    func filled(_ text: StyledText, before: Int) -> StyledText {
      .spaces(before) + text + .spaces(width - text.count - before)
    }
    switch alignment {
    case .left: return filled(cut(to: width, overflow), before: 0)
    case .center:
      let text = withoutTrailingBlanks(beyond: 0).cut(to: width, overflow)
      return filled(text, before: (width - text.count) / 2)
    case .right:
      let text = withoutTrailingBlanks(beyond: 0).cut(to: width, overflow)
      return filled(text, before: width - text.count)
    }
  }

  private func cut(to width: Int, _ overflow: TableStyle.Overflow) -> StyledText {
    guard count > width else { return self }
    guard overflow == .ellipsis, width > 0 else { return StyledText(cells.prefix(width)) }
    let last = Cell(character: "…", style: cells[width - 1].style)
    return StyledText(cells.prefix(width - 1) + [last])
  }
}
