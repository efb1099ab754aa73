import Linen
import Testing

/// Copies of layers, some with a field changed.
@Suite("Layers: copies")
struct LayerCopyTests {
  @Test("a copy prints and computes as its original", arguments: LayerCatalogue.rows)
  func copies(_ row: LayerRow) throws {
    let copy = row.copied()
    #expect(copy.module !== row.module)
    #expect(copy.module.description == row.module.description)
    let variables = try row.initialize()
    try expectEqual(try copy.initialize(), variables)
    let (a, b) = (
      try copy.evaluate(variables, row.inputs), try row.evaluate(variables, row.inputs)
    )
    #expect(a.count == b.count)
    for (x, y) in zip(a, b) { try expectEqual(x, y) }
  }

  @Test("a copy keeps every field", arguments: CopyRow.all.filter(\.isFull))
  func keepsEveryField(_ row: CopyRow) {
    let (plain, full) = (attributes(row.plain), attributes(row.full))
    #expect(plain.count == full.count)
    // Each field differs from the default, so that one that is left out shows.
    for (name, value) in full { #expect(plain[name] != value, "\(row.full): \(name)") }
    #expect(row.copy.description == row.full.description)
  }

  @Test("a copy with a field changed differs in it alone", arguments: CopyRow.all)
  func changesOneField(_ row: CopyRow) {
    let (old, new) = (attributes(row.full), attributes(row.changed))
    #expect(old.keys.sorted() == new.keys.sorted())
    #expect(Set(old.keys.filter { old[$0] != new[$0] }) == [row.field])
  }

  /// The fields of a layer by their names, as they print.
  private func attributes(_ module: Module) -> [String: String] {
    var result: [String: String] = [:]
    var name = ""
    for line in module.description.split(separator: "\n").dropFirst(2).dropLast() {
      let parts = line.split(separator: " = ", maxSplits: 1)
      if line.hasPrefix("    "), line.dropFirst(4).first?.isLetter == true, parts.count == 2 {
        name = parts[0].trimmingPrefix("    ").description
        result[name] = String(parts[1])
      } else {
        result[name, default: ""] += line
      }
    }
    return result
  }
}
