import Foundation
import Linen
import Testing
import Training

@testable import HandwrittenDigits

@Suite struct DigitImagesTests {
  private static let digits = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Examples/HandwrittenDigits/Data/digits.csv.gz").standardized.path

  @Test func splitsAndScalesTheDigits() throws {
    let images = try DigitImages(DigitImagesTests.digits, Key(0))
    #expect(images.train.count == 1438)
    #expect(images.test.count == 359)
    let pixels = images.train.arrays.images
    #expect(pixels.shape == [1438, 8, 8, 1])
    #expect(abs(try mean(pixels).item(as: Float.self)) < 1e-4)
    #expect(abs(try std(pixels).item(as: Float.self) - 1) < 1e-4)
    let same = try DigitImages(DigitImagesTests.digits, Key(0)).test.arrays.labels
    #expect(
      try same.scalars(as: Int.self) == images.test.arrays.labels.scalars(as: Int.self))
  }

  /// A folder with files of MNIST's form: 6 images of 4x4 to train with, 2 to test with.
  private func withFolder(
    _ change: (inout [String: [UInt8]]) -> Void, _ body: (String) throws -> Void
  ) throws {
    var files: [String: [UInt8]] = [:]
    for (part, count) in [("train", UInt8(6)), ("t10k", 2)] {
      files["\(part)-images-idx3-ubyte"] =
        [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 4, 0, 0, 0, 4]
        + (0..<Int(count) * 16).map { UInt8($0 % 200) }
      files["\(part)-labels-idx1-ubyte"] = [0, 0, 8, 1, 0, 0, 0, count] + (0..<count)
    }
    change(&files)
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
    try body(folder.path)
  }

  @Test func readsAFolder() throws {
    try withFolder({ _ in }) { folder in
      let images = try DigitImages(folder, Key(0))
      #expect(images.train.arrays.images.shape == [6, 4, 4, 1])
      #expect(try images.test.arrays.labels.scalars(as: Int.self) == [0, 1])
    }
  }

  @Test(
    arguments: [
      (
        "train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 3], "byte 4: found 1 labels, expected 6"
      ),
      (
        "t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 3, 10],
        "byte 9: found label 10, expected 0 to 9"
      ),
      (
        "t10k-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5],
        "byte 4: found images of the sizes [1, 1, 1], expected square images of at least 4x4"
      ),
    ] as [(String, [UInt8], String)])
  func namesWhatIsWrong(_ file: String, _ bytes: [UInt8], _ message: String) throws {
    try withFolder({ $0[file] = bytes }) { folder in
      let error = #expect(throws: DataFileError.self) { try DigitImages(folder, Key(0)) }
      #expect(error?.description.hasPrefix("\(folder)/\(file): \(message)") == true)
    }
  }

  @Test func namesAMissingFile() throws {
    try withFolder({ $0["t10k-images-idx3-ubyte"] = nil }) { folder in
      let error = #expect(throws: DataFileError.self) { try DigitImages(folder, Key(0)) }
      #expect(
        error?.description
          == "\(folder): found no file t10k-images-idx3-ubyte, expected the four files of MNIST")
    }
  }
}

@Suite struct ImageDrawingTests {
  let pictures = [
    ImageDrawing.Picture(caption: "a", rows: [[0, 1], [0.5, 0.25]]),
    ImageDrawing.Picture(caption: "wide caption", rows: [[1, 0], [1, 0]]),
  ]

  @Test func drawsShades() {
    let text = ImageDrawing(hasColors: false, width: 40).draw(pictures)
    #expect(text == "a              wide caption\n  ██           ██\n▒▒░░           ██")
    let narrow = ImageDrawing(hasColors: false, width: 20).draw(pictures)
    #expect(narrow == "a\n  ██\n▒▒░░\n\nwide caption\n██\n██")
  }

  @Test func drawsGreys() {
    let text = ImageDrawing(hasColors: true, width: 40).draw([pictures[0]])
    let paper = "\u{1B}[38;5;232;48;5;232m "
    let ink = "\u{1B}[38;5;255;48;5;255m█"
    let (half, quarter) = ("\u{1B}[38;5;244;48;5;244m ", "\u{1B}[38;5;238;48;5;238m ")
    #expect(
      text
        == "a\n\(paper)\(paper)\(ink)\(ink)\u{1B}[0m\n\(half)\(half)\(quarter)\(quarter)\u{1B}[0m")
  }

  @Test func drawsNaNAsPaper() {
    let picture = ImageDrawing.Picture(caption: "n", rows: [[.nan, -1, 2]])
    #expect(ImageDrawing(hasColors: false, width: 10).draw([picture]) == "n\n    ██")
  }
}
