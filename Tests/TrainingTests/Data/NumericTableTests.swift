import Foundation
import Testing
import Training

@Suite struct NumericTableTests {
  /// The digits that the example trains on.
  static let digits = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Examples/HandwrittenDigits/Data/digits.csv.gz").standardized.path

  @Test func readsNumbers() throws {
    let text = "\n1,2.5,-3e2\r\n\r\n \"4\" ,\t5,6"
    let table = try withTemporaryFile(text.utf8) { try NumericTable(csv: $0) }
    #expect(table.values == [1, 2.5, -300, 4, 5, 6])
    #expect(table.columnCount == 3)
    #expect(table.rowCount == 2)
    #expect(table.lines == [2, 4])
    #expect(table.columnNames == nil)
    #expect(table.tensor.shape == [2, 3])
  }

  @Test func readsAHeader() throws {
    let table = try withTemporaryFile("x;\"y\"\n1;2\n".utf8) {
      try NumericTable(csv: $0, hasHeader: true, separator: ";")
    }
    #expect(table.columnNames == ["x", "y"])
    #expect(table.values == [1, 2])
  }

  @Test func readsTheDigits() throws {
    let table = try NumericTable(csv: NumericTableTests.digits)
    #expect(table.rowCount == 1797)
    #expect(table.columnCount == 65)
    #expect(Array(table.values[0..<6]) == [0, 0, 5, 13, 9, 1])
    let labels = stride(from: 64, to: table.values.count, by: 65).map { table.values[$0] }
    #expect(
      (0..<10).map { digit in labels.count { $0 == Float(digit) } }
        == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  }

  @Test(arguments: [
    ("1,2\n3,x\n", "line 2, column 2: found \"x\", expected a number"),
    ("1,2\n\n3\n", "line 3, column 1: found 1 fields, expected 2"),
    ("1,2\n3,4,5\n", "line 2, column 3: found 3 fields, expected 2"),
    ("1,,2\n", "line 1, column 2: found nothing, expected a number"),
    ("1,\"2\n", "line 1, column 2: found a quote that is not closed, expected a closing quote"),
    ("\n\n", "line 3, column 1: found the end of the file, expected a line of numbers"),
    ("", "line 1, column 1: found the end of the file, expected a line of numbers"),
  ])
  func namesWhatIsWrong(_ text: String, _ message: String) throws {
    let actual = try dataFileMessage(text.utf8) { _ = try NumericTable(csv: $0) }
    #expect(actual == message)
  }

  @Test func namesAMissingFileAndAFolder() {
    #expect(
      #expect(throws: DataFileError.self) { try NumericTable(csv: "/no/such.csv") }?.description
        == "/no/such.csv: found no such file, expected a CSV file")
    #expect(
      #expect(throws: DataFileError.self) { try NumericTable(csv: "/tmp") }?.description
        == "/tmp: found a folder, expected a CSV file")
  }

  @Test func survivesMutations() throws {
    var random = SplitMix(seed: 2)
    let source = Array("1,2.5,\"3\"\r\n4,5,6\n7,8,9\n".utf8)
    for _ in 0..<300 {
      var file = source
      for _ in 0..<3 {
        file[Int.random(in: 0..<file.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      let message = try dataFileMessage(file) { _ = try NumericTable(csv: $0) }
      #expect(message?.hasPrefix("line ") ?? true)
    }
  }
}
