import Linen
import Optimizers
import Testing
import Training

private struct Point: TensorTree, StateSerializable {
  var x: Tensor
  var y: Tensor
  let meta: [String: Bool]

  init(_ x: Double, _ y: Double, meta: [String: Bool] = [:]) {
    (self.x, self.y, self.meta) = (Tensor(x), Tensor(y), meta)
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("x"), &x)
    visitor.visit(.field("y"), &y)
    visitor.visit(fixed: meta)
  }
}

/// What `flax.struct` gives Python's classes, and Swift's structures have: the part of Flax's
/// tests/struct_test.py that is not about Python's classes.
@Suite struct StructTests {
  private func values(_ point: Point) throws -> [Double] {
    try [point.x.item(), point.y.item()]
  }

  @Test func replacingLeavesTheOriginal() throws {
    let point = Point(1, 2, meta: ["abc": true])
    let moved = point.replacing(\.x, with: Tensor(3.0))
    #expect(try values(moved) == [3, 2])
    #expect(try values(point) == [1, 2])
    #expect(moved.meta == point.meta)
    let state = TrainState.create(["params": ["w": Tensor([1.0])]], optimizer: sgd(0.1))
    let next = state.replacing(\.params, with: ["w": Tensor([2.0])])
    #expect(try toStateDict(next)["params"] == ["w": .tensor(Tensor([2.0]))])
    #expect(try toStateDict(state)["params"] == ["w": .tensor(Tensor([1.0]))])
  }

  @Test func variablesOfAStructureMayChange() throws {
    var point = Point(1, 2)
    point.x = Tensor(3.0)
    #expect(try values(point) == [3, 2])
  }

  @Test func structuresAreTrees() throws {
    let point = Point(1, 2, meta: ["abc": true])
    #expect(try treeLeaves(point).map { try $0.item(as: Double.self) } == [1, 2])
    let doubled = treeMap(point) { $0 + $0 }
    #expect(try values(doubled) == [2, 4])
    #expect(doubled.meta == ["abc": true])
    // A fixed value belongs to the structure: a function compiled for another is not taken.
    let sum = jit { (point: Point) in point.meta["abc"] == true ? point.x + point.y : point.x }
    #expect(try sum(point).item() == 3.0)
    #expect(try sum(Point(1, 2)).item() == 1.0)
  }

  @Test func mismatchesNameTheField() {
    #expect {
      try withErrors { treeMap(["in": Point(1, 2)], ["in": ["x": Tensor(1.0)]]) { $0 + $1 } }
    } throws: {
      "\($0)".contains("['in'].x and ['in']['x']")
    }
  }
}
