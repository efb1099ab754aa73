import Linen
import Testing

@Suite("Layers used wrongly")
struct MisuseTests {
  @Test(arguments: Misuse.all)
  func wrongUse(_ misuse: Misuse) {
    let text = errorText(misuse.run)
    #expect(text.contains(misuse.expected), "\(misuse.name): \(text)")
  }

  @Test(arguments: HarmlessUse.all)
  func harmlessUse(_ row: HarmlessUse) throws {
    let y = try row.run()
    #expect(y.shape == row.shape && y.dtype == row.dtype, "\(row.name): \(y.type)")
  }
}
