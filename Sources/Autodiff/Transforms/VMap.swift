/// Gives the function that maps `function` over an axis of its argument.
///
/// Every tensor of the argument is mapped over axis `inAxes`, and all sizes there must agree; each
/// tensor of the result gets the mapped axis at `outAxes`. Operations run once, on the whole batch.
/// Collectives such as ``psum(_:axisName:)`` in `function` mean this axis by its name. Mirrors
/// `jax.vmap`.
public func vmap<T: TensorTree, U: TensorTree>(
  inAxes: Int = 0, outAxes: Int = 0, axisName: String? = nil,
  _ function: @escaping (T) throws -> U
) -> (T) throws -> U {
  { argument in
    try mapped(
      treeLeavesWithPath(argument).map { ($0.path, $0.leaf, inAxes) }, outAxes, axisName
    ) { try function(treeReplacingLeaves(argument, $0)) }
  }
}

/// Gives the function that maps `function` over axes of its arguments.
///
/// An axis of nil passes the argument whole to every member.
public func vmap<A: TensorTree, B: TensorTree, U: TensorTree>(
  inAxes: (Int?, Int?) = (0, 0), outAxes: Int = 0, axisName: String? = nil,
  _ function: @escaping (A, B) throws -> U
) -> (A, B) throws -> U {
  { a, b in
    let first = treeLeavesWithPath(a)
    return try mapped(
      first.map { ($0.path, $0.leaf, inAxes.0) }
        + treeLeavesWithPath(b).map { ($0.path, $0.leaf, inAxes.1) }, outAxes, axisName
    ) { leaves in
      try function(
        treeReplacingLeaves(a, Array(leaves[..<first.count])),
        treeReplacingLeaves(b, Array(leaves[first.count...])))
    }
  }
}

/// Gives the function that maps `function` over axes of its arguments.
///
/// An axis of nil passes the argument whole to every member.
public func vmap<A: TensorTree, B: TensorTree, C: TensorTree, U: TensorTree>(
  inAxes: (Int?, Int?, Int?) = (0, 0, 0), outAxes: Int = 0, axisName: String? = nil,
  _ function: @escaping (A, B, C) throws -> U
) -> (A, B, C) throws -> U {
  { a, b, c in
    let counts = (treeLeaves(a).count, treeLeaves(b).count)
    return try mapped(
      treeLeavesWithPath(a).map { ($0.path, $0.leaf, inAxes.0) }
        + treeLeavesWithPath(b).map { ($0.path, $0.leaf, inAxes.1) }
        + treeLeavesWithPath(c).map { ($0.path, $0.leaf, inAxes.2) }, outAxes, axisName
    ) { leaves in
      try function(
        treeReplacingLeaves(a, Array(leaves[..<counts.0])),
        treeReplacingLeaves(b, Array(leaves[counts.0..<counts.0 + counts.1])),
        treeReplacingLeaves(c, Array(leaves[(counts.0 + counts.1)...])))
    }
  }
}

private func mapped<U: TensorTree>(
  _ inputs: [(path: TreePath, leaf: Tensor, axis: Int?)], _ outAxis: Int, _ axisName: String?,
  _ function: ([Tensor]) throws -> U
) throws -> U {
  try withErrors {
    let inputs = inputs.map { MappedInput("argument\($0.path)", $0.leaf, axis: $0.axis) }
    guard let size = try mappedSize(inputs) else {
      throw TensorError("vmap", .other("no tensor of the arguments is mapped over an axis"))
    }
    var template: U?
    let leaves = try vmap(inputs, size: size, axisName: axisName) { leaves in
      let output = try function(leaves)
      template = output
      return treeLeaves(output).map { ($0, outAxis) }
    }
    guard let template else { throw TensorError("vmap", .other("the function was not called")) }
    return treeReplacingLeaves(template, leaves)
  }
}

/// A tensor of the arguments of a mapped function, and the axis to map over; nil for none.
package struct MappedInput {
  /// How messages name it.
  package let label: String
  package let tensor: Tensor
  package let axis: Int?

  package init(_ label: String, _ tensor: Tensor, axis: Int?) {
    self.label = label
    self.tensor = tensor
    self.axis = axis
  }
}

/// The size that all mapped axes have; nil if no axis is mapped.
/// - Throws: an error if sizes differ or a tensor has no such axis.
package func mappedSize(
  _ inputs: [MappedInput], operation: String = "vmap", what: String = "mapped sizes"
) throws -> Int? {
  var found: (size: Int, source: TensorError.Operand)?
  for input in inputs {
    guard let axis = input.axis else { continue }
    guard let resolved = input.tensor.shape.resolve(axes: [axis])?.first else {
      throw TensorError(
        operation, .axisOutOfRange(axis: axis, rank: input.tensor.rank),
        [.init(input.label, input.tensor.type)])
    }
    let operand = TensorError.Operand(input.label, input.tensor.type, axis: resolved)
    let size = input.tensor.shape.dimensions[resolved]
    if let found, found.size != size {
      throw TensorError(operation, .sizesDiffer(what: what), [found.source, operand])
    }
    found = found ?? (size, operand)
  }
  return found?.size
}

/// Does `body` on members of a batch, and stacks each of its results along the axis that it names.
///
/// A result with axis nil must be the same for all members; `varying` makes the error for one that is
/// not, of its number, type and mapped axis. The axes of the inputs are known to be of this size.
package func vmap(
  _ inputs: [MappedInput], size: Int, axisName: String?,
  varying: ((Int, ShapeDtype, Int) -> any Error)? = nil,
  _ body: ([Tensor]) throws -> [(tensor: Tensor, axis: Int?)]
) throws -> [Tensor] {
  let trace = BatchTrace(size: size, axisName: axisName)
  let members = inputs.map { input in
    let axis = input.axis.flatMap { input.tensor.shape.resolve(axes: [$0])?.first }
    return trace.join(input.tensor, axis)
  }
  let results = try NamedAxes.with(trace) { try body(members) }
  return results.enumerated().map { index, part in
    let (result, outAxis) = part
    let (stacked, axis) = trace.split(result)
    guard let outAxis else {
      if let axis {
        record(
          varying?(index, result.type, axis)
            ?? TensorError(
              "vmap", .other("a result of axis nil differs from member to member"),
              [.init("result", result.type)],
              hint: "give it an output axis, or reduce it over the axis with psum or pmean"))
        return .placeholder(result.type)
      }
      return stacked
    }
    let target = outAxis < 0 ? outAxis + result.rank + 1 : outAxis
    guard (0...result.rank).contains(target) else {
      record(
        TensorError(
          "vmap", .axisOutOfRange(axis: outAxis, rank: result.rank + 1),
          [.init("result", result.type)]))
      return stacked
    }
    guard let axis else { return insertAxis(stacked, at: target, size: size) }
    return moveAxis(stacked, from: axis, to: target)
  }
}
