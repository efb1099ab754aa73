import CKernels

/// An operation that the compiler alone puts into graphs, when no transform is to come.
protocol CompilerPrimitive: NonDifferentiable {}

extension CompilerPrimitive {
  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    record(TensorError(Self.name, .other("the operation belongs to a compiled program")))
    return (inputs, axes)
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}

/// A float32 matrix put in the order in which products read it, for a loop that multiplies by it.
struct PackMatrix: CompilerPrimitive {
  static let name = "pack_matrix"
  /// Whether the rows of the matrix are the operand's columns.
  let isTransposed: Bool

  /// The depth and the columns of the products.
  func sizes(_ input: ShapeDtype) -> (depth: Int, columns: Int) {
    let (rows, columns) = (input.shape[0], input.shape[1])
    return isTransposed ? (columns, rows) : (rows, columns)
  }

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (depth, columns) = sizes(inputs[0])
    return [ShapeDtype([ck_product_packed_count(depth, columns)], .float32)]
  }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let (input, result) = (inputs[0], NDArray(uninitialized: outputs[0]))
    defer { withExtendedLifetime((input, result)) {} }
    let (depth, columns) = sizes(input.type)
    let strides = isTransposed ? input.strides.reversed() : input.strides
    parallelFor(ck_product_panels(columns)) { panel, _ in
      ck_product_pack(
        input.pointer(), strides[0], strides[1], depth, columns, panel, result.pointer())
    }
    return [result]
  }
}

/// The product of rows `[..., depth]` and a packed matrix.
struct PackedProduct: CompilerPrimitive {
  static let name = "packed_product"
  let columns: Int

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    [inputs[0].with(shape: Shape(inputs[0].shape.dimensions.dropLast() + [columns]))]
  }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let (lhs, packed) = (inputs[0].contiguous(), inputs[1])
    let result = NDArray(uninitialized: outputs[0])
    defer { withExtendedLifetime((lhs, packed, result)) {} }
    let depth = lhs.shape[-1]
    let rows = lhs.count / depth
    let panels = ck_product_panels(columns)
    // A piece of less arithmetic is done before another thread has begun.
    let grain = max(1, (1 << 19) / max(1, 2 * rows * depth * columns / panels))
    parallelRanges(panels, grain: grain) { range in
      ck_product_packed(
        lhs.pointer(), rows, depth, packed.pointer(), columns, range.lowerBound, range.upperBound,
        result.pointer())
    }
    return [result]
  }
}

extension DotGeneral {
  /// Whether the second operand is a matrix by whose packed form the first can be multiplied; nil if
  /// not, else whether that is its transpose.
  func packsTransposed(_ lhs: ShapeDtype, _ rhs: ShapeDtype) -> Bool? {
    guard lhs.dtype == .float32, rhs.rank == 2, rhsContracting.count == 1,
      lhsContracting == [lhs.rank - 1], lhs.elementCount > 0, rhs.elementCount > 0
    else { return nil }
    return rhsContracting == [1]
  }
}
