/// A value made of tensors: a tensor, an array, dictionary or optional of trees, or your own type.
///
/// Transforms take and return trees: they see the tensors in order, and everything else in the value
/// stays as it is. A type conforms by presenting its parts, each under a key:
///
///     struct Layer: TensorTree {
///       var kernel: Tensor
///       var bias: Tensor?
///       mutating func visitTensors(_ visitor: inout TensorVisitor) {
///         visitor.visit(.field("kernel"), &kernel)
///         visitor.visit(.field("bias"), &bias)
///       }
///     }
///
/// Other stored properties stay as they are; those that decide what is computed are presented by
/// `visitor.visit(fixed: rate)`. The order and keys must depend on the structure alone, not on the
/// tensors' values.
public protocol TensorTree {
  /// Presents each part to `visitor`, always in the same order.
  mutating func visitTensors(_ visitor: inout TensorVisitor)
}

/// One step from a tree to a part of it.
public enum TreeKey: Hashable, Sendable, CustomStringConvertible {
  /// A dictionary's key.
  case key(String)
  /// A place in an array or tuple.
  case index(Int)
  /// A stored property.
  case field(String)

  /// The step as JAX prints it: `['kernel']`, `[0]` or `.kernel`.
  public var description: String {
    switch self {
    case .key(let key): "['\(key)']"
    case .index(let index): "[\(index)]"
    case .field(let name): ".\(name)"
    }
  }
}

/// The steps from a tree to a tensor in it; prints like `['params']['Dense_0']['kernel']`.
public struct TreePath: Hashable, Sendable, CustomStringConvertible {
  /// The steps, outermost first.
  public var keys: [TreeKey]

  /// Creates a path of steps.
  public init(_ keys: [TreeKey] = []) { self.keys = keys }

  /// The steps one after the other, as `jax.tree_util.keystr` prints them.
  public var description: String { keys.map(\.description).joined() }
}

extension Tensor: TensorTree {
  /// Presents itself.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.leaf(&self) }
}

extension Array: TensorTree where Element: TensorTree {
  /// Presents the elements in order.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for index in indices {
      guard visitor.isReading else {
        visitor.visit(.index(index), &self[index])
        continue
      }
      var element = self[index]
      visitor.visit(.index(index), &element)
    }
  }
}

extension Optional: TensorTree where Wrapped: TensorTree {
  /// Presents the value, if there is one, under no key of its own.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { self?.visitTensors(&visitor) }
}

extension Dictionary: TensorTree where Key == String, Value: TensorTree {
  /// Presents the values in the order of their sorted keys, as JAX does.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for key in keys.sorted() {
      guard var value = self[key] else { continue }
      visitor.visit(.key(key), &value)
      if !visitor.isReading { self[key] = value }
    }
  }
}

/// A tree without tensors, for functions that return nothing of interest.
public struct EmptyTree: TensorTree, Hashable, Sendable {
  /// Creates the empty tree.
  public init() {}
  /// Presents nothing.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {}
}
