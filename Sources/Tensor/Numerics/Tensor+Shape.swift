extension Tensor {
  /// Gives the elements another shape, in the same row-major order.
  ///
  /// One size may be -1: it is computed from the others.
  public func reshaped(to shape: Shape) -> Tensor {
    let known = shape.dimensions.filter { $0 != -1 }.reduce(1, *)
    guard shape.dimensions.count(where: { $0 == -1 }) == 1, known > 0 else {
      return shape == self.shape ? self : bind(Reshape(shape), self)
    }
    return bind(Reshape(Shape(shape.map { $0 == -1 ? elementCount / known : $0 })), self)
  }

  /// Puts the axes in another order, in which axis `axes[i]` comes as axis i; reverses without.
  public func transposed(_ axes: [Int]? = nil) -> Tensor {
    let axes = axes ?? Array(shape.indices.reversed())
    let order = axes.map { $0 < 0 ? $0 + rank : $0 }
    return order == Array(shape.indices) ? self : bind(Transpose(order), self)
  }

  /// Converts the elements to another type.
  ///
  /// Floats to integers truncate and saturate, NaN gives 0; to bool asks whether it is not 0.
  public func cast(to dtype: DType) -> Tensor { converted(dtype) }

  /// Repeats along axes of size 1 and new leading axes to `shape`, by NumPy's rules.
  public func broadcast(to shape: Shape) -> Tensor {
    guard self.shape.broadcast(with: shape) == shape else {
      record(
        TensorError(
          "broadcast", .shapesDiffer,
          [.init("operand", type), .init("target", type.with(shape: shape))]))
      return .placeholder(type.with(shape: shape))
    }
    return expanded(to: shape)
  }

  /// Inserts an axis of size 1 so that it is axis `axis` of the result.
  public func expandingAxis(_ axis: Int) -> Tensor {
    let index = axis < 0 ? axis + rank + 1 : axis
    guard (0...rank).contains(index) else {
      record(
        TensorError(
          "expandingAxis", .axisOutOfRange(axis: axis, rank: rank + 1), [.init("operand", type)]))
      return self
    }
    return bind(Reshape(shape.inserting(1, at: index)), self)
  }

  /// Removes axes of size 1: those named, or all.
  public func squeezed(_ axes: [Int]? = nil) -> Tensor {
    let chosen = axes ?? shape.indices.filter { shape.dimensions[$0] == 1 }
    guard let resolved = shape.resolve(axes: chosen),
      resolved.allSatisfy({ shape.dimensions[$0] == 1 })
    else {
      record(
        TensorError(
          "squeezed",
          .argumentInvalid(name: "axes", value: "\(chosen)", expected: "axes of size 1"),
          [.init("operand", type)]))
      return self
    }
    return resolved.isEmpty ? self : bind(Reshape(shape.removing(resolved)), self)
  }
}

/// Moves an axis to another place; the others keep their order.
package func moveAxis(_ x: Tensor, from source: Int, to target: Int) -> Tensor {
  if source == target { return x }
  var order = Array(x.shape.indices)
  order.insert(order.remove(at: source), at: target)
  return bind(Transpose(order), x)
}

/// Repeats the tensor along a new axis.
package func insertAxis(_ x: Tensor, at axis: Int, size: Int) -> Tensor {
  let shape = x.shape.inserting(size, at: axis)
  return bind(BroadcastInDim(shape, axes: shape.indices.filter { $0 != axis }), x)
}
