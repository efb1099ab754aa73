extension Tensor {
  /// Creates a scalar; from an `Int` or `Double` a weakly typed one, unless `dtype` is named.
  public init<S: Scalar>(_ value: S, dtype: DType? = nil) {
    let type = ShapeDtype(
      .scalar, dtype ?? S.defaultDType, isWeak: dtype == nil && S.isWeak)
    self.init(NDArray.filled(value, type))
  }

  /// Creates a vector from its elements.
  ///
  /// Doubles become float32 and Ints int32 unless `dtype` names another type.
  public init<S: Scalar>(_ values: [S], dtype: DType? = nil) {
    self.init(NDArray(values, [values.count], dtype ?? S.defaultDType))
  }

  /// Creates a tensor of a shape from its elements in row-major order.
  ///
  /// Records an error if their number is not that of the shape.
  public init<S: Scalar>(_ values: [S], shape: Shape, dtype: DType? = nil) {
    let dtype = dtype ?? S.defaultDType
    guard values.count == shape.elementCount else {
      record(
        TensorError(
          "Tensor",
          .argumentInvalid(
            name: "values", value: "\(values.count) elements",
            expected: "\(shape.elementCount) for shape \(shape)")))
      self = .placeholder(ShapeDtype(shape, dtype))
      return
    }
    self.init(NDArray(values, shape, dtype))
  }

  /// Creates a matrix from its rows, which must be of equal length.
  public init<S: Scalar>(_ rows: [[S]], dtype: DType? = nil) {
    self = Tensor.nested(rows.map { Tensor($0, dtype: dtype) })
  }

  /// Creates a tensor of three axes from nested arrays of equal lengths.
  public init<S: Scalar>(_ slabs: [[[S]]], dtype: DType? = nil) {
    self = Tensor.nested(slabs.map { Tensor($0, dtype: dtype) })
  }

  /// Creates a tensor of four axes from nested arrays of equal lengths.
  public init<S: Scalar>(_ blocks: [[[[S]]]], dtype: DType? = nil) {
    self = Tensor.nested(blocks.map { Tensor($0, dtype: dtype) })
  }

  private static func nested(_ parts: [Tensor]) -> Tensor {
    guard let first = parts.first else { return Tensor.zeros([0]) }
    let shape = first.shape.inserting(parts.count, at: 0)
    let result = NDArray(uninitialized: first.dtype, shape)
    let width = first.elementCount * first.dtype.byteSize
    for (index, part) in parts.enumerated() {
      guard part.shape == first.shape, let array = part.array else {
        record(
          TensorError(
            "Tensor", .sizesDiffer(what: "lengths of nested arrays"),
            [.init("element 0", first.type), .init("element \(index)", part.type)]))
        return .placeholder(ShapeDtype(shape, first.dtype))
      }
      (result.data + index * width).copyMemory(from: array.data, byteCount: width)
    }
    return Tensor(result)
  }

  /// Creates a tensor of zeros.
  public static func zeros(_ shape: Shape, dtype: DType = .defaultFloat) -> Tensor {
    full(shape, 0, dtype: dtype)
  }

  /// Creates a tensor of ones.
  public static func ones(_ shape: Shape, dtype: DType = .defaultFloat) -> Tensor {
    full(shape, 1, dtype: dtype)
  }

  /// Creates a tensor of which every element is `value`; it takes the memory of one.
  ///
  /// Records an error if a size is negative.
  public static func full<S: Scalar>(_ shape: Shape, _ value: S, dtype: DType? = nil) -> Tensor {
    guard shape.allSatisfy({ $0 >= 0 }) else {
      record(
        TensorError(
          "full",
          .argumentInvalid(name: "shape", value: "\(shape)", expected: "sizes of at least 0")))
      return Tensor(value, dtype: dtype)
    }
    return Tensor(NDArray.filled(value, ShapeDtype(shape, dtype ?? S.defaultDType)))
  }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// Creates a weakly typed scalar.
  public init(floatLiteral value: Double) { self.init(value) }
  /// Creates a weakly typed scalar.
  public init(integerLiteral value: Int) { self.init(value) }
}

/// Zeros of the type of `x`.
package func zeros(like x: Tensor) -> Tensor { Tensor(NDArray.filled(0, x.type)) }

/// Ones of the type of `x`.
package func ones(like x: Tensor) -> Tensor { Tensor(NDArray.filled(1, x.type)) }

/// `value` everywhere, of the type of `x`.
package func full(like x: Tensor, _ value: some Scalar) -> Tensor {
  Tensor(NDArray.filled(value, x.type))
}
