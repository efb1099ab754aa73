import Testing
import Training

@Suite struct EarlyStoppingTests {
  /// The step that stops, and the number of steps with an improvement until then.
  private func run(
    _ stopping: inout EarlyStopping, _ metrics: some Sequence<Double>
  ) -> (step: Int, improvements: Int) {
    var (last, improvements) = (0, 0)
    for (step, metric) in metrics.enumerated() {
      last = step
      stopping.update(metric)
      if stopping.hasImproved { improvements += 1 }
      if stopping.shouldStop { break }
    }
    return (last, improvements)
  }

  @Test func earlyStoppingUpdate() {
    var stopping = EarlyStopping()
    for _ in 0..<2 {
      #expect(run(&stopping, repeatElement(1, count: 10)) == (1, 1))
      stopping.reset()
      #expect(stopping == EarlyStopping())
    }
  }

  @Test func earlyStoppingPatience() {
    var impatient = EarlyStopping()
    #expect(run(&impatient, repeatElement(1, count: 10)).step == 1)
    var patient = EarlyStopping(patience: 6)
    #expect(run(&patient, repeatElement(1, count: 10)).step == 7)
    #expect(patient.patienceCount == 7)
    #expect(patient.bestMetric == 1)
  }

  @Test func earlyStoppingDelta() {
    let slow = (1...100).map { 1 - 1e-4 * Double($0) }
    var stopping = EarlyStopping()
    #expect(run(&stopping, slow).step == 99)
    #expect(!stopping.shouldStop)
    var strict = EarlyStopping(minDelta: 1e-3)
    #expect(run(&strict, slow).step == 1)
    // Steps 0, 1, 2 and 4 improve; after two further ones without, it stops.
    var both = EarlyStopping(minDelta: 1e-3, patience: 1)
    let metrics = [0.01, 0.005, 0.0033, 0.0025, 0.002, 0.0017, 0.0014, 0.0012, 0.0011, 0.001]
    #expect(run(&both, metrics) == (6, 4))
  }
}
