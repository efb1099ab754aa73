import Testing

@testable import Tensor

/// What holds wherever the operands lie in memory, and for any shape.
@Suite struct PrimitiveShapeLaws {
  static let dtypes: [DType] = [.float64, .float16, .int32, .bool, .complex64]
  static let rows = PrimitiveCatalogue.rows.filter { !$0.inputs.isEmpty }

  /// Another order of axes, turned round, every other element: the result has the same bits.
  @Test(arguments: rows, dtypes) func stridesDoNotMatter(_ row: PrimitiveRow, _ dtype: DType) throws
  {
    let operands = row.tensors(dtype).compactMap(\.array)
    guard let expected = try row.bits(operands) else { return }
    func check(_ operands: [NDArray], _ name: String) throws {
      let results = try #require(try row.bits(operands))
      guard row.addsInAnyOrder, results != expected else {
        #expect(results == expected, "\(row.label) \(dtype) \(name)")
        return
      }
      for (a, b) in zip(results, expected) {
        let tolerance = dtype.isInexact ? 8 * dtype.epsilon : 0
        expectClose(
          a.numbers.map { Double(bitPattern: $0) }, b.numbers.map { Double(bitPattern: $0) },
          tolerance, "\(row.label) \(dtype) \(name)")
      }
    }
    for (name, view) in NDArray.placements {
      let placed = operands.map(view)
      try check(placed, name)
      for index in operands.indices where operands.count > 1 {
        // Only one of the operands lies in another way.
        var some = operands
        some[index] = placed[index]
        try check(some, "\(name) \(index)")
      }
    }
  }

  /// An operand that repeats its elements by strides of 0 gives what its copy gives.
  @Test(arguments: rows, dtypes) func repeatedElements(_ row: PrimitiveRow, _ dtype: DType) throws {
    let operands = row.tensors(dtype).compactMap(\.array)
    for index in operands.indices where row.inputs[index].dtype == nil {
      let operand = operands[index]
      for axis in operand.shape.indices where operand.shape.dimensions[axis] > 0 {
        var limit = operand.shape
        limit = limit.replacing(axis, with: 1)
        let first = operand.sliced(
          start: limit.map { _ in 0 }, step: limit.map { _ in 1 }, to: limit)
        var broadcast = operands
        broadcast[index] = first.broadcast(
          to: operand.shape, axes: Array(operand.shape.indices))
        var copied = operands
        copied[index] = broadcast[index].copied()
        guard let expected = try row.bits(copied), let results = try row.bits(broadcast) else {
          continue
        }
        for (a, b) in zip(results, expected) where a != b {
          #expect(row.addsInAnyOrder, "\(row.label) \(dtype) \(index) axis \(axis)")
          expectClose(
            a.numbers.map { Double(bitPattern: $0) }, b.numbers.map { Double(bitPattern: $0) },
            dtype.isInexact ? 8 * dtype.epsilon : 0, "\(row.label) \(dtype) \(index) \(axis)")
        }
      }
    }
  }

  /// What works element by element does so in any shape: rank 0, rank 6, without elements, and with
  /// so many that threads share them.
  @Test(
    arguments: rows.filter(\.isElementwise),
    [[], [1], [0], [2, 0, 3], [2, 1, 3, 1, 2, 2], [3, 22_000]])
  func anyShape(_ row: PrimitiveRow, _ shape: Shape) throws {
    let flat = Shape([shape.elementCount])
    for dtype in shape.elementCount < 1000 ? Self.dtypes : [.float64] {
      let operands = row.inputs.enumerated().map { index, input in
        input.reshaped(flat).tensor(seed: UInt32(index), dtype)
      }
      guard let types = try? row.primitive.infer(operands.map(\.type)) else { continue }
      let line = row.primitive.evaluate(operands.compactMap(\.array), types).map { Tensor($0) }
      let shaped = bind(row.primitive, operands.map { $0.reshaped(to: shape) })
      for (a, b) in zip(line, shaped) {
        #expect(b.shape == shape)
        try #expect(Values(a.reshaped(to: shape)) == Values(b), "\(row.label) \(dtype)")
      }
    }
  }
}

extension PrimitiveRow {
  /// Whether all operands have one shape and the result has it too.
  fileprivate var isElementwise: Bool {
    primitive is any ElementwisePrimitive || primitive is IntegerPow || primitive is Select
      || primitive is Clamp || primitive is Fma || primitive is ConvertElementType
      || primitive is LogAddExp
  }

  /// Whether sums are formed in the order in which the elements lie in memory.
  fileprivate var addsInAnyOrder: Bool {
    primitive is any Reduction || primitive is DotGeneral || primitive is ConvGeneralDilated
  }

  /// The results' elements; nil if the primitive does not take such operands.
  fileprivate func bits(_ operands: [NDArray]) throws -> [Values]? {
    guard let types = try? primitive.infer(operands.map(\.type)) else { return nil }
    return try primitive.evaluate(operands, types).map { try Values(Tensor($0)) }
  }
}

extension RowInput {
  /// As many elements as `shape` has, of the same kind; a list repeats.
  fileprivate func reshaped(_ shape: Shape) -> RowInput {
    guard case .fixed(let list) = values else {
      return RowInput(shape: shape, values: values, dtype: dtype)
    }
    let repeated = (0..<shape.elementCount).map { list[$0 % list.count] }
    return RowInput(shape: shape, values: .fixed(repeated), dtype: dtype)
  }
}

extension NDArray {
  /// Ways in which the same elements can lie in memory.
  fileprivate static let placements: [(String, @Sendable (NDArray) -> NDArray)] = [
    ("columns first", { $0.columnsFirst }), ("turned round", { $0.turned }),
    ("every other", { $0.spread }),
  ]

  private var columnsFirst: NDArray {
    let order = Array(shape.indices.reversed())
    return transposed(order).copied().transposed(order)
  }

  private var turned: NDArray {
    let axes = Array(shape.indices)
    return reversed(axes).copied().reversed(axes)
  }

  /// Every other element of an array of twice the size along each axis.
  private var spread: NDArray {
    let room = NDArray(
      uninitialized: type.with(shape: Shape(shape.map { 2 * $0 + 1 })))
    room.data.initializeMemory(as: UInt8.self, repeating: 1, count: room.byteCount)
    let view = room.sliced(
      start: shape.map { _ in 1 }, step: shape.map { _ in 2 }, to: shape)
    Copying.copy(self, into: view)
    return view
  }
}
