extension NDArray {
  /// How this array lies in its memory.
  package var layout: Layout { Layout(shape, strides: strides) }

  /// A view of the same memory; the layout's offset counts from this array's first element.
  package func view(_ layout: Layout, isWeak: Bool? = nil) -> NDArray {
    view(layout.shape, strides: layout.strides, offset: layout.offset, isWeak: isWeak)
  }

  /// The axes in another order; `permutation[i]` is the axis that becomes axis i.
  package func transposed(_ permutation: [Int]) -> NDArray { view(layout.transposed(permutation)) }

  /// The array repeated to `shape`; axis i of it becomes axis `axes[i]`.
  package func broadcast(to shape: Shape, axes: [Int]) -> NDArray {
    view(layout.broadcast(to: shape, axes: axes))
  }

  /// The elements from `start` in steps of `step`, an axis each.
  package func sliced(start: [Int], step: [Int], to shape: Shape) -> NDArray {
    view(layout.sliced(start: start, step: step, to: shape))
  }

  /// The order of `axes` turned round.
  package func reversed(_ axes: [Int]) -> NDArray { view(layout.reversed(axes)) }

  /// The elements in the same order under another shape: a view where the strides allow it.
  package func reshaped(to target: Shape) -> NDArray {
    if isContiguous { return view(target, strides: nil) }
    if count > 0, let layout = layout.reshaped(to: target) { return view(layout) }
    return contiguous().view(target, strides: nil)
  }

  /// The part at an index of the leading axis.
  package func member(_ index: Int) -> NDArray {
    let strides = strides
    return view(
      shape.removing([0]), strides: Array(strides.dropFirst()), offset: index * strides[0])
  }

  /// Copies the elements in row-major order to memory that has room for them.
  package func copy(into address: UnsafeMutableRawPointer) {
    let target = NDArray(
      view: address, owner: self, dtype: dtype, shape, strides: nil, isWeak: isWeak)
    convert(into: target)
  }

  /// The real and imaginary parts of complex elements along one more axis, the last.
  package var parts: NDArray {
    let source = contiguous()
    return NDArray(
      view: source.data, owner: source, dtype: dtype.realDType, Shape(shape.dimensions + [2]),
      strides: nil, isWeak: isWeak)
  }

  /// The complex elements whose parts this array has along its last axis.
  package var joined: NDArray {
    let source = contiguous()
    return NDArray(
      view: source.data, owner: source, dtype: dtype.complexDType,
      Shape(Array(shape.dimensions.dropLast())), strides: nil, isWeak: isWeak)
  }
}
