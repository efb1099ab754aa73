import Autodiff
import Testing

/// A user's own structure, with what stays as it is.
private struct Layer: TensorTree {
  var kernel: Tensor
  var bias: Tensor?
  var name = "layer"

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("kernel"), &kernel)
    visitor.visit(.field("bias"), &bias)
  }
}

/// Texts of paths are those of `jax.tree_util.keystr`.
@Suite("Trees")
struct TreeTests {
  private let x = Tensor([1.0, 2])

  @Test("paths print as in JAX")
  func paths() {
    let parameters = ["params": ["Dense_0": ["kernel": x, "bias": x]]]
    #expect(
      treeLeavesWithPath(parameters).map(\.path.description) == [
        "['params']['Dense_0']['bias']", "['params']['Dense_0']['kernel']",
      ])
    #expect(treeStructure([[x], [x, x]]).map(\.description) == ["[0][0]", "[1][0]", "[1][1]"])
    #expect(
      treeStructure(["a": [Layer(kernel: x, bias: x)]]).map(\.description) == [
        "['a'][0].kernel", "['a'][0].bias",
      ])
    #expect(treeStructure(TreePair(x, ["b": x])).map(\.description) == ["[0]", "[1]['b']"])
    #expect(treeStructure(x).map(\.description) == [""])
  }

  @Test("what is absent has no leaf")
  func optionals() {
    #expect(treeLeaves(Layer(kernel: x, bias: nil)).count == 1)
    #expect(treeLeaves([x, nil, x] as [Tensor?]).count == 2)
    #expect(treeLeaves(EmptyTree()).isEmpty)
    #expect(treeLeaves(Static(3)).isEmpty)
    #expect(treeLeaves([[Tensor]]()).isEmpty)
  }

  @Test("maps keep the structure and all else")
  func maps() throws {
    let layer = Layer(kernel: x, bias: x * 10, name: "first")
    let doubled = treeMap(layer) { $0 * 2 }
    try expectEqual(doubled.kernel, x * 2)
    #expect(doubled.name == "first")
    let sums = treeMap(layer, doubled, layer) { $0 + $1 - $2 }
    try expectEqual(try #require(sums.bias), x * 20)
    var seen: [String] = []
    let named = treeMapWithPath(["a": x, "b": x]) { path, leaf in
      seen.append("\(path)")
      return path.keys == [.key("b")] ? leaf * 0 : leaf
    }
    #expect(seen == ["['a']", "['b']"])
    try expectEqual(try #require(named["b"]), Tensor([0.0, 0]))
    try expectEqual(treeReduce(layer, Tensor(0.0)) { $0 + sum($1) }, Tensor(33.0))
  }

  @Test("flattening and unflattening")
  func flattening() throws {
    let tree = ["b": [x, x * 2], "a": [x * 3]]
    let leaves = treeLeaves(tree)
    try expectEqual(leaves[0], x * 3)
    let rebuilt = treeUnflatten(tree, leaves.map { $0 + 1 })
    try expectEqual(try #require(rebuilt["b"])[1], x * 2 + 1)
    #expect(
      errorText { _ = try withErrors { treeUnflatten(tree, [self.x]) } }
        == "treeUnflatten: number of leaves is 1, expected 3")
  }

  @Test("one vector for all tensors, and back")
  func raveling() throws {
    let layer = Layer(kernel: Tensor([[1.0, 2], [3, 4]]), bias: Tensor([5, 6]))
    let (vector, unravel) = ravel(layer)
    try expectEqual(vector, Tensor([1.0, 2, 3, 4, 5, 6]))
    #expect(vector.dtype == .float32)
    let back = unravel(vector * 2)
    try expectEqual(back.kernel, Tensor([[2.0, 4], [6, 8]]))
    // Each tensor gets its dtype back.
    #expect(back.bias?.dtype == .int32)
    #expect(ravel(EmptyTree()).vector.shape == [0])
    #expect(
      errorText { _ = try withErrors { unravel(self.x) } }
        == "ravel: the vector must have the size of the tree, vector f32[2], tree f32[6]")
  }

  @Test("trees of other structures can't be mapped together")
  func mismatches() {
    func text(_ a: some TensorTree, _ b: some TensorTree) -> String {
      errorText { _ = try withErrors { treeLeaves(treeMap(a, b) { $0 + $1 }) } }
    }
    #expect(
      text(["a": x, "b": x], ["a": x, "c": x])
        == "treeMap: the trees' structures differ: ['b'] and ['c']")
    #expect(
      text(["a": x, "b": x], ["a": x]) == "treeMap: the trees' structures differ: ['b'] and nothing"
    )
    #expect(text(x, [x]) == "treeMap: the trees' structures differ: one tensor and [0]")
  }

  @Test("transforms take and give any tree")
  func underTransforms() throws {
    let layer = Layer(kernel: x, bias: x * 3)
    func loss(_ l: Layer) -> Tensor { sum(l.kernel * (l.bias ?? 1)) }
    let gradient = try grad { (l: Layer) in loss(l) }(layer)
    try expectEqual(gradient.kernel, x * 3)
    #expect(gradient.name == "layer")
    let compiled = try jit { (l: Layer) in treeMap(l) { $0 * 2 } }(layer)
    try expectEqual(try #require(compiled.bias), x * 6)
    let mapped = try vmap { (l: Layer) in ["s": loss(l)] }(
      Layer(kernel: Tensor.ones([3, 2]), bias: Tensor.ones([3, 2])))
    try expectEqual(try #require(mapped["s"]), Tensor([2.0, 2, 2]))
    let scanned = try scan(layer, ["x": Tensor.ones([3, 2])]) { l, slice in
      (treeMap(l) { $0 + (slice["x"] ?? 0) }, [l.kernel])
    }
    try expectEqual(scanned.carry.kernel, x + 3)
    #expect(scanned.outputs[0].shape == [3, 2])
  }
}
