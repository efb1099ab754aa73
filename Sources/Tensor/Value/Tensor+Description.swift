extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
  /// The elements as NumPy prints them, or the type of a tensor without known values.
  ///
  /// Rows in brackets, columns aligned, at most 8 digits after the point, three elements at each
  /// end of the axes of tensors of more than 1000.
  public var description: String {
    guard let array = printable else { return abstractDescription }
    if rank == 0 { return ScalarText(array).plain(0) }
    return ArrayText(array, separator: " ", prefix: "").text
  }

  /// The elements with the dtype, as JAX shows an array: `Tensor([1., 2.], dtype=float32)`.
  public var debugDescription: String { text(as: "Tensor") }

  /// The elements with the dtype as a value of a type called `name`.
  package func text(as name: String) -> String {
    guard let array = printable else { return abstractDescription }
    let body = ArrayText(array, separator: ", ", prefix: "\(name)(").text
    let size = elementCount == 0 ? ", shape=\(shape)" : ""
    return "\(name)(\(body)\(size), dtype=\(dtype.name)\(type.isWeak ? ", weak_type=True" : ""))"
  }

  private var printable: NDArray? {
    if case .array(let array) = storage { array.contiguous() } else { nil }
  }

  private var abstractDescription: String {
    guard case .tracer(let tracer) = storage else { return "\(type)" }
    return "Traced<\(type)> with \(tracer.trace.name)"
  }
}

/// The layout of an array's text, after NumPy's `array2string`.
private struct ArrayText {
  private let array: NDArray
  private let separator: String
  private let indent: String
  private let words: [Int: String]
  private let isSummarized: Bool
  private static let edge = 3
  private static let threshold = 1000
  private static let lineWidth = 75

  init(_ array: NDArray, separator: String, prefix: String) {
    self.array = array
    self.separator = separator
    indent = String(repeating: " ", count: prefix.count + 1)
    isSummarized = array.count > ArrayText.threshold
    var shown = [0]
    for (size, stride) in zip(array.shape, array.shape.rowMajorStrides) {
      let places = ArrayText.shown(size, isSummarized)
      shown = shown.flatMap { base in places.map { base + $0 * stride } }
    }
    let texts = array.count == 0 ? [] : ScalarText(array).aligned(shown)
    words = Dictionary(zip(shown, texts), uniquingKeysWith: { first, _ in first })
  }

  /// The places along an axis that are printed.
  private static func shown(_ size: Int, _ isSummarized: Bool) -> [Int] {
    guard isSummarized, size > 2 * edge else { return Array(0..<size) }
    return Array(0..<edge) + Array(size - edge..<size)
  }

  var text: String {
    array.count == 0 ? "[]" : text(0, 0, indent, ArrayText.lineWidth)
  }

  private func text(_ axis: Int, _ base: Int, _ hanging: String, _ width: Int) -> String {
    let (rank, size) = (
      array.shape.rank, axis < array.shape.rank ? array.shape.dimensions[axis] : 1
    )
    if axis == rank { return words[base] ?? "" }
    let stride = array.shape.rowMajorStrides[axis]
    let places = ArrayText.shown(size, isSummarized)
    func nested(_ place: Int) -> String {
      text(axis + 1, base + place * stride, hanging + " ", width - 1)
    }
    var parts = places.map(nested)
    if places.count < size { parts.insert("...", at: ArrayText.edge) }
    let trimmed = separator.filter { $0 != " " }
    var result = ""
    if axis == rank - 1 {
      let inner = width - Swift.max(trimmed.count, 1)
      var line = hanging
      for (index, word) in parts.enumerated() {
        if line.count + word.count > inner, line.count > hanging.count {
          result += ArrayText.withoutTrailingSpaces(line) + "\n"
          line = hanging
        }
        line += index == parts.count - 1 ? word : word + separator
      }
      result += line
    } else {
      let breaks = trimmed + String(repeating: "\n", count: rank - axis - 1)
      result = parts.map { hanging + $0 }.joined(separator: breaks)
    }
    return "[" + result.dropFirst(hanging.count) + "]"
  }

  private static func withoutTrailingSpaces(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
