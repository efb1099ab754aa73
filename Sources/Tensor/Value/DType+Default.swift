import CKernels

/// The types that literals, scalars and samplers take where none is named.
public enum DefaultPrecision: Sendable {
  /// `float32` and `int32`, as JAX without x64.
  case x32
  /// `float64` and `int64`, as JAX under `jax_enable_x64`.
  case x64
}

extension DType {
  /// The type of floating-point values that name none: float32, or float64 in
  /// ``DefaultPrecision/x64``.
  public static var defaultFloat: DType { isX64 ? .float64 : .float32 }

  /// The type of complex numbers that name none: complex64, or complex128 in
  /// ``DefaultPrecision/x64``.
  public static var defaultComplex: DType { isX64 ? .complex128 : .complex64 }

  /// The type of integers that name none: int32, or int64 in ``DefaultPrecision/x64``.
  public static var defaultInteger: DType { isX64 ? .int64 : .int32 }

  private static var isX64: Bool { ContextSlot.precision.pointer != nil }
}

/// Runs `body` with other default types on this thread.
///
/// Every dtype can be used in either mode; only what names no dtype changes.
public func withDefaultPrecision<R, E: Error>(
  _ precision: DefaultPrecision, _ body: () throws(E) -> R
) throws(E) -> R {
  // Any non-null pointer means x64; it is never followed.
  let mark = precision == .x64 ? UnsafeMutableRawPointer(bitPattern: 1) : nil
  return try ContextSlot.precision.with(mark, body)
}
