/// The texts of an array's elements, each alone or aligned with others, as NumPy prints them.
struct ScalarText {
  private let array: NDArray

  /// Reads a contiguous array.
  init(_ array: NDArray) { self.array = array }

  /// An element alone: `1.5`, `1e-10`, `3`, `True`.
  func plain(_ index: Int) -> String {
    if array.dtype == .bool { return truth(index) ? "True" : "False" }
    if array.dtype.isInteger { return integer(index) }
    switch array.dtype {
    case .complex64: return array.pointer(as: Complex<Float>.self)[index].description
    case .complex128: return array.pointer(as: Complex<Double>.self)[index].description
    default: return decimal(index).alone
    }
  }

  /// The elements at `indices`, padded to one width with their points below each other.
  func aligned(_ indices: [Int]) -> [String] {
    if array.dtype == .bool {
      return indices.map { truth($0) ? " True" : "False" }
    }
    if array.dtype.isInteger {
      let texts = indices.map(integer)
      let width = texts.map(\.count).max() ?? 0
      return texts.map { String(repeating: " ", count: width - $0.count) + $0 }
    }
    guard array.dtype.isComplex else { return aligned(indices.map(decimal)) }
    let imaginary = indices.map { index in
      var value = decimal(2 * index + 1)
      value.showsPlus = true
      return value
    }
    return zip(aligned(indices.map { decimal(2 * $0) }), aligned(imaginary)).map { real, text in
      let spaces = text.reversed().prefix { $0 == " " }.count
      return real + text.dropLast(spaces) + "j" + String(repeating: " ", count: spaces)
    }
  }

  private func aligned(_ values: [Decimal]) -> [String] {
    let magnitudes = values.compactMap(\.magnitude).filter { $0 != 0 }
    let (largest, smallest) = (magnitudes.max() ?? 0, magnitudes.min() ?? 0)
    let isScientific =
      largest >= 1e8 || (smallest > 0 && (smallest < 0.0001 || largest / smallest > 1000))
    return isScientific ? scientific(values) : positional(values)
  }

  private func positional(_ values: [Decimal]) -> [String] {
    let parts = values.map { $0.positional(places: 8) }
    return padded(values, parts, right: parts.compactMap { $0?.fraction.count }.max() ?? 0)
  }

  /// The same number of digits after the point for all.
  private func scientific(_ values: [Decimal]) -> [String] {
    let parts = values.map { $0.scientific(places: 8) }
    let places = parts.compactMap { $0?.fraction.count }.max() ?? 0
    let exponents = parts.compactMap { $0?.exponent.count }.max() ?? 0
    let whole = parts.map { part in
      part.map { part -> Decimal.Positional in
        let zeros = String(repeating: "0", count: places - part.fraction.count)
        let lead = String(repeating: "0", count: exponents - part.exponent.count)
        return .init(
          integer: part.integer,
          fraction: part.fraction + zeros + "e" + part.sign + lead + part.exponent)
      }
    }
    return padded(values, whole, right: whole.compactMap { $0?.fraction.count }.max() ?? 0)
  }

  /// Aligns at the point; what has none (NaN, infinities) at the right end.
  private func padded(
    _ values: [Decimal], _ parts: [Decimal.Positional?], right: Int
  ) -> [String] {
    var left = parts.compactMap { $0?.integer.count }.max() ?? 0
    for (value, part) in zip(values, parts) where part == nil {
      left = Swift.max(left, value.alone.count - right - 1)
    }
    return zip(values, parts).map { value, part in
      guard let part else {
        return String(repeating: " ", count: left + right + 1 - value.alone.count) + value.alone
      }
      return String(repeating: " ", count: left - part.integer.count) + part.integer + "."
        + part.fraction + String(repeating: " ", count: right - part.fraction.count)
    }
  }

  private func truth(_ index: Int) -> Bool { array.pointer(as: UInt8.self)[index] != 0 }

  private func integer(_ index: Int) -> String {
    switch array.dtype {
    case .uint8: "\(array.pointer(as: UInt8.self)[index])"
    case .uint16: "\(array.pointer(as: UInt16.self)[index])"
    case .uint32: "\(array.pointer(as: UInt32.self)[index])"
    case .uint64: "\(array.pointer(as: UInt64.self)[index])"
    case .int8: "\(array.pointer(as: Int8.self)[index])"
    case .int16: "\(array.pointer(as: Int16.self)[index])"
    case .int32: "\(array.pointer(as: Int32.self)[index])"
    default: "\(array.pointer(as: Int64.self)[index])"
    }
  }

  /// A floating-point number of the array; of complex ones, the real and imaginary parts count.
  private func decimal(_ index: Int) -> Decimal {
    switch array.dtype.realDType {
    case .float64: return Decimal(array.pointer(as: Double.self)[index])
    case .float32: return Decimal(array.pointer(as: Float.self)[index])
    case .float16:
      let value = Half.value(array.pointer(as: UInt16.self)[index])
      return Decimal(value) { Half.bits($0) == Half.bits(value) }
    default:
      let value = BFloat16(bitPattern: array.pointer(as: UInt16.self)[index])
      return Decimal(Float(value)) { BFloat16($0) == value }
    }
  }
}
