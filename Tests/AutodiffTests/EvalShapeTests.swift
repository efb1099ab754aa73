import Autodiff
import Testing

@Test func evalShapeComputesNothing() throws {
  let huge = Tensor(ShapeDtype([1 << 20, 1 << 20]))
  let result = try evalShape({ (x: Tensor) in sum(matmul(x, x), axes: [1]) }, huge)
  #expect(result.type == ShapeDtype([1 << 20]))
  #expect(!result.isConcrete)
  #expect(
    errorText { _ = try result.item(as: Float.self) }.hasPrefix("item: element count is 1048576"))
}

@Test func evalShapeReportsErrors() {
  #expect(
    errorText {
      _ = try evalShape(
        { (x: Tensor, y: Tensor) in matmul(x, y) }, Tensor(ShapeDtype([2, 3])),
        Tensor(ShapeDtype([4, 5])))
    }.contains("lhs f32[2,3] axis 1 = 3, rhs f32[4,5] axis 0 = 4"))
}

@Test func gradientsOfAbstractTensorsHaveTypes() throws {
  let gradient = try grad { (x: Tensor) in sum(sin(x) * x) }(Tensor(ShapeDtype([3, 2])))
  #expect(gradient.type == ShapeDtype([3, 2]))
}
