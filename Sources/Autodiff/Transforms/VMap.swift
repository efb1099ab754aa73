/// Gives the function that maps `function` over an axis of its argument.
///
/// Every tensor of the argument is mapped over axis `inAxes`, and all sizes there must agree; each
/// tensor of the result gets the mapped axis at `outAxes`. Operations run once, on the whole batch.
/// Mirrors `jax.vmap`.
public func vmap<T: TensorTree, U: TensorTree>(
  inAxes: Int = 0, outAxes: Int = 0, _ function: @escaping (T) throws -> U
) -> (T) throws -> U {
  { argument in
    try mapped(
      treeLeavesWithPath(argument).map { ($0.path, $0.leaf, inAxes) }, outAxes
    ) { try function(treeReplacingLeaves(argument, $0)) }
  }
}

/// Gives the function that maps `function` over axes of its arguments.
///
/// An axis of nil passes the argument whole to every member.
public func vmap<A: TensorTree, B: TensorTree, U: TensorTree>(
  inAxes: (Int?, Int?) = (0, 0), outAxes: Int = 0, _ function: @escaping (A, B) throws -> U
) -> (A, B) throws -> U {
  { a, b in
    let first = treeLeavesWithPath(a)
    return try mapped(
      first.map { ($0.path, $0.leaf, inAxes.0) }
        + treeLeavesWithPath(b).map { ($0.path, $0.leaf, inAxes.1) }, outAxes
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
  inAxes: (Int?, Int?, Int?) = (0, 0, 0), outAxes: Int = 0,
  _ function: @escaping (A, B, C) throws -> U
) -> (A, B, C) throws -> U {
  { a, b, c in
    let counts = (treeLeaves(a).count, treeLeaves(b).count)
    return try mapped(
      treeLeavesWithPath(a).map { ($0.path, $0.leaf, inAxes.0) }
        + treeLeavesWithPath(b).map { ($0.path, $0.leaf, inAxes.1) }
        + treeLeavesWithPath(c).map { ($0.path, $0.leaf, inAxes.2) }, outAxes
    ) { leaves in
      try function(
        treeReplacingLeaves(a, Array(leaves[..<counts.0])),
        treeReplacingLeaves(b, Array(leaves[counts.0..<counts.0 + counts.1])),
        treeReplacingLeaves(c, Array(leaves[(counts.0 + counts.1)...])))
    }
  }
}

private func mapped<U: TensorTree>(
  _ inputs: [(path: TreePath, leaf: Tensor, axis: Int?)], _ outAxis: Int,
  _ function: ([Tensor]) throws -> U
) throws -> U {
  try withErrors {
    var size: Int?
    var sizeSource: TensorError.Operand?
    var axes: [Int?] = []
    for (path, leaf, axis) in inputs {
      guard let axis else {
        axes.append(nil)
        continue
      }
      let label = "argument\(path)"
      guard let resolved = leaf.shape.resolve(axes: [axis])?.first else {
        throw TensorError(
          "vmap", .axisOutOfRange(axis: axis, rank: leaf.rank), [.init(label, leaf.type)])
      }
      let operand = TensorError.Operand(label, leaf.type, axis: resolved)
      let own = leaf.shape.dimensions[resolved]
      if let size, let sizeSource, size != own {
        throw TensorError("vmap", .sizesDiffer(what: "mapped sizes"), [sizeSource, operand])
      }
      size = own
      sizeSource = operand
      axes.append(resolved)
    }
    guard let size else {
      throw TensorError("vmap", .other("no tensor of the arguments is mapped over an axis"))
    }
    let trace = BatchTrace(size: size)
    let output = try function(zip(inputs, axes).map { trace.join($0.leaf, $1) })
    return treeMap(output) { leaf in
      let (stacked, axis) = trace.split(leaf)
      let target = outAxis < 0 ? outAxis + leaf.rank + 1 : outAxis
      guard (0...leaf.rank).contains(target) else {
        record(
          TensorError(
            "vmap", .axisOutOfRange(axis: outAxis, rank: leaf.rank + 1),
            [.init("result", leaf.type)]))
        return stacked
      }
      guard let axis else { return insertAxis(stacked, at: target, size: size) }
      return moveAxis(stacked, from: axis, to: target)
    }
  }
}
