// Tuples can't conform to a protocol; these stand for them where a tree is wanted.

/// Two trees as one, as the tuple of them.
public struct TreePair<A: TensorTree, B: TensorTree>: TensorTree {
  /// The parts.
  public var parts: (A, B)

  /// Joins two trees.
  public init(_ first: A, _ second: B) { parts = (first, second) }

  /// Presents the parts under their places.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.index(0), &parts.0)
    visitor.visit(.index(1), &parts.1)
  }
}

/// Three trees as one, as the tuple of them.
public struct TreeTriple<A: TensorTree, B: TensorTree, C: TensorTree>: TensorTree {
  /// The parts.
  public var parts: (A, B, C)

  /// Joins three trees.
  public init(_ first: A, _ second: B, _ third: C) { parts = (first, second, third) }

  /// Presents the parts under their places.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.index(0), &parts.0)
    visitor.visit(.index(1), &parts.1)
    visitor.visit(.index(2), &parts.2)
  }
}

/// Four trees as one, as the tuple of them.
public struct TreeQuadruple<
  A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree
>: TensorTree {
  /// The parts.
  public var parts: (A, B, C, D)

  /// Joins four trees.
  public init(_ first: A, _ second: B, _ third: C, _ fourth: D) {
    parts = (first, second, third, fourth)
  }

  /// Presents the parts under their places.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.index(0), &parts.0)
    visitor.visit(.index(1), &parts.1)
    visitor.visit(.index(2), &parts.2)
    visitor.visit(.index(3), &parts.3)
  }
}

extension TreePair: Sendable where A: Sendable, B: Sendable {}
extension TreeTriple: Sendable where A: Sendable, B: Sendable, C: Sendable {}
extension TreeQuadruple: Sendable where A: Sendable, B: Sendable, C: Sendable, D: Sendable {}
