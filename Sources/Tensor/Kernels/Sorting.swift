import CKernels

/// Sorts along one axis.
package enum Sorting {
  /// Sorts lines by the first `keys` operands, stably, and brings the others along.
  package static func sort(_ operands: [NDArray], axis: Int, keys: Int) -> [NDArray] {
    let sources = operands.map { $0.contiguous() }
    let results = operands.map { NDArray(uninitialized: $0.type) }
    let lines = Lines(operands[0].shape, axis)
    parallelRanges(lines.count, grain: lines.grain) { range in
      for line in range {
        let order = order(sources.prefix(keys).flatMap { orderKeys($0, lines, line) }, lines.size)
        for (source, result) in zip(sources, results) {
          permute(source, result, lines, line, order)
        }
      }
    }
    return results
  }

  /// The k largest elements of each line, largest first, and their indices; ties by index.
  package static func top(
    _ x: NDArray, _ k: Int, axis: Int, _ outputs: [ShapeDtype]
  ) -> [NDArray] {
    let source = x.contiguous()
    let values = NDArray(uninitialized: outputs[0])
    let indices = NDArray(uninitialized: outputs[1])
    let lines = Lines(x.shape, axis)
    let places = indices.pointer(as: Int32.self)
    defer { withExtendedLifetime(indices) {} }
    let width = x.dtype.byteSize
    parallelRanges(lines.count, grain: lines.grain) { range in
      for line in range {
        let best = largest(orderKeys(source, lines, line)[0], k)
        let (outer, inner) = line.quotientAndRemainder(dividingBy: lines.inner)
        for (rank, index) in best.enumerated() {
          let target = (outer * k + rank) * lines.inner + inner
          places[target] = Int32(index)
          (values.data + target * width).copyMemory(
            from: source.data + lines.offset(line, index) * width, byteCount: width)
        }
      }
    }
    return [values, indices]
  }

  /// The lines of a row-major array along an axis.
  private struct Lines {
    let size: Int
    let inner: Int
    let count: Int

    init(_ shape: Shape, _ axis: Int) {
      size = shape.dimensions[axis]
      inner = shape.dimensions[(axis + 1)...].reduce(1, *)
      count = size == 0 ? 0 : shape.elementCount / size
    }

    var grain: Int { max(1, (1 << 12) / max(1, size)) }

    func offset(_ line: Int, _ index: Int) -> Int {
      let (outer, column) = line.quotientAndRemainder(dividingBy: inner)
      return (outer * size + index) * inner + column
    }
  }

  private static func order(_ keys: [[UInt64]], _ size: Int) -> [Int] {
    var order = Array(0..<size)
    if keys.count == 1 {
      keys[0].withUnsafeBufferPointer { key in
        order.sort { key[$0] != key[$1] ? key[$0] < key[$1] : $0 < $1 }
      }
      return order
    }
    order.sort { a, b in
      for key in keys where key[a] != key[b] { return key[a] < key[b] }
      return a < b
    }
    return order
  }

  private static func permute(
    _ source: NDArray, _ result: NDArray, _ lines: Lines, _ line: Int, _ order: [Int]
  ) {
    let width = source.dtype.byteSize
    for (target, index) in order.enumerated() {
      (result.data + lines.offset(line, target) * width).copyMemory(
        from: source.data + lines.offset(line, index) * width, byteCount: width)
    }
  }

  /// The indices of the k largest keys, in falling order.
  private static func largest(_ keys: [UInt64], _ k: Int) -> [Int] {
    if k > 64 {
      let order = Array(keys.indices).sorted {
        keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1
      }
      return Array(order.prefix(k))
    }
    // Few: keep the best so far in order, which most elements don't enter.
    var best: [Int] = []
    best.reserveCapacity(k + 1)
    for index in keys.indices where k > 0 {
      if best.count == k, keys[index] <= keys[best[k - 1]] { continue }
      let place = best.firstIndex { keys[$0] < keys[index] } ?? best.count
      best.insert(index, at: place)
      if best.count > k { best.removeLast() }
    }
    return best
  }

  /// Unsigned integers in the order of a line's elements: NaN last, -0 equal to 0.
  ///
  /// Complex numbers are ordered by their real parts, then by their imaginary parts.
  private static func orderKeys(_ x: NDArray, _ lines: Lines, _ line: Int) -> [[UInt64]] {
    func keys<T>(_ type: T.Type, _ key: (T) -> UInt64) -> [[UInt64]] {
      let source = x.pointer(as: T.self)
      defer { withExtendedLifetime(x) {} }
      return [(0..<lines.size).map { key(source[lines.offset(line, $0)]) }]
    }
    func parts<T: ComplexPart>(_ type: Complex<T>.Type) -> [[UInt64]] {
      keys(type) { float(Double($0.real)) } + keys(type) { float(Double($0.imaginary)) }
    }
    func signed<T: FixedWidthInteger & SignedInteger>(_ value: T) -> UInt64 {
      UInt64(bitPattern: Int64(value)) ^ (1 << 63)
    }
    func float(_ value: Double) -> UInt64 {
      if value.isNaN { return .max }
      let bits = (value == 0 ? 0.0 : value).bitPattern
      return bits >> 63 == 1 ? ~bits : bits | (1 << 63)
    }
    switch x.dtype {
    case .bool, .uint8: return keys(UInt8.self) { UInt64($0) }
    case .uint16: return keys(UInt16.self) { UInt64($0) }
    case .uint32: return keys(UInt32.self) { UInt64($0) }
    case .uint64: return keys(UInt64.self) { $0 }
    case .int8: return keys(Int8.self, signed)
    case .int16: return keys(Int16.self, signed)
    case .int32: return keys(Int32.self, signed)
    case .int64: return keys(Int64.self, signed)
    case .float16: return keys(UInt16.self) { float(Double(Half.value($0))) }
    case .bfloat16: return keys(UInt16.self) { float(Double(Float(BFloat16(bitPattern: $0)))) }
    case .float32: return keys(Float.self) { float(Double($0)) }
    case .float64: return keys(Double.self, float)
    case .complex64: return parts(Complex<Float>.self)
    case .complex128: return parts(Complex<Double>.self)
    }
  }
}
