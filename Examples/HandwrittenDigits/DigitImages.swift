import Foundation
import Linen
import Training

/// Images of single digits with their labels, to train with and to test with.
package struct DigitImages {
  /// Images `[n, side, side, 1]` and labels `[n]`.
  package struct Examples: TensorTree, Sendable {
    package var images: Tensor
    package var labels: Tensor

    package mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit(.field("images"), &images)
      visitor.visit(.field("labels"), &labels)
    }
  }

  package let train: Dataset<Examples>
  package let test: Dataset<Examples>
  /// The brightness of paper and ink.
  package let range: ClosedRange<Float>

  /// Reads the digits at a path: a table of images, or a folder as MNIST comes in.
  ///
  /// A table is split by the key, a fifth to test with; MNIST comes split. Images are scaled so that
  /// those to train with have mean 0 and variance 1.
  package init(_ path: String, _ key: Key) throws {
    if DigitImages.isFolder(path) {
      let train = try mnist(path, "train")
      let test = try mnist(path, "t10k")
      try self.init(Dataset(train), Dataset(test))
    } else {
      let (train, test) = try Dataset(table(path)).split(testFraction: 0.2, key)
      try self.init(train, test)
    }
  }

  /// Whether there is a folder at the path.
  package static func isFolder(_ path: String) -> Bool {
    var isFolder = ObjCBool(false)
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Reads the digits that are part of the program, or those at a path.
  package init(at path: String?, _ key: Key) throws { try self.init(path ?? shipped(), key) }

  /// The brightness of pixels as fractions of that of ink, as they were before they were scaled.
  package func inks(_ images: Tensor) -> Tensor {
    (images - Double(range.lowerBound))
      / max(Double(range.upperBound - range.lowerBound), 1e-6)
  }

  private init(_ train: Dataset<Examples>, _ test: Dataset<Examples>) throws {
    let pixels = train.arrays.images
    let center = try mean(pixels).item(as: Float.self)
    let spread = try std(pixels).item(as: Float.self)
    func scaled(_ data: Dataset<Examples>) throws -> Dataset<Examples> {
      var arrays = data.arrays
      arrays.images = (arrays.images - center) / max(spread, 1e-6)
      return try Dataset(arrays)
    }
    self.train = try scaled(train)
    self.test = try scaled(test)
    let low = try min(self.train.arrays.images).item(as: Float.self)
    range = low...max(low, try max(self.train.arrays.images).item(as: Float.self))
  }
}

/// The path of the digits that are part of the program.
private func shipped() throws -> String {
  guard
    let path = Bundle.module.path(forResource: "digits.csv", ofType: "gz", inDirectory: "Data")
  else {
    throw DataFileError(
      Bundle.module.bundlePath, .file, found: "no Data/digits.csv.gz", expected: "the digits")
  }
  return path
}

/// A table with the pixels of a square image and its label on each line.
private func table(_ path: String) throws -> DigitImages.Examples {
  let table = try NumericTable(csv: path)
  let pixels = table.columnCount - 1
  let side = Int(Double(pixels).squareRoot())
  guard side > 3, side * side == pixels else {
    throw DataFileError(
      path, .line(table.lines[0], column: table.columnCount),
      found: "\(table.columnCount) columns",
      expected: "the pixels of a square image and a label, such as 65 for 8x8")
  }
  var images: [Float] = []
  var labels: [Int32] = []
  for row in 0..<table.rowCount {
    let values = table.values[row * table.columnCount..<(row + 1) * table.columnCount]
    let label = values[values.endIndex - 1]
    guard label >= 0, label < 10, label == label.rounded() else {
      throw DataFileError(
        path, .line(table.lines[row], column: table.columnCount), found: "label \(label)",
        expected: "a digit from 0 to 9")
    }
    images += values.dropLast()
    labels.append(Int32(label))
  }
  return DigitImages.Examples(
    images: Tensor(images, shape: [table.rowCount, side, side, 1]), labels: Tensor(labels))
}

/// The images and labels of one part of a folder in the form of MNIST.
private func mnist(_ folder: String, _ part: String) throws -> DigitImages.Examples {
  let imagePath = try file(folder, "\(part)-images", "idx3-ubyte")
  let labelPath = try file(folder, "\(part)-labels", "idx1-ubyte")
  let images = try IDX.read(imagePath, rank: 3)
  let labels = try IDX.read(labelPath, rank: 1)
  let (count, side) = (images.shape[0], images.shape[1])
  guard count > 0, side > 3, images.shape[2] == side else {
    throw DataFileError(
      imagePath, .byte(4), found: "images of the sizes \(images.shape)",
      expected: "square images of at least 4x4")
  }
  guard labels.shape[0] == count else {
    throw DataFileError(
      labelPath, .byte(4), found: "\(labels.shape[0]) labels",
      expected: "\(count), as many as images in \(imagePath)")
  }
  let digits = try labels.scalars(as: Int32.self)
  if let wrong = digits.firstIndex(where: { !(0..<10).contains($0) }) {
    throw DataFileError(
      labelPath, .byte(8 + wrong), found: "label \(digits[wrong])", expected: "0 to 9")
  }
  return DigitImages.Examples(
    images: images.cast(to: .float32).reshaped(to: [count, side, side, 1]),
    labels: Tensor(digits))
}

/// The path of a file of MNIST, whose name is written in two ways and which may be gzipped.
private func file(_ folder: String, _ name: String, _ kind: String) throws -> String {
  let names = ["\(name)-\(kind)", "\(name).\(kind)"].flatMap { [$0, "\($0).gz"] }
  let paths = names.map { "\(folder)/\($0)" }
  if let path = paths.first(where: FileManager.default.fileExists) { return path }
  throw DataFileError(
    folder, .file, found: "no file \(names[0])", expected: "the four files of MNIST")
}
