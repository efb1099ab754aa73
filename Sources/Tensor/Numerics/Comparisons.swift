// Swift's `==` gives a Bool; elementwise comparison has its own operators, as SIMD types have.
infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence

extension Tensor {
  /// Compares elementwise, with promotion and broadcasting; a bool tensor.
  public static func .== (x: Tensor, y: Tensor) -> Tensor { elementwise(Eq(), x, y) }

  /// Compares elementwise, with promotion and broadcasting; a bool tensor.
  public static func .!= (x: Tensor, y: Tensor) -> Tensor { elementwise(Ne(), x, y) }

  /// Compares elementwise, with promotion and broadcasting; a bool tensor.
  public static func .< (x: Tensor, y: Tensor) -> Tensor { elementwise(Lt(), x, y) }

  /// Compares elementwise, with promotion and broadcasting; a bool tensor.
  public static func .<= (x: Tensor, y: Tensor) -> Tensor { elementwise(Le(), x, y) }

  /// Compares elementwise, with promotion and broadcasting; a bool tensor.
  public static func .> (x: Tensor, y: Tensor) -> Tensor { elementwise(Gt(), x, y) }

  /// Compares elementwise, with promotion and broadcasting; a bool tensor.
  public static func .>= (x: Tensor, y: Tensor) -> Tensor { elementwise(Ge(), x, y) }

  /// Compares with a scalar, which takes this tensor's dtype where promotion lets it.
  public static func .== <S: Scalar>(x: Tensor, y: S) -> Tensor {
    elementwise(Eq(), x, scalar(y, beside: x))
  }

  /// Compares with a scalar, which takes this tensor's dtype where promotion lets it.
  public static func .!= <S: Scalar>(x: Tensor, y: S) -> Tensor {
    elementwise(Ne(), x, scalar(y, beside: x))
  }

  /// Compares with a scalar, which takes this tensor's dtype where promotion lets it.
  public static func .< <S: Scalar>(x: Tensor, y: S) -> Tensor {
    elementwise(Lt(), x, scalar(y, beside: x))
  }

  /// Compares with a scalar, which takes this tensor's dtype where promotion lets it.
  public static func .<= <S: Scalar>(x: Tensor, y: S) -> Tensor {
    elementwise(Le(), x, scalar(y, beside: x))
  }

  /// Compares with a scalar, which takes this tensor's dtype where promotion lets it.
  public static func .> <S: Scalar>(x: Tensor, y: S) -> Tensor {
    elementwise(Gt(), x, scalar(y, beside: x))
  }

  /// Compares with a scalar, which takes this tensor's dtype where promotion lets it.
  public static func .>= <S: Scalar>(x: Tensor, y: S) -> Tensor {
    elementwise(Ge(), x, scalar(y, beside: x))
  }
}
