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
}
