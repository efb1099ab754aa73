import Foundation
import Testing

@testable import Training

@Suite struct ProgressTests {
  let line = ProgressLine(
    epoch: 3, epochs: 10, step: 18, steps: 45, values: [("loss", 0.08125), ("accuracy", 0.975)],
    samplesPerSecond: 21234.4, secondsLeft: 65.2)

  @Test(arguments: [
    (
      120,
      "epoch  3/10  ━━━━━━━━━╸──────────────  loss 0.0813  accuracy 0.9750  21,234 samples/s"
        + "  1:06 left"
    ),
    (80, "epoch  3/10  ━━━─────  loss 0.0813  accuracy 0.9750  21,234 samples/s  1:06 left"),
    (70, "epoch  3/10  ━━━╸─────  loss 0.0813  accuracy 0.9750  21,234 samples/s"),
    (20, "epoch  3/10  ━━╸────"),
    (8, "epoch  3"),
  ])
  func fitsTheWidth(_ width: Int, _ expected: String) {
    let text = line.text(width: width)
    #expect(text == expected)
    #expect(text.count <= width)
  }

  @Test(arguments: 0...45)
  func barHasOneLength(_ step: Int) {
    var line = line
    line.step = step
    #expect(line.text(width: 100).count == self.line.text(width: 100).count)
  }

  @Test func writesNumbers() {
    #expect(fixed(-0.04996, 2) == "-0.05")
    #expect(fixed(-0.001, 2) == "0.00")
    #expect(fixed(12.5, 0) == "13")
    #expect(fixed(.nan, 2) == "nan")
    #expect(grouped(1_234_567.8) == "1,234,568")
    #expect(grouped(999) == "999")
    #expect(duration(3.2) == "4 s")
    #expect(duration(59.5) == "1:00")
    #expect(duration(3725) == "1:02:05")
    #expect(duration(.infinity) == "?")
    #expect(quoted("a\"\n\\") == "\"a\\\"\\u000a\\\\\"")
  }

  /// What a reporter wrote while a clock went on by a second at each step.
  private func output(_ style: ProgressReporter.Style) -> String {
    var time = 0.0
    var written = ""
    var reporter = ProgressReporter(
      epochs: 2, stepsPerEpoch: 2, style: style, now: { time }, width: { 70 },
      write: { written += $0 })
    time += 1
    reporter.step(samples: 30, ["loss": 4])
    time += 1
    reporter.step(samples: 10, ["loss": 2])
    reporter.endEpoch(["test": 0.5])
    time += 1
    reporter.step(samples: 30, ["loss": .nan])
    reporter.interrupt()
    return written
  }

  @Test func redrawsALine() {
    #expect(
      output(.line) == """
        \repoch 1/2  ━━━━━━━━━━━───────────  loss 4.0000  30 samples/s  3 s left\u{1B}[K\
        \repoch 1/2  ━━━━━━━━━━━━━━━━━━━━━━  loss 3.5000  20 samples/s  2 s left\u{1B}[K\
        \repoch 1/2  ━━━━━━━━━━━━  loss 3.5000  test 0.5000  20 samples/s  2.0 s\u{1B}[K\n\
        \repoch 2/2  ━━━━━━━━━━━━────────────  loss nan  30 samples/s  1 s left\u{1B}[K\n
        """)
  }

  @Test func writesJSONLines() throws {
    #expect(
      output(.json)
        == "{\"epoch\":1,\"step\":2,\"loss\":3.5,\"test\":0.5,"
        + "\"samples_per_second\":20.0,\"seconds\":2.0}\n")
    let object = try JSONSerialization.jsonObject(with: Data(output(.json).utf8))
    #expect((object as? [String: Double])?["loss"] == 3.5)
    #expect(output(.none).isEmpty)
  }
}
