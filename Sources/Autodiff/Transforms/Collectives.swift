/// Sums over the members of the mapped axis `axisName`; every member gets the sum.
///
/// Records an error outside of a `vmap` with an axis of this name. Mirrors `jax.lax.psum`.
public func psum(_ x: Tensor, axisName: String) -> Tensor {
  guard let axis = NamedAxes.find(axisName, for: "psum") else { return x }
  return bind(PSum(axis: axis), x)
}

/// The mean over the members of the mapped axis `axisName`; integers become floats.
///
/// Records an error outside of a `vmap` with an axis of this name. Mirrors `jax.lax.pmean`.
public func pmean(_ x: Tensor, axisName: String) -> Tensor {
  guard let axis = NamedAxes.find(axisName, for: "pmean") else { return x }
  return bind(PSum(axis: axis), x) / Double(axis.size)
}

/// The greatest of the members of the mapped axis `axisName`, element by element.
///
/// Has no derivative. Records an error outside of a `vmap` with an axis of this name. Mirrors
/// `jax.lax.pmax`.
public func pmax(_ x: Tensor, axisName: String) -> Tensor {
  guard let axis = NamedAxes.find(axisName, for: "pmax") else { return x }
  return bind(PExtremum(axis: axis, isMax: true), x)
}

/// The least of the members of the mapped axis `axisName`, element by element.
///
/// Has no derivative. Records an error outside of a `vmap` with an axis of this name. Mirrors
/// `jax.lax.pmin`.
public func pmin(_ x: Tensor, axisName: String) -> Tensor {
  guard let axis = NamedAxes.find(axisName, for: "pmin") else { return x }
  return bind(PExtremum(axis: axis, isMax: false), x)
}

/// Stacks the values of all members of the mapped axis `axisName` along `axis`.
///
/// With `tiled` they are joined along an axis that is there. Records an error outside of a `vmap` with
/// an axis of this name, or if there is no such axis. Mirrors `jax.lax.all_gather`.
public func allGather(
  _ x: Tensor, axisName: String, axis: Int = 0, tiled: Bool = false
) -> Tensor {
  guard let named = NamedAxes.find(axisName, for: "allGather") else { return x }
  let rank = tiled ? x.rank : x.rank + 1
  let place = axis < 0 ? axis + rank : axis
  guard (0..<rank).contains(place) else {
    record(
      TensorError("allGather", .axisOutOfRange(axis: axis, rank: rank), [.init("x", x.type)]))
    return x
  }
  let stacked = moveAxis(bind(AllGather(axis: named), x), from: 0, to: place)
  guard tiled else { return stacked }
  let size = x.shape.dimensions[place]
  return stacked.reshaped(to: x.shape.replacing(place, with: size * named.size))
}

/// The place of the member on the mapped axis `axisName`: an int32 scalar.
///
/// Records an error outside of a `vmap` with an axis of this name. Mirrors `jax.lax.axis_index`.
public func axisIndex(_ axisName: String) -> Tensor {
  guard NamedAxes.find(axisName, for: "axisIndex") != nil, let trace = NamedAxes.trace(axisName)
  else { return Tensor(Int32(0)) }
  return trace.join(arange(0, trace.size, dtype: .int32), 0)
}
