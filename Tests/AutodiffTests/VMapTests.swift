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

@Test func vmapTakesTreesOfAxes() throws {
  let parameters = ["w": Tensor([[1.0, 2], [3, 4], [5, 6]]), "x": Tensor([1.0, 10])]
  func f(_ p: [String: Tensor]) -> [String: Tensor] {
    let (w, x): (Tensor, Tensor) = (p["w"] ?? 0, p["x"] ?? 0)
    return ["y": w * x, "s": sum(x)]
  }
  let result = try vmap(inAxes: ["w": 0, "x": nil], outAxes: ["y": 1, "s": nil], f)(parameters)
  try expectEqual(result["y"] ?? 0, Tensor([[1.0, 3, 5], [20, 40, 60]]))
  try expectEqual(result["s"] ?? 0, Tensor(11.0))
  let lists = try vmap(inAxes: [[0, 1], nil]) { (a: [Tensor], b: Tensor) in a[0] + sum(a[1]) + b }(
    [Tensor([1.0, 2]), Tensor([[1.0, 2], [3, 4]])], Tensor(100.0))
  try expectEqual(lists, Tensor([105.0, 108]))
  let (first, second) = try vmap(outAxes: [0, 1]) { (x: Tensor) in (x + 1, stack([x, x * 2])) }(
    Tensor([1.0, 2, 3]))
  try expectEqual(first, Tensor([2.0, 3, 4]))
  #expect(second.shape == [2, 3])
}

@Test func vmapTakesASizeWhereNothingIsMapped() throws {
  let x = Tensor(2.0)
  let y = try vmap(inAxes: nil, axisSize: 3, axisName: "i") { (x: Tensor) in
    x * axisIndex("i").cast(to: .float32)
  }(x)
  try expectEqual(y, Tensor([0.0, 2, 4]))
  #expect(
    errorText { _ = try vmap(inAxes: nil) { (x: Tensor) in x }(x) } == """
      vmap: no tensor of the arguments is mapped over an axis
      hint: give an axis in inAxes, or the number of members as axisSize
      """)
  #expect(
    errorText { _ = try vmap(axisSize: 4) { (x: Tensor) in x }(v) }
      == "vmap: axisSize is 4, expected 3, argument f32[3] axis 0 = 3")
  #expect(
    errorText { _ = try vmap(inAxes: ["a": 0]) { (p: [String: Tensor]) in p }(["b": v]) } == """
      vmap: the axes ["a": 0] do not fit the structure at ['b']
      hint: give one axis for all, or one for each argument
      """)
  #expect(
    errorText { _ = try vmap(outAxes: nil) { (x: Tensor) in x }(v) } == """
      vmap: a result of axis nil differs from member to member, result f32[]
      hint: give it an output axis, or reduce it over the axis with psum or pmean
      """)
}
