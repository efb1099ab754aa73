import Autodiff
import Testing

private let x = Tensor([1.0, 2, 3], dtype: .float64)

private func f(_ x: Tensor) -> Tensor {
  let parts = unstack(x)
  return stack([
    parts[0] * parts[1], sin(parts[2]), parts[0] * parts[0] * parts[2], parts[1],
  ])
}

@Test func jacobiansByColumnsAndByRowsAgree() throws {
  let expected = Tensor(
    [[2, 1, 0], [0, 0, -0.9899924966004454], [6, 0, 1], [0, 1, 0]], dtype: .float64)
  try expectEqual(jacfwd { f($0) }(x), expected)
  try expectEqual(jacrev { f($0) }(x), expected)
  try expectEqual(jit(jacrev { f($0) })(x), expected)
}

@Test func hessianOfAProduct() throws {
  try expectEqual(
    hessian { (x: Tensor) in prod(x) }(x),
    Tensor([[0.0, 3, 2], [3, 0, 1], [2, 1, 0]], dtype: .float64))
}

@Test func linearFunctionsAreTransposed() throws {
  let m = Tensor([[1.0, 2], [3, 4], [5, 6]], dtype: .float64)
  let transposed = try linearTranspose(
    { (x: Tensor) in matmul(m, x) }, Tensor(ShapeDtype([2], .float64)))
  try expectEqual(transposed(x), Tensor([22.0, 28], dtype: .float64))
  #expect(
    errorText { _ = try linearTranspose({ (x: Tensor) in sin(x) }, x)(x) }
      == "sin: there is no transpose rule")
}
