extension Initializer {
  /// Zeros.
  public static let zeros = Initializer("zeros") { _, shape, dtype in
    Tensor.zeros(shape, dtype: dtype)
  }

  /// Ones.
  public static let ones = Initializer("ones") { _, shape, dtype in
    Tensor.ones(shape, dtype: dtype)
  }

  /// The same value everywhere.
  public static func constant(_ value: Double) -> Initializer {
    Initializer("constant(\(value))") { _, shape, dtype in
      Tensor.full(shape, value, dtype: dtype)
    }
  }

  /// A tensor that broadcasts to the parameter's shape.
  @_disfavoredOverload
  public static func constant(_ value: Tensor) -> Initializer {
    Initializer("constant(\(value.type))") { _, shape, dtype in
      value.cast(to: dtype).broadcast(to: shape)
    }
  }
}
