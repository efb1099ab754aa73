import Foundation

/// Curves over one horizontal axis, such as losses over steps, as a picture in SVG.
///
///     let plot = LinePlot(
///       title: "loss", xLabel: "step", series: [.init("train", points), .init("test", others)])
///     try plot.save("loss.svg")
public struct LinePlot: Sendable {
  /// A place in the plane.
  public struct Point: Hashable, Sendable {
    /// The place from left to right.
    public let x: Double
    /// The place from bottom to top.
    public let y: Double

    /// Names a place.
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// A curve.
  public struct Series: Hashable, Sendable {
    /// What it shows.
    public let name: String
    /// Its places, from left to right; where one is infinite or NaN, there is a gap.
    public let points: [Point]

    /// Names a curve.
    public init(_ name: String, _ points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  /// What stands above the plot.
  public var title: String
  /// What stands below the horizontal axis.
  public var xLabel: String
  /// What stands beside the vertical axis.
  public var yLabel: String
  /// How the vertical axis is divided.
  public var yScale: AxisScale
  /// The curves.
  public var series: [Series]

  /// Describes a plot.
  public init(
    title: String = "", xLabel: String = "", yLabel: String = "", yScale: AxisScale = .linear,
    series: [Series]
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.yScale = yScale
    self.series = series
  }

  /// The picture as a text in SVG, `width` by `height` pixels large.
  public func svg(width: Int = 560, height: Int = 360) -> String {
    LinePlot.svg([self], width: width, height: height)
  }

  /// Plots side by side in one picture, each `width` by `height` pixels large.
  public static func svg(
    _ plots: [LinePlot], columns: Int = 2, width: Int = 560, height: Int = 360
  ) -> String {
    let across = max(1, min(columns, plots.count))
    let down = max(1, (plots.count + across - 1) / across)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(across * width)\" "
        + "height=\"\(down * height)\" viewBox=\"0 0 \(across * width) \(down * height)\" "
        + "font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#333\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
    ]
    for (index, plot) in plots.enumerated() {
      let (x, y) = (index % across * width, index / across * height)
      lines.append("<g transform=\"translate(\(x) \(y))\">")
      lines += LinePlotDrawing(plot, width: Double(width), height: Double(height)).lines
      lines.append("</g>")
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  /// Writes the picture to a file.
  /// - Throws: an error if the file can't be written.
  public func save(_ path: String) throws { try LinePlot.save([self], path) }

  /// Writes plots side by side to a file.
  /// - Throws: an error if the file can't be written.
  public static func save(_ plots: [LinePlot], _ path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(svg(plots).utf8).write(to: url, options: .atomic)
  }
}
