import Testing

@testable import Tensor

/// Texts as `str(np.array(...))` of NumPy 2 gives them.
@Suite struct DescriptionTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let tensor: Tensor
    let text: String
    var testDescription: String { text }
    init(_ tensor: Tensor, _ text: String) { (self.tensor, self.text) = (tensor, text) }
  }

  static let rows: [Row] = [
    Row(Tensor([[1.0, 2], [3, 4]]), "[[1. 2.]\n [3. 4.]]"),
    Row(Tensor([1.5, 22.25, -3.125]), "[ 1.5   22.25  -3.125]"),
    Row(Tensor([1e-10, 1.5]), "[1.0e-10 1.5e+00]"),
    Row(Tensor([1, 200, -3]), "[  1 200  -3]"),
    Row(Tensor([true, false]), "[ True False]"),
    Row(Tensor([Double.nan, 1, .infinity, -.infinity]), "[ nan   1.  inf -inf]"),
    Row(
      arange(2000).reshaped(to: [2, 1000]),
      "[[   0    1    2 ...  997  998  999]\n [1000 1001 1002 ... 1997 1998 1999]]"),
    Row(
      arange(2000, dtype: .float32),
      "[0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03]"),
    Row(
      arange(24, dtype: .float32).reshaped(to: [2, 3, 4]) / 7,
      """
      [[[0.         0.14285715 0.2857143  0.42857143]
        [0.5714286  0.71428573 0.85714287 1.        ]
        [1.1428572  1.2857143  1.4285715  1.5714285 ]]

       [[1.7142857  1.8571428  2.         2.142857  ]
        [2.2857144  2.4285715  2.5714285  2.7142856 ]
        [2.857143   3.         3.142857   3.2857144 ]]]
      """),
    Row(Tensor(1.5), "1.5"),
    Row(Tensor(1e-10), "1e-10"),
    Row(Tensor(123456789.0, dtype: .float64), "123456789.0"),
    Row(Tensor.zeros([0, 3]), "[]"),
    Row(Tensor([0.1, 0.2, 0.3]), "[0.1 0.2 0.3]"),
    Row(Tensor([1234.5678, 0.001], dtype: .float64), "[1.2345678e+03 1.0000000e-03]"),
    Row(Tensor([1e8, 1], dtype: .float64), "[1.e+08 1.e+00]"),
    Row(Tensor([1e7, 1e4], dtype: .float64), "[10000000.    10000.]"),
    Row(Tensor([-0.0, 0.0]), "[-0.  0.]"),
    Row(
      arange(40),
      "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
        + " 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39]"),
    Row(Tensor([0.1234567890123, 2.0], dtype: .float64), "[0.12345679 2.        ]"),
    Row(Tensor(true), "True"),
    Row(Tensor(-7, dtype: .int64), "-7"),
    Row(Tensor([1e-300, 1e300], dtype: .float64), "[1.e-300 1.e+300]"),
    Row(
      Tensor([[1e-5, 1.0], [Double.nan, -1e-6]], dtype: .float64),
      "[[ 1.e-05  1.e+00]\n [    nan -1.e-06]]"),
    Row(Tensor(1e16, dtype: .float64), "1e+16"),
    Row(Tensor(1e15, dtype: .float64), "1000000000000000.0"),
    Row(Tensor([65504.0, 0.1], dtype: .float16), "[6.55e+04 1.00e-01]"),
    Row(Tensor([[1, 2], [3, 4]]).transposed(), "[[1 3]\n [2 4]]"),
  ]

  @Test(arguments: rows) func text(_ row: Row) {
    #expect(row.tensor.description == row.text)
  }

  @Test func wrapsLongRows() {
    let text = linspace(0, 1, count: 30).description
    let first = "[0.         0.03448276 0.06896552 0.10344828 0.13793103 0.1724138"
    #expect(text.split(separator: "\n").first.map(String.init) == first)
    #expect(text.split(separator: "\n").count == 5)
  }

  @Test func debugDescriptionNamesTheDtype() {
    #expect(
      Tensor([1.0, 2.5]).debugDescription == "Tensor([1. , 2.5], dtype=float32)")
    #expect(
      Tensor.zeros([0, 3]).debugDescription == "Tensor([], shape=[0, 3], dtype=float32)")
    #expect(Tensor(1).debugDescription == "Tensor(1, dtype=int32, weak_type=True)")
  }

  @Test func tensorsWithoutValuesShowTheirType() {
    let tensor = Tensor(ShapeDtype([2, 3], .float32))
    #expect("\(tensor)" == "Traced<f32[2,3]> with a shape-only evaluation")
  }
}
