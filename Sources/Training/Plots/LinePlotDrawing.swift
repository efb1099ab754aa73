/// The elements of one plot, in a box of its own.
struct LinePlotDrawing {
  private(set) var lines: [String] = []
  private let plot: LinePlot
  private let x: Axis
  private let y: Axis
  /// The edges of the area within the axes.
  private let left: Double
  private let right: Double
  private let top: Double
  private let bottom: Double

  /// Colours that people with any colour vision tell apart: https://jfly.uni-koeln.de/color.
  private static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
  ]

  init(_ plot: LinePlot, width: Double, height: Double) {
    self.plot = plot
    let points = plot.series.flatMap(\.points)
    x = Axis(
      points.filter(\.y.isFinite).map(\.x), scale: .linear, count: Int(width / 80),
      isRounded: false)
    y = Axis(points.map(\.y), scale: plot.yScale, count: Int(height / 60), isRounded: true)
    let labelWidth = y.ticks.map { textWidth($0.label) }.max() ?? 0
    left = 16 + labelWidth + (plot.yLabel.isEmpty ? 0 : 20)
    right = width - 20
    top = plot.title.isEmpty ? 36 : 56
    bottom = height - (plot.xLabel.isEmpty ? 32 : 50)
    drawAxes(width, height)
    drawLegend()
    for (index, series) in plot.series.enumerated() { draw(series, color(index)) }
  }

  private func color(_ index: Int) -> String {
    LinePlotDrawing.colors[index % LinePlotDrawing.colors.count]
  }

  private mutating func drawAxes(_ width: Double, _ height: Double) {
    let middle = number((left + right) / 2)
    if !plot.title.isEmpty {
      lines.append(
        "<text x=\"\(middle)\" y=\"22\" text-anchor=\"middle\" font-size=\"15\">"
          + "\(escaped(plot.title))</text>")
    }
    for tick in y.ticks {
      guard let place = y.fraction(tick.value).map({ bottom - $0 * (bottom - top) }) else {
        continue
      }
      lines.append(
        "<path d=\"M\(number(left)) \(number(place))H\(number(right))\" stroke=\"#ddd\"/>")
      lines.append(
        "<text x=\"\(number(left - 6))\" y=\"\(number(place + 4))\" text-anchor=\"end\">"
          + "\(tick.label)</text>")
    }
    for tick in x.ticks {
      guard let place = x.fraction(tick.value).map({ left + $0 * (right - left) }) else { continue }
      lines.append(
        "<path d=\"M\(number(place)) \(number(bottom))v4\" stroke=\"#333\"/>"
          + "<text x=\"\(number(place))\" y=\"\(number(bottom + 18))\" text-anchor=\"middle\">"
          + "\(tick.label)</text>")
    }
    lines.append(
      "<path d=\"M\(number(left)) \(number(bottom))H\(number(right))\" stroke=\"#333\"/>")
    if !plot.xLabel.isEmpty {
      lines.append(
        "<text x=\"\(middle)\" y=\"\(number(height - 12))\" text-anchor=\"middle\">"
          + "\(escaped(plot.xLabel))</text>")
    }
    if !plot.yLabel.isEmpty {
      let center = number((top + bottom) / 2)
      lines.append(
        "<text transform=\"translate(16 \(center)) rotate(-90)\" text-anchor=\"middle\">"
          + "\(escaped(plot.yLabel))</text>")
    }
  }

  /// A row of names with pieces of their curves.
  private mutating func drawLegend() {
    var place = left
    for (index, series) in plot.series.enumerated() where !series.name.isEmpty {
      lines.append(
        "<path d=\"M\(number(place)) \(number(top - 16))h18\" stroke=\"\(color(index))\" "
          + "stroke-width=\"2\"/><text x=\"\(number(place + 24))\" y=\"\(number(top - 12))\">"
          + "\(escaped(series.name))</text>")
      place += 24 + textWidth(series.name) + 20
    }
  }

  /// A path for each run of points without gap; a run of one is a dot.
  private mutating func draw(_ series: LinePlot.Series, _ color: String) {
    var run: [String] = []
    func element() -> String? {
      guard let first = run.first else { return nil }
      if run.count == 1 {
        let place = first.split(separator: " ")
        return "<circle cx=\"\(place[0])\" cy=\"\(place[1])\" r=\"3\" fill=\"\(color)\"/>"
      }
      return "<path d=\"M\(run.joined(separator: "L"))\" fill=\"none\" stroke=\"\(color)\" "
        + "stroke-width=\"2\" stroke-linejoin=\"round\"/>"
    }
    for point in series.points {
      if let across = x.fraction(point.x), let up = y.fraction(point.y) {
        run.append(
          "\(number(left + across * (right - left))) \(number(bottom - up * (bottom - top)))")
      } else {
        element().map { lines.append($0) }
        run = []
      }
    }
    element().map { lines.append($0) }
  }
}

/// A length with at most two decimals.
private func number(_ value: Double) -> String {
  let text = fixed(value, 2)
  return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
}

/// About how wide a text is in the plot's font.
private func textWidth(_ text: String) -> Double { Double(text.count) * 6.8 }

private func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
