import Autodiff
import Testing

private let v = Tensor([0.1, 0.2, 0.3])

@Test func vmapComposesWithGrad() throws {
  try expectEqual(vmap(grad { sin($0) })(v), cos(v))
  try expectEqual(grad { (x: Tensor) in sum(try vmap { sin($0) * $0 }(x)) }(v), cos(v) * v + sin(v))
  try expectEqual(vmap(grad(grad { sin($0) }))(v), -sin(v))
  try expectEqual(
    vmap { (x: Tensor) in try grad { (y: Tensor) in x * y * y }(x) }(v), 2 * v * v)
}

@Test func vmapTakesAxes() throws {
  let a = Tensor([[1.0, 2, 3], [4, 5, 6]])
  let b = Tensor([10.0, 20])
  try expectEqual(vmap(inAxes: 1) { sum($0) }(a), Tensor([5.0, 7, 9]))
  try expectEqual(
    vmap(outAxes: 1) { (x: Tensor) in x * 2 }(a), Tensor([[2.0, 8], [4, 10], [6, 12]]))
  try expectEqual(
    vmap(inAxes: [nil, 0]) { (m: Tensor, x: Tensor) in sum(m) * x }(a, b), Tensor([210.0, 420]))
  try expectEqual(vmap { (x: Tensor) in Tensor(7.0) }(b), Tensor([7.0, 7]))
}

@Test func vmapOfAMatrixProduct() throws {
  let a = Tensor((0..<24).map(Double.init), shape: [2, 3, 4])
  let b = Tensor((0..<40).map(Double.init), shape: [2, 4, 5])
  try expectEqual(vmap { (x: Tensor, y: Tensor) in matmul(x, y) }(a, b), matmul(a, b))
}

@Test func wrongUseOfVmapIsAnError() {
  #expect(
    errorText {
      _ = try vmap { (x: Tensor, y: Tensor) in x + y }(Tensor([1.0, 2]), Tensor([1.0, 2, 3]))
    } == "vmap: mapped sizes differ, argument[0] f32[2] axis 0 = 2, argument[1] f32[3] axis 0 = 3")
  #expect(
    errorText { _ = try vmap(inAxes: 2) { (x: Tensor) in x }(Tensor([1.0])) }
      == "vmap: axis 2 is out of range for rank 1, argument f32[1]")
  #expect(
    errorText { _ = try vmap { (x: Tensor) in try x.item(as: Double.self) > 0 ? x : -x }(v) }
      .hasPrefix("item: the value is read while vmap traces"))
}
