import Foundation
import GoldenRunner
import Tensor
import Testing
import Training

/// Runs the runner on folders made for the purpose: it must find what is wrong.
@Suite struct RunnerTests {
  private func report(
    _ module: String, kind: String = "op", config: String = "{}", tolerance: String,
    out: Tensor, extra: [String: Tensor] = [:], filter: String? = nil
  ) throws -> GoldenReport {
    let folder = NSTemporaryDirectory() + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let manifest = """
      {"format": 1, "cases": [{"id": "one", "kind": "\(kind)", "module": "\(module)",
       "config": \(config), "call": {"args": [{"tensor": "in/x"}], "kwargs": {}},
       "tolerance": {"out": \(tolerance), "grad": \(tolerance)}, "file": "one.safetensors"}]}
      """
    try manifest.write(toFile: "\(folder)/manifest.json", atomically: true, encoding: .utf8)
    var tensors = ["in/x": Tensor([[1.0, 2.0], [3.0, 4.0]]), "out/0": out]
    tensors.merge(extra) { $1 }
    try SafetensorsFile.write(tensors, to: "\(folder)/one.safetensors")
    return try GoldenRunner.run(folder: folder, filter: filter)
  }

  private let logarithms = Tensor([[0.0, 0.6931472], [1.0986123, 1.3862944]])

  @Test func passesWhatIsWithinTheTolerance() throws {
    let report = try report(
      "log", tolerance: #"{"rtol": 1e-5, "atol": 1e-6}"#, out: logarithms)
    #expect(report.failures.isEmpty)
    #expect(
      report.description.hasSuffix(
        "op: 1 passed, 0 failed, 0 skipped\n1 passed, 0 failed, 0 skipped"))
  }

  @Test func namesTheLargestDeviationAndItsPlace() throws {
    let wrong = Tensor([[0.0, 0.5], [1.0986123, 1.4]])
    let report = try report("log", tolerance: #"{"rtol": 0.0, "atol": 0.001}"#, out: wrong)
    #expect(report.failures.count == 1)
    let text = report.failures.first ?? ""
    #expect(
      text.hasPrefix("op one: out/0 2 of 4 differ, the most at [0, 1]: 0.69314"), "\(text)")
    #expect(text.contains("expected 0.5"))
    #expect(report.description.hasSuffix("0 passed, 1 failed, 0 skipped"))
  }

  @Test func bitwiseTellsTheSignOfZero() throws {
    let zeros = Tensor([[0.0, -0.0], [0.0, 0.0]])
    let report = try report(
      "relu", kind: "activation", tolerance: #""bitwise""#, out: zeros,
      extra: ["in/x": Tensor([[-1.0, -2.0], [0.0, -4.0]])])
    #expect(report.failures.first?.contains("1 of 4 differ, the most at [0, 1]") == true)
  }

  @Test func nanEqualsNaNOnly() throws {
    let x = Tensor([[-1.0, 1.0], [1.0, 1.0]])
    let good = try report(
      "log", tolerance: #"{"rtol": 0.0, "atol": 0.0}"#,
      out: Tensor([[Double.nan, 0.0], [0.0, 0.0]]), extra: ["in/x": x])
    #expect(good.failures.isEmpty)
    let bad = try report(
      "log", tolerance: #"{"rtol": 1.0, "atol": 100.0}"#, out: Tensor([[0.0, 0.0], [0.0, 0.0]]),
      extra: ["in/x": x])
    #expect(bad.failures.first?.contains("1 of 4 differ") == true)
  }

  @Test func shapesDtypesAndNumberOfOutputsCount() throws {
    let tolerance = #"{"rtol": 1.0, "atol": 100.0}"#
    let shape = try report("log", tolerance: tolerance, out: Tensor([1.0, 2.0, 3.0, 4.0]))
    #expect(shape.failures == ["op one: out/0 is f32[2,2], expected f32[4]"])
    let dtype = try report("log", tolerance: tolerance, out: logarithms.cast(to: .float64))
    #expect(dtype.failures == ["op one: out/0 is f32[2,2], expected f64[2,2]"])
    let more = try report(
      "log", tolerance: tolerance, out: logarithms, extra: ["out/1": Tensor([1.0])])
    #expect(more.failures == ["op one: out/1 is missing"])
  }

  @Test func skipsByNameWhatIsNotBuilt() throws {
    let tolerance = #"{"rtol": 1.0, "atol": 100.0}"#
    let unknown = try report("nope", tolerance: tolerance, out: logarithms)
    #expect(unknown.skipped == ["op nope: one"])
    let argument = try report(
      "log", config: #"{"base": 2}"#, tolerance: tolerance, out: logarithms)
    #expect(argument.skipped == ["op argument base: one"])
    #expect(argument.counts() == (passed: 0, failed: 0, skipped: 1))
    let kind = try report("log", kind: "new", tolerance: tolerance, out: logarithms)
    #expect(kind.skipped == ["new kind: one"])
  }

  @Test func filtersByKindAndID() throws {
    let tolerance = #"{"rtol": 1.0, "atol": 100.0}"#
    let none = try report("log", tolerance: tolerance, out: logarithms, filter: "two")
    #expect(none.entries.isEmpty)
    let one = try report("log", tolerance: tolerance, out: logarithms, filter: "op one")
    #expect(one.counts().passed == 1)
  }

  @Test func namesAFolderWithoutManifest() {
    #expect { try GoldenRunner.run(folder: "/nowhere") } throws: {
      "\($0)" == "/nowhere/manifest.json can't be read"
    }
  }
}
