import Linen
import Testing

/// As tests/linen/linen_dtypes_test.py of Flax says.
@Suite("Dtypes of layers")
struct DTypeTests {
  @Test func noInexactDtype() {
    #expect(canonicalizeDType([Tensor(Int32(1))], inexact: false) == .int32)
  }

  @Test func inexactDtype() {
    withDefaultPrecision(.x64) {
      #expect(canonicalizeDType([Tensor(Int64(1))]) == .float32)
    }
    #expect(canonicalizeDType([Tensor(Int32(1))]) == .float32)
    #expect(canonicalizeDType([Tensor(Int16(1))]) == .float32)
  }

  @Test func explicitDowncast() {
    #expect(promoteDType([Tensor(Float(1))], dtype: .float16)[0].dtype == .float16)
  }

  @Test("what layers compute in, and what they give", arguments: [DType.float16, .bfloat16])
  func halfPrecision(_ half: DType) throws {
    let x = Tensor.ones([2, 3])
    let (y, variables) = try Dense(4, dtype: half).initializeWithOutput(Key(0)) { $0(x) }
    #expect(y.dtype == half)
    #expect((variables["params"]["kernel"] as Tensor).dtype == .float32)
    let (z, small) = try Dense(4, paramDtype: half).initializeWithOutput(Key(0)) { $0(x) }
    #expect(z.dtype == .float32)
    #expect((small["params"]["kernel"] as Tensor).dtype == half)
  }
}

/// As tests/linen/linen_activation_test.py of Flax says.
@Suite("PReLU")
struct PReLUTests {
  @Test func prelu() throws {
    let x = Random.uniform(Key(1), [4, 6, 5]) - 0.5
    let (y, variables) = try PReLU().initializeWithOutput(Key(2)) { $0(x) }
    try expectNear(y, which(x .< 0, x * 0.01, x))
    try expect(variables["params"]["negative_slope"], [], [0.01])
  }
}
