@testable import Tensor

extension PrimitiveCatalogue {
  private static func unary(
    _ primitive: any Primitive, _ low: Double, _ high: Double, tolerance: Double = 1e-7,
    float32: Double = 1e-6
  ) -> PrimitiveRow {
    PrimitiveRow(
      primitive, [.real([2, 3], low, high)], tolerance: tolerance, float32: float32)
  }

  private static func constant(_ primitive: any Primitive, _ inputs: [RowInput]) -> PrimitiveRow {
    PrimitiveRow(primitive, inputs, smooth: [])
  }

  private static let integers = RowInput.integers([2, 3], -20, 20)

  static let elementwise: [PrimitiveRow] = [
    PrimitiveRow(Neg(), [.real([2, 3])], linear: [[0]]),
    PrimitiveRow(Abs(), [.distinct([2, 3])]),
    PrimitiveRow(Relu(), [.distinct([2, 3])]),
    unary(Square(), -3, 3),
    unary(Exp(), -3, 3),
    unary(Exp2(), -3, 3),
    unary(Expm1(), -1, 1),
    unary(Log(), 0.2, 5),
    unary(Log1p(), -0.5, 3),
    unary(Sqrt(), 0.2, 5),
    unary(Rsqrt(), 0.2, 5),
    unary(Cbrt(), 0.2, 5),
    unary(Sin(), -6, 6),
    unary(Cos(), -6, 6),
    unary(Tan(), -1, 1),
    unary(Asin(), -0.9, 0.9),
    unary(Acos(), -0.9, 0.9),
    unary(Atan(), -5, 5),
    unary(Sinh(), -2, 2),
    unary(Cosh(), -2, 2),
    unary(Tanh(), -2, 2),
    unary(Asinh(), -3, 3),
    unary(Acosh(), 1.2, 5),
    unary(Atanh(), -0.9, 0.9),
    unary(Logistic(), -4, 4),
    unary(Erf(), -2, 2),
    unary(Erfc(), -2, 2),
    unary(ErfInv(), -0.9, 0.9),
    unary(Lgamma(), 0.3, 5),
    unary(Digamma(), 0.3, 5, float32: 3e-6),
    PrimitiveRow(Digamma(), "negative", [.fixed([3], [-0.3, -1.4, -2.7])], float32: 1e-5),
    PrimitiveRow(Real(), [.complex([2, 3])], linear: [[0]]),
    PrimitiveRow(Imag(), [.complex([2, 3])], linear: [[0]]),
    PrimitiveRow(Conj(), [.complex([2, 3])], linear: [[0]]),
    PrimitiveRow(Abs(), "complex", [.complex([2, 3])]),
    PrimitiveRow(ConvertElementType(.complex128), "to complex", [.real([2, 3])], linear: [[0]]),
    PrimitiveRow(ConvertElementType(.float64), "to real", [.complex([2, 3])], linear: [[0]]),
    constant(Sign(), [.distinct([2, 3])]),
    constant(Floor(), [.real([2, 3], -5, 5)]),
    constant(Ceil(), [.real([2, 3], -5, 5)]),
    constant(Round(), [.fixed([6], [0.5, 1.5, -0.5, -1.5, 2.3, -2.7])]),
    constant(RoundEven(), [.fixed([6], [0.5, 1.5, -0.5, -1.5, 2.3, -2.7])]),
    constant(IsFinite(), [.fixed([4], [1, .infinity, -.infinity, .nan])]),
    constant(Not(), [integers]),
    PrimitiveRow(Not(), "bool", [.bools([2, 3])]),
    constant(PopulationCount(), [integers]),
    constant(Clz(), [integers]),
    constant(StopGradient(), [.real([2, 3])]),
    PrimitiveRow(IntegerPow(3), "cube", [.real([2, 3])]),
    PrimitiveRow(IntegerPow(-2), "inverse", [.real([2, 3], 0.5, 2)]),
    PrimitiveRow(IntegerPow(0), "zero", [.real([2, 3])]),
    PrimitiveRow(ConvertElementType(.float32), [.real([2, 3])], smooth: [], linear: []),
    PrimitiveRow(ConvertElementType(.float64), "widen", [.real([2, 3])], linear: [[0]]),
    PrimitiveRow(ConvertElementType(.int32), "int32", [.real([2, 3], -9, 9)], smooth: []),
    PrimitiveRow(BitcastConvertType(.uint32), [.integers([2, 3], -9, 9)]),

    PrimitiveRow(Add(), [.real([2, 3]), .real([2, 3])], linear: [[0], [1], [0, 1]]),
    PrimitiveRow(MakeComplex(), [.real([2, 3]), .real([2, 3])], linear: [[0], [1], [0, 1]]),
    PrimitiveRow(Sub(), [.real([2, 3]), .real([2, 3])], linear: [[0], [1], [0, 1]]),
    PrimitiveRow(Mul(), [.real([2, 3]), .real([2, 3])], linear: [[0], [1]]),
    PrimitiveRow(Div(), [.real([2, 3]), .real([2, 3], 0.5, 2)], linear: [[0]]),
    PrimitiveRow(
      DivBroadcast(), [.real([2, 3]), .real([2, 1], 0.5, 2)], linear: [[0]]),
    PrimitiveRow(Div(), "int32", [integers, .integers([2, 3], 1, 7)]),
    PrimitiveRow(Rem(), [.fixed([4], [5.3, -5.3, 5.3, -5.3]), .fixed([4], [2, 2, -2, -2])]),
    PrimitiveRow(Rem(), "int32", [integers, .integers([2, 3], 1, 7)]),
    PrimitiveRow(Pow(), [.real([2, 3], 0.3, 3), .real([2, 3], -2, 3)]),
    PrimitiveRow(
      Pow(), "base 0", [.fixed([2], [0, 0], .float64), .fixed([2], [2, 3], .float64)], smooth: [1]),
    PrimitiveRow(Max(), [.distinct([2, 3]), .real([2, 3], -0.1, 0)]),
    PrimitiveRow(Min(), [.distinct([2, 3]), .real([2, 3], -0.1, 0)]),
    PrimitiveRow(Atan2(), [.real([2, 3]), .real([2, 3], 0.3, 2)]),
    PrimitiveRow(LogAddExp(), [.real([2, 3]), .real([2, 3])]),
    constant(NextAfter(), [.fixed([3], [1, 0, -2]), .fixed([3], [2, -1, -2])]),
    constant(Eq(), [.ties([2, 3]), .ties([2, 3])]),
    constant(Ne(), [.ties([2, 3]), .ties([2, 3])]),
    constant(Lt(), [.ties([2, 3]), .ties([2, 3])]),
    constant(Le(), [.ties([2, 3]), .ties([2, 3])]),
    constant(Gt(), [.ties([2, 3]), .ties([2, 3])]),
    constant(Ge(), [.ties([2, 3]), .ties([2, 3])]),
    constant(And(), [integers, integers]),
    constant(Or(), [integers, integers]),
    constant(Xor(), [integers, integers]),
    PrimitiveRow(And(), "bool", [.bools([2, 3]), .bools([2, 3])]),
    constant(ShiftLeft(), [integers, .integers([2, 3], 0, 40)]),
    constant(ShiftRightLogical(), [integers, .integers([2, 3], 0, 40)]),
    constant(ShiftRightArithmetic(), [integers, .integers([2, 3], 0, 40)]),

    PrimitiveRow(
      Select(), [.bools([2, 3]), .real([2, 3]), .real([2, 3])], linear: [[1], [2], [1, 2]]),
    PrimitiveRow(
      Clamp(), [.real([2, 3], -1, -0.9), .distinct([2, 3]), .real([2, 3], 0.9, 1)]),
    PrimitiveRow(Fma(), [.real([2, 3]), .real([2, 3]), .real([2, 3])]),
  ]
}
