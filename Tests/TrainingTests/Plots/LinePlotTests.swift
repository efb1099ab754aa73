import Foundation
import Testing

@testable import Training

@Suite struct LinePlotTests {
  private func labels(_ axis: Axis) -> [String] { axis.ticks.map(\.label) }

  @Test func dividesAxesAtRoundNumbers() {
    #expect(
      labels(Axis([0.031, 0.97], scale: .linear, count: 5, isRounded: true)) == [
        "0.0", "0.2", "0.4", "0.6", "0.8", "1.0",
      ])
    let inner = Axis([3, 441], scale: .linear, count: 5, isRounded: false)
    #expect(labels(inner) == ["100", "200", "300", "400"])
    #expect(inner.low == 3 && inner.high == 441)
    #expect(
      labels(Axis([0, 52_000], scale: .linear, count: 5, isRounded: false)) == [
        "0", "20k", "40k",
      ])
    #expect(
      labels(Axis([-1e-4, 1e-4], scale: .linear, count: 4, isRounded: true)) == [
        "-0.00010", "-0.00005", "0.00000", "0.00005", "0.00010",
      ])
  }

  @Test func oneNumberHasAnAxis() {
    let axis = Axis([5, .nan], scale: .linear, count: 4, isRounded: true)
    #expect(axis.fraction(5) == 0.5)
    #expect(axis.fraction(.infinity) == nil)
    #expect(Axis([], scale: .linear, count: 4, isRounded: true).ticks.count > 1)
    #expect(Axis([-1, 0], scale: .logarithmic, count: 4, isRounded: true).ticks.count > 1)
  }

  @Test func dividesLogarithmicAxes() {
    let axis = Axis([0.003, 20], scale: .logarithmic, count: 5, isRounded: true)
    #expect(labels(axis) == ["0.001", "0.01", "0.1", "1", "10", "100"])
    #expect(axis.fraction(0) == nil)
    #expect(abs((axis.fraction(0.1) ?? 0) - 0.4) < 1e-12)
    #expect(
      labels(Axis([3, 30], scale: .logarithmic, count: 5, isRounded: true)) == [
        "2", "5", "10", "20", "50",
      ])
  }

  @Test func drawsCurvesWithGaps() throws {
    let points = [1.0, 2, .nan, 4, 3].enumerated().map {
      LinePlot.Point(x: Double($0.offset), y: $0.element)
    }
    let plot = LinePlot(
      title: "a < b & c", xLabel: "step", yLabel: "loss", series: [.init("train", points)])
    let svg = plot.svg(width: 400, height: 300)
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"300\""))
    #expect(svg.contains("a &lt; b &amp; c"))
    // Two pieces of the curve, and its sign in the legend.
    #expect(svg.components(separatedBy: "stroke=\"#0072b2\"").count == 4)
    #expect(svg.hasSuffix("</svg>\n"))
    try isWellFormed(svg)
    let alone = LinePlot(series: [.init("", [.init(x: 1, y: 1)])]).svg()
    #expect(alone.contains("<circle"))
    try isWellFormed(alone)
    try isWellFormed(LinePlot(series: []).svg())
    try isWellFormed(LinePlot.svg([plot, plot, plot]))
  }

  /// Every element that begins ends, in order.
  private func isWellFormed(_ text: String) throws {
    var open: [Substring] = []
    for tag in text.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
      if tag.1 == "/" {
        #expect(open.popLast() == tag.2)
      } else if tag.3.isEmpty {
        open.append(tag.2)
      }
    }
    #expect(open.isEmpty)
    #expect(!text.contains("nan") && !text.contains("inf"))
  }
}
