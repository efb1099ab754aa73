import Tensor

/// The files of the MNIST databases: arrays of bytes or numbers with their sizes before them.
///
/// Format: http://yann.lecun.com/exdb/mnist, section "the IDX file format".
public enum IDX {
  /// Reads an array from an IDX file, gzipped or not.
  ///
  /// The tensor has the dtype of the file: uint8, int8, int16, int32, float32 or float64. An array
  /// of another `rank` than asked for is an error; nil takes any.
  /// - Throws: a ``DataFileError`` with the offset of what is malformed or missing.
  public static func read(_ path: String, rank: Int? = nil) throws(DataFileError) -> Tensor {
    let file = try DataFile(path, expected: "an IDX file")
    let bytes = file.bytes
    func failure(_ offset: Int, _ found: String, _ expected: String) -> DataFileError {
      DataFileError(path, file.place(offset), found: found, expected: expected)
    }
    guard bytes.count >= 4 else {
      throw failure(bytes.count, "the end of the file", "a header of at least 4 bytes")
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      throw failure(0, "bytes \(bytes[0]) and \(bytes[1])", "two zeros, which begin an IDX file")
    }
    guard let dtype = dtypes[bytes[2]] else {
      throw failure(2, "type \(bytes[2])", "8, 9, 11, 12, 13 or 14")
    }
    let fileRank = Int(bytes[3])
    guard rank == nil || rank == fileRank, fileRank <= 16 else {
      throw failure(3, "\(fileRank) axes", rank.map { "\($0)" } ?? "at most 16")
    }
    let dataStart = 4 + 4 * fileRank
    guard bytes.count >= dataStart else {
      throw failure(bytes.count, "the end of the file", "\(fileRank) sizes of 4 bytes")
    }
    var sizes: [Int] = []
    // Strides count sizes of 0 as 1, so the product must fit in an integer without them too.
    var extent = dtype.byteSize
    for axis in 0..<fileRank {
      let offset = 4 + 4 * axis
      let size = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let product = extent.multipliedReportingOverflow(by: max(size, 1))
      guard !product.overflow else {
        throw failure(offset, "size \(size)", "an array that fits in memory")
      }
      extent = product.partialValue
      sizes.append(size)
    }
    let byteCount = sizes.contains(0) ? 0 : extent
    guard bytes.count - dataStart == byteCount else {
      let actual = bytes.count - dataStart
      throw failure(
        dataStart + min(actual, byteCount), "\(actual) bytes of data",
        "\(byteCount) for \(dtype)\(sizes)")
    }
    return tensor(bytes, from: dataStart, Shape(sizes), dtype)
  }

  private static let dtypes: [UInt8: DType] = [
    8: .uint8, 9: .int8, 11: .int16, 12: .int32, 13: .float32, 14: .float64,
  ]

  /// The big-endian data as a tensor; the sizes are known to fit.
  private static func tensor(
    _ bytes: [UInt8], from start: Int, _ shape: Shape, _ dtype: DType
  ) -> Tensor {
    let array = NDArray(uninitialized: dtype, shape)
    let width = dtype.byteSize
    let target = array.pointer(as: UInt8.self)
    for element in 0..<array.count {
      let offset = element * width
      for byte in 0..<width { target[offset + byte] = bytes[start + offset + swapped(byte, width)] }
    }
    return Tensor(array)
  }

  /// The place of a byte in an element of the file.
  @inline(__always)
  private static func swapped(_ byte: Int, _ width: Int) -> Int {
    Int(littleEndian: 1) == 1 ? width - 1 - byte : byte
  }
}
