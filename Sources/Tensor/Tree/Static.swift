/// A value that is no tensor, as a part of a tree: transforms leave it as it is.
///
/// A function compiled by `jit` is compiled anew for another value, and may use it in `if` and `for`.
/// What is called a static argument elsewhere is an argument of this type.
public struct Static<Value: Hashable>: TensorTree, Hashable {
  /// The value.
  public var value: Value

  /// Makes a part of a tree from a value.
  public init(_ value: Value) { self.value = value }

  /// Presents the value as one that decides what is computed.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.visit(fixed: value) }
}

extension Static: Sendable where Value: Sendable {}
