@testable import Tensor

extension PrimitiveCatalogue {
  static let reductions: [PrimitiveRow] = [
    PrimitiveRow(ReduceSum(axes: [0, 2]), [.real([2, 3, 4])], linear: [[0]]),
    PrimitiveRow(ReduceSum(axes: [1]), "empty", [.real([2, 0])], linear: [[0]]),
    PrimitiveRow(ReduceProd(axes: [1]), [.real([2, 4])]),
    PrimitiveRow(ReduceProd(axes: [0, 2]), "two axes", [.real([2, 3, 2])]),
    PrimitiveRow(ReduceProd(axes: [0]), "zeros", [.fixed([3, 2], [0, 1, 2, 0, 3, 0])]),
    PrimitiveRow(ReduceMax(axes: [0, 2]), [.distinct([2, 3, 4])]),
    PrimitiveRow(ReduceMin(axes: [1]), [.distinct([2, 4])]),
    PrimitiveRow(ReduceMax(axes: [0]), "ties", [.ties([6])], smooth: []),
    PrimitiveRow(ReduceAnd(axes: [1]), [.bools([3, 2])]),
    PrimitiveRow(ReduceOr(axes: [1]), [.bools([3, 2])]),
    PrimitiveRow(ReduceOr(axes: [0]), "int32", [.integers([3, 2], -20, 20)]),
    PrimitiveRow(ArgMax(axis: 1), [.ties([3, 4])], smooth: []),
    PrimitiveRow(ArgMin(axis: 0), [.ties([3, 4])], smooth: []),
    PrimitiveRow(CumSum(axis: 1), [.real([2, 5])], linear: [[0]]),
    PrimitiveRow(CumSum(axis: 0, reverse: true), "reverse", [.real([5, 2])], linear: [[0]]),
    PrimitiveRow(CumProd(axis: 1), [.real([2, 5])]),
    PrimitiveRow(CumProd(axis: 0, reverse: true), "reverse", [.real([3, 2])]),
    PrimitiveRow(CumMax(axis: 1), [.distinct([2, 5])]),
    PrimitiveRow(CumMin(axis: 0, reverse: true), [.distinct([5, 2])]),
    PrimitiveRow(CumLogSumExp(axis: 1), [.real([2, 5])]),
    PrimitiveRow(CumLogSumExp(axis: 0, reverse: true), "reverse", [.real([5, 2])]),
    PrimitiveRow(Sort(axis: 1), [.distinct([2, 5])]),
    PrimitiveRow(Sort(axis: 0), "with others", [.distinct([5]), .real([5])]),
    PrimitiveRow(
      Sort(axis: 0, keys: 2), "two keys", [.ties([6]), .distinct([6])], smooth: [1]),
    PrimitiveRow(Sort(axis: 0), "NaN, zeros", [.fixed([5], [.nan, 0, -1, -0.0, 2])], smooth: []),
    PrimitiveRow(SoftmaxRule(axes: [1]), [.real([2, 3], 0, 1), .real([2, 3])], smooth: []),
    PrimitiveRow(TopK(2, axis: 1), [.distinct([2, 5])]),
    PrimitiveRow(TopK(3, axis: 0), "ties", [.ties([6, 2])], smooth: []),
  ]
}
