import Autodiff
import Testing

@testable import Tensor

/// Complex numbers as operations and users see them; numbers from JAX and NumPy.
@Suite struct ComplexTests {
  static let z = Tensor([Complex(1, 2), Complex(-0.5, 0.25), Complex(3, -1)])
  static let w = Tensor([Complex(0.5, -1), Complex(2, 0), Complex(-1, 1.5)])

  @Test func typesAndReading() throws {
    #expect(Self.z.type == ShapeDtype([3], .complex64))
    #expect(Tensor(Complex(1.0, 2)).type == ShapeDtype([], .complex64, isWeak: true))
    #expect(Tensor(Complex<Float>(1, 2)).type == ShapeDtype([], .complex64))
    #expect(Tensor([Complex(1, 2)], dtype: .complex128).dtype == .complex128)
    withDefaultPrecision(.x64) { #expect(Tensor(Complex(1, 2)).dtype == .complex128) }
    let values: [Complex<Float>] = try Self.z.scalars()
    #expect(values == [Complex(1, 2), Complex(-0.5, 0.25), Complex(3, -1)])
    #expect(try Self.z.scalars(as: Double.self) == [1, -0.5, 3])
    #expect(try Tensor([2.5, -1]).scalars(as: Complex<Double>.self) == [2.5, -1])
    #expect(DType(name: "complex64") == .complex64)
    #expect("\(DType.complex128)" == "c128")
  }

  @Test func exponentialsAreNormalizedByTheRealParts() throws {
    func expect(_ x: Tensor, _ reals: [Double], _ imaginaries: [Double]) throws {
      for (part, expected) in [(real(x), reals), (imag(x), imaginaries)] {
        for (a, b) in zip(try part.scalars(as: Double.self), expected) {
          #expect(abs(a - b) <= 2e-5 * max(1, abs(b)), "\(a) for \(b)")
        }
      }
    }
    let x = Tensor([Complex(1, 2), Complex(0.5, -1), Complex(-3, 0.25)])
    try expect(
      softmax(x), [2.3620143, -1.3654338, 0.00341949], [0.6176081, -0.5730228, -0.04458531])
    try expect(
      logSoftmax(x), [0.89258146, 0.39258146, -3.1074185], [0.25574932, -2.7442508, -1.4942507])
    try expect(logSumExp(x), [0.1074186], [1.7442507])
    try expect(
      try grad { sum(square(abs(softmax($0)))) }(x), [-26.604837, 26.656612, -0.05177503],
      [-10.073578, 9.346363, 0.7272144])
    // Far beyond where exp overflows.
    try expect(softmax(x + 1000), [2.3620143, -1.3654338], [0.6176081, -0.5730228])
    let kept = softmax(x, where: Tensor([true, false, true]))
    try expect(kept[1], [0], [0])
    try expect(sum(kept), [1], [0])
  }

  @Test func conversions() throws {
    #expect(try Self.z.cast(to: .int32).scalars(as: Int.self) == [1, 0, 3])
    let imaginary = Tensor([Complex(0, 1), Complex(0, 0)])
    #expect(try imaginary.cast(to: .bool).scalars(as: Bool.self) == [true, false])
    for dtype in DType.allCases {
      let numbers = Tensor([0, 1, 1], dtype: dtype)
      for wide in [DType.complex64, .complex128] {
        let converted = numbers.cast(to: wide)
        #expect(try converted.numbers() == [0, 0, 1, 0, 1, 0], "\(dtype) to \(wide)")
        #expect(try converted.cast(to: dtype).scalars(as: Int.self) == [0, 1, 1])
      }
    }
  }

  /// A literal or scalar gives way as Python's do.
  @Test func scalarsPromote() throws {
    #expect((Tensor([1], dtype: .float16) * Complex(0, 1)).dtype == .complex64)
    #expect((Tensor([1], dtype: .float64) * Complex(0, 1)).dtype == .complex128)
    #expect((Tensor([1]) + Complex(0, 1)).dtype == .complex64)
    #expect((Self.z * 2.5).dtype == .complex64)
    #expect((Self.z + Tensor([1.0, 2, 3], dtype: .float64)).dtype == .complex128)
    #expect(try (Self.z * Complex(0, 1)).numbers() == [-2, 1, -0.25, -0.5, 1, 3])
  }

  @Test func arithmetic() throws {
    expectClose(
      try (Self.z / Self.w).numbers(), [-1.2, 1.6, -0.25, 0.125, -1.3846154, -1.0769231], 1e-6, "/")
    #expect(try (Self.z .== Self.z).scalars(as: Bool.self) == [true, true, true])
    #expect(try (Self.z .!= conj(Self.z)).scalars(as: Bool.self) == [true, true, true])
    #expect(try abs(Tensor([Complex(3, 4)])).scalars(as: Float.self) == [5])
    #expect(try vdot(Self.z, Self.w).numbers() == [-7, 1])
    #expect(try sum(Self.z).numbers() == [3.5, 1.25])
    expectClose(try variance(Self.z).numbers(), [3.5694444], 1e-6, "variance")
    expectClose(try norm(Self.z).numbers(), [3.913119], 1e-6, "norm")
    expectClose(try angle(Self.z).numbers(), [1.1071487, 2.6779451, -0.32175055], 1e-6, "angle")
    #expect(try sort(Self.z).numbers() == [-0.5, 0.25, 1, 2, 3, -1])
    #expect(try round(Tensor([Complex(1.5, -0.6)])).numbers() == [2, -1])
  }

  @Test func products() throws {
    let a = Tensor((0..<24).map { Complex(Double($0 % 5), Double($0 % 7) - 3) }, shape: [2, 3, 4])
    let b = Tensor((0..<40).map { Complex(Double($0 % 3) - 1, Double($0 % 4)) }, shape: [2, 4, 5])
    for dtype in [DType.complex64, .complex128] {
      let (a, b) = (a.cast(to: dtype), b.cast(to: dtype))
      let direct = complex(
        matmul(real(a), real(b)) - matmul(imag(a), imag(b)),
        matmul(real(a), imag(b)) + matmul(imag(a), real(b)))
      #expect(try matmul(a, b).numbers() == direct.numbers())
      // Operands that BLAS reads as transposed.
      let (at, bt) = (a.transposed([0, 2, 1]), b.transposed([0, 2, 1]))
      #expect(try matmul(bt, at).transposed([0, 2, 1]).numbers() == direct.numbers())
    }
  }

  @Test func texts() {
    let (nan, inf) = (Double.nan, Double.infinity)
    #expect("\(Tensor(Complex(1, 2)))" == "(1+2j)")
    #expect("\(Tensor(Complex(0, 1)))" == "1j")
    #expect("\(Tensor(Complex(-0.0, 1)))" == "(-0+1j)")
    #expect("\(Tensor(Complex(0, -0.0)))" == "-0j")
    #expect("\(Tensor(Complex<Float>(0.1, 0.3)))" == "(0.1+0.3j)")
    #expect("\(Tensor(Complex(nan, nan)))" == "(nan+nanj)")
    #expect("\(Tensor([Complex(1, 2), Complex(3.5, -1)]))" == "[1. +2.j 3.5-1.j]")
    #expect(
      "\(Tensor([Complex(1e-5, 2), Complex(3.5, -100)], dtype: .complex128))"
        == "[1.0e-05  +2.j 3.5e+00-100.j]")
    #expect(
      "\(Tensor([Complex(nan, inf), Complex(1, -inf), Complex(-inf, nan)]))"
        == "[ nan+infj   1.-infj -inf+nanj]")
    #expect(
      "\(Tensor([[Complex(0.1, 0.25), Complex(-1.125, -3)]]))" == "[[ 0.1  +0.25j -1.125-3.j  ]]")
    #expect(
      Tensor([Complex(1, 2)]).debugDescription == "Tensor([1.+2.j], dtype=complex64)")
  }

  /// What has no meaning for complex numbers is an error that says so.
  @Test(arguments: [
    "lt", "max", "floor", "erf", "relu", "argmax", "top_k", "clip", "cumulative max", "quantile",
    "rem", "atan2", "lgamma", "bits", "maximum pool", "qr",
  ])
  func refused(_ name: String) {
    let z = Self.z
    let functions: [String: () -> Tensor] = [
      "lt": { z .< z }, "max": { max(z) }, "floor": { floor(z) }, "erf": { erf(z) },
      "relu": { relu(z) }, "argmax": { argmax(z) }, "top_k": { topK(z, 2).values },
      "clip": { clip(z, low: 0) }, "cumulative max": { cummax(z) },
      "quantile": { quantile(z, 0.5) }, "rem": { fmod(z, z) }, "atan2": { atan2(z, z) },
      "lgamma": { lgamma(z) }, "bits": { bind(BitcastConvertType(.uint64), z) },
      "maximum pool": {
        bind(ReduceWindowMax(sizes: [2], window: ConvWindow([.init()])), z)
      },
      "qr": { qr(stack([z, z])).q },
    ]
    let error = #expect(throws: TensorError.self) { try withErrors { functions[name]?() } }
    #expect(error?.description.contains("c64") == true, "\(error?.description ?? "")")
  }

  @Test func samples() throws {
    // jax.random.normal(jax.random.key(0), (2,), jnp.complex64)
    let expected = [0.70994526, -1.727077, -0.6408772, -1.4394435]
    expectClose(
      try Random.normal(Key(0), [2], dtype: .complex64).numbers(), expected, 1e-7, "normal")
    #expect(throws: TensorError.self) {
      try withErrors { _ = Random.uniform(Key(0), [2], dtype: .complex64) }
    }
  }

  /// Gradients in JAX's convention: of a real function df/dx - i df/dy.
  @Test func gradients() throws {
    func check(_ expected: [Double], _ comment: String, _ f: (Tensor) throws -> Tensor) throws {
      expectClose(try grad(Self.z, f).numbers(), expected, 1e-6, comment)
    }
    try check([2, -4, -1, -0.5, 6, 2], "squared magnitude") { sum(square(abs($0))) }
    try check([0, 4, 0, 0.5, 0, -2], "imaginary part") { -sum(square(imag($0))) }
    try check([2, 4, -1, 0.5, 6, -2], "real part of the square") { sum(real($0 * $0)) }
    try check([1, 0, 1, 0, 1, 0], "real part of the conjugate") { sum(real(conj($0))) }
    let derivative = try grad(Tensor(Complex(1, 2)), holomorphic: true) { $0 * $0 * $0 }
    #expect(try derivative.numbers() == [-9, 12])
    // By real numbers, through complex ones.
    let gradient = try grad(Tensor([0.5, 1.5])) { x in
      sum(square(abs(exp(complex(Tensor(0), x)) + 1)))
    }
    expectClose(try gradient.numbers(), [-0.958851, -1.99499], 1e-5, "phase")
    #expect(throws: TensorError.self) { try grad(Self.z) { sum($0) } }
    #expect(throws: TensorError.self) { try grad(Tensor(1.0), holomorphic: true) { $0 } }
  }

  /// All of JAX's table, in both precisions; a literal of int, float and complex at the end.
  @Test(arguments: [DefaultPrecision.x32, .x64])
  func promotionIsThatOfJax(_ precision: DefaultPrecision) throws {
    let table = precision == .x32 ? Self.narrow : Self.wide
    let lines = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let names = try lines[0].map { name in
      try #require(DType.allCases.first { "\($0)" == name })
    }
    withDefaultPrecision(precision) {
      for (a, line) in zip(names, lines.dropFirst()) {
        for (b, expected) in zip(names, line) {
          #expect("\(DType.promoted(a, b))" == expected, "\(a) \(b)")
        }
        let literals = [Tensor(1), Tensor(1.0), Tensor(Complex(0, 1))]
        for (literal, expected) in zip(literals, line.suffix(3)) {
          #expect("\((Tensor.zeros([], dtype: a) + literal).dtype)" == expected, "\(a) \(literal)")
        }
      }
    }
  }

  private static let narrow = """
    bool u8 u16 u32 i8 i16 i32 f16 bf16 f32 c64
    bool u8 u16 u32 i8 i16 i32 f16 bf16 f32 c64 i32 f32 c64
    u8 u8 u16 u32 i16 i16 i32 f16 bf16 f32 c64 u8 f32 c64
    u16 u16 u16 u32 i32 i32 i32 f16 bf16 f32 c64 u16 f32 c64
    u32 u32 u32 u32 i32 i32 i32 f16 bf16 f32 c64 u32 f32 c64
    i8 i16 i32 i32 i8 i16 i32 f16 bf16 f32 c64 i8 f32 c64
    i16 i16 i32 i32 i16 i16 i32 f16 bf16 f32 c64 i16 f32 c64
    i32 i32 i32 i32 i32 i32 i32 f16 bf16 f32 c64 i32 f32 c64
    f16 f16 f16 f16 f16 f16 f16 f16 f32 f32 c64 f16 f16 c64
    bf16 bf16 bf16 bf16 bf16 bf16 bf16 f32 bf16 f32 c64 bf16 bf16 c64
    f32 f32 f32 f32 f32 f32 f32 f32 f32 f32 c64 f32 f32 c64
    c64 c64 c64 c64 c64 c64 c64 c64 c64 c64 c64 c64 c64 c64
    """
  private static let wide = """
    bool u8 u16 u32 u64 i8 i16 i32 i64 f16 bf16 f32 f64 c64 c128
    bool u8 u16 u32 u64 i8 i16 i32 i64 f16 bf16 f32 f64 c64 c128 i64 f64 c128
    u8 u8 u16 u32 u64 i16 i16 i32 i64 f16 bf16 f32 f64 c64 c128 u8 f64 c128
    u16 u16 u16 u32 u64 i32 i32 i32 i64 f16 bf16 f32 f64 c64 c128 u16 f64 c128
    u32 u32 u32 u32 u64 i64 i64 i64 i64 f16 bf16 f32 f64 c64 c128 u32 f64 c128
    u64 u64 u64 u64 u64 f64 f64 f64 f64 f16 bf16 f32 f64 c64 c128 u64 f64 c128
    i8 i16 i32 i64 f64 i8 i16 i32 i64 f16 bf16 f32 f64 c64 c128 i8 f64 c128
    i16 i16 i32 i64 f64 i16 i16 i32 i64 f16 bf16 f32 f64 c64 c128 i16 f64 c128
    i32 i32 i32 i64 f64 i32 i32 i32 i64 f16 bf16 f32 f64 c64 c128 i32 f64 c128
    i64 i64 i64 i64 f64 i64 i64 i64 i64 f16 bf16 f32 f64 c64 c128 i64 f64 c128
    f16 f16 f16 f16 f16 f16 f16 f16 f16 f16 f32 f32 f64 c64 c128 f16 f16 c64
    bf16 bf16 bf16 bf16 bf16 bf16 bf16 bf16 bf16 f32 bf16 f32 f64 c64 c128 bf16 bf16 c64
    f32 f32 f32 f32 f32 f32 f32 f32 f32 f32 f32 f32 f64 c64 c128 f32 f32 c64
    f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 c128 c128 f64 f64 c128
    c64 c64 c64 c64 c64 c64 c64 c64 c64 c64 c64 c64 c128 c64 c128 c64 c64 c64
    c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128
    """
}
