import Foundation
import Tensor
import Testing

@testable import Training

@Suite struct SummaryWriterTests {
  /// The records of the file that `body` writes at 1.5 seconds after 1970.
  private func records(_ body: (SummaryWriter) throws -> Void) throws -> [[UInt8]] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let writer = try SummaryWriter(folder.path) { 1.5 }
    try body(writer)
    try writer.flush()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.count == 1)
    #expect(names[0].hasPrefix("events.out.tfevents.0000000001."))
    var bytes = [UInt8](try Data(contentsOf: folder.appending(path: names[0])))[...]
    var records: [[UInt8]] = []
    while bytes.count >= 12 {
      let length = bytes.prefix(8)
      let count = length.reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect(Array(bytes.dropFirst(8).prefix(4)) == littleEndian(CRC32C.masked(length)))
      let data = Array(bytes.dropFirst(12).prefix(count))
      #expect(
        Array(bytes.dropFirst(12 + count).prefix(4)) == littleEndian(CRC32C.masked(data)))
      records.append(data)
      bytes = bytes.dropFirst(16 + count)
    }
    #expect(bytes.isEmpty)
    return records
  }

  /// The check of "123456789", of 32 zeros (RFC 3720, B.4), and a masked one by TensorBoard.
  @Test func checks() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.masked(littleEndian(UInt64(49))) == 3_917_710_237)
  }

  /// The event as TensorBoard's own protocol buffers write it.
  @Test func writesScalars() throws {
    let records = try records { try $0.scalar("loss", 0.25, step: 300) }
    #expect(records.count == 2)
    #expect(
      records[0] == bytes(hexadecimal: "09000000000000f83f1a0d") + Array("brain.Event:2".utf8))
    #expect(
      records[1]
        == bytes(
          hexadecimal: """
            09000000000000f83f10ac022a230a210a046c6f7373420a080112002a040000803e4a0d0a090a077363\
            616c6172732001
            """))
  }

  @Test func writesScalarsByName() throws {
    let records = try records { try $0.write(["b": 1, "a": 2], step: 1) }
    let one = try self.records {
      try $0.scalar("a", 2, step: 1)
      try $0.scalar("b", 1, step: 1)
    }
    // Both values are in one event.
    #expect(records.count == 2)
    #expect(records[1].suffix(one[2].count - 13) == one[2].suffix(one[2].count - 13))
  }

  @Test func refusesOtherShapes() throws {
    let error = #expect(throws: TensorError.self) {
      try self.records { try $0.image("x", Tensor.zeros([2, 3, 4, 5]), step: 0) }
    }
    #expect(
      error?.description == """
        image: rank is 4, expected [images, height, width, channels], images f32[2,3,4,5]
        hint: there are 1, 3 or 4 channels
        """)
  }

  /// The last bucket holds the largest value; what is not finite is left out.
  @Test func countsHistograms() {
    func rows(_ values: [Double], _ buckets: Int) -> [UInt8] {
      SummaryValue.histogram("h", values, buckets).bytes
    }
    func contains(_ bytes: [UInt8], _ numbers: [Double]) -> Bool {
      let part = numbers.flatMap { littleEndian($0.bitPattern) }
      return bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
    #expect(contains(rows([0, 1, 2, 3, 4, .nan], 2), [0, 2, 2, 2, 4, 3]))
    #expect(contains(rows([5, 5], 3), [4.5, 5.5, 2]))
    #expect(!contains(rows([], 3), [0]))
  }
}

@Suite struct MetricWriterTests {
  @Test func writesAndReadsLines() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID())/log.jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let memory = MetricHistory()
    let writer = MultiWriter([try JSONLinesWriter(path), memory])
    try writer.write(["loss": 0.5, "accuracy": 0.25], step: 10)
    try writer.write(["loss": .nan], step: 20)
    // Another training goes on with the file from step 20 on.
    try JSONLinesWriter(path).write(["loss": 0.125], step: 20)
    try writer.flush()
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == """
        {"step":10,"accuracy":0.25,"loss":0.5}
        {"step":20,"loss":null}
        {"step":20,"loss":0.125}

        """)
    let read = try MetricHistory(jsonLines: path)
    #expect(read.entries.map(\.step) == [10, 20])
    #expect(read.curve("loss") == [.init(x: 10, y: 0.5), .init(x: 20, y: 0.125)])
    #expect(memory.curve("accuracy") == [.init(x: 10, y: 0.25)])
    #expect(memory.entries.count == 2)
  }

  @Test func namesTheLineThatIsNoJSON() throws {
    let message = try dataFileMessage("{\"step\":1}\nnothing\n".utf8) {
      _ = try MetricHistory(jsonLines: $0)
    }
    #expect(message == "line 2, column 1: found other text, expected a JSON object with a step")
  }

  @Test func namesAFileThatCantBeWritten() {
    #expect(throws: (any Error).self) { try JSONLinesWriter("/dev/null/log.jsonl") }
  }
}
