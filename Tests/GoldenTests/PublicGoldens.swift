import GoldenRunner
import Testing

/// The folder of goldens in the repository.
private let folder: String = {
  let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
  return tests.joined(separator: "/") + "/Goldens/public"
}()

@Test func publicGoldens() throws {
  let report = try GoldenRunner.run(folder: folder)
  #expect(report.counts().passed > 0)
  #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
}
