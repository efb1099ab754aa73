@testable import Tensor

extension PrimitiveCatalogue {
  private static func form(
    left: Bool, lower: Bool, transposed: Bool = false, unit: Bool = false
  ) -> TriangularSolve {
    TriangularSolve(
      TriangularForm(
        leftSide: left, isLower: lower, transposesA: transposed, hasUnitDiagonal: unit))
  }

  /// Symmetric and positive, with eigenvalues well apart.
  private static let positive = RowInput.fixed([3, 3], [4, 1, 0.5, 1, 3, -0.3, 0.5, -0.3, 2])

  /// Far from singular, also as a triangle.
  private static let square = RowInput.fixed(
    [3, 3], [2, 0.5, -0.4, 0.3, -1.5, 0.7, 0.2, 0.6, 1.2])

  static let linearAlgebra: [PrimitiveRow] = [
    PrimitiveRow(Cholesky(), [positive]),
    PrimitiveRow(
      Cholesky(), "none", [.fixed([2, 2], [1, 2, 2, 1])], smooth: []),
    PrimitiveRow(form(left: true, lower: true), [square, .real([3, 2])], linear: [[1]]),
    PrimitiveRow(
      form(left: false, lower: false, transposed: true), "right, upper, transposed",
      [square, .real([2, 3])], linear: [[1]]),
    PrimitiveRow(
      form(left: true, lower: false, unit: true), "unit diagonal", [square, .real([3, 2])],
      linear: [[1]]),
    PrimitiveRow(QR(isFull: false), [square]),
    PrimitiveRow(QR(isFull: false), "tall", [.real([4, 2])]),
    PrimitiveRow(QR(isFull: false), "wide", [.real([2, 4])]),
    PrimitiveRow(QR(isFull: true), "full", [.real([4, 2])], smooth: []),
    PrimitiveRow(Eigh(), [positive], tolerance: 1e-6),
    PrimitiveRow(SVD(isFull: false), [square], tolerance: 1e-6),
    PrimitiveRow(SVD(isFull: false), "tall", [.real([4, 2])], tolerance: 1e-6),
    PrimitiveRow(SVD(isFull: false), "wide", [.real([2, 4])], tolerance: 1e-6),
    PrimitiveRow(SVD(isFull: true), "full", [.real([4, 2])], smooth: []),
  ]
}
