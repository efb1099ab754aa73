/// Gives the function that maps `function` over an axis of its argument.
///
/// Every tensor of the argument is mapped over axis `inAxes`, and all sizes there must agree; each
/// tensor of the result gets the mapped axis at `outAxes`. Both may be a tree of axes, nil for what
/// all members share: `["kernel": nil, "x": 0]`. Operations run once, on the whole batch. `axisSize`
/// is needed where nothing is mapped. Collectives such as ``psum(_:axisName:)`` in `function` mean
/// this axis by its name. Mirrors `jax.vmap`.
public func vmap<T: TensorTree, U: TensorTree>(
  inAxes: ArgumentAxes = 0, outAxes: ArgumentAxes = 0, axisSize: Int? = nil,
  axisName: String? = nil, _ function: @escaping (T) throws -> U
) -> (T) throws -> U {
  { argument in
    try withErrors {
      let inputs = treeLeavesWithPath(argument).map { path, leaf in
        MappedInput("argument\(path)", leaf, axis: inAxes.axis(at: path, "vmap"))
      }
      try checkErrors()
      let size = try mappedSize(
        inputs, given: axisSize, name: "axisSize",
        missing: "no tensor of the arguments is mapped over an axis",
        hint: "give an axis in inAxes, or the number of members as axisSize")
      var template: U?
      let leaves = try vmap(inputs, size: size, axisName: axisName) { leaves in
        let output = try function(treeReplacingLeaves(argument, leaves))
        template = output
        return treeLeavesWithPath(output).map { ($0.leaf, outAxes.axis(at: $0.path, "vmap")) }
      }
      guard let template else { throw TensorError("vmap", .other("the function was not called")) }
      return treeReplacingLeaves(template, leaves)
    }
  }
}

/// Gives the function that maps `function` over axes of its arguments.
///
/// `inAxes` is one axis for both, or a list with one for each: `[0, nil]` passes the second argument
/// whole to every member.
public func vmap<A: TensorTree, B: TensorTree, U: TensorTree>(
  inAxes: ArgumentAxes = 0, outAxes: ArgumentAxes = 0, axisSize: Int? = nil,
  axisName: String? = nil, _ function: @escaping (A, B) throws -> U
) -> (A, B) throws -> U {
  let mapped = vmap(inAxes: inAxes, outAxes: outAxes, axisSize: axisSize, axisName: axisName) {
    (arguments: TreePair<A, B>) in
    try function(arguments.parts.0, arguments.parts.1)
  }
  return { try mapped(TreePair($0, $1)) }
}

/// Gives the function that maps `function` over axes of its arguments.
///
/// `inAxes` is one axis for all, or a list with one for each; nil passes an argument whole.
public func vmap<A: TensorTree, B: TensorTree, C: TensorTree, U: TensorTree>(
  inAxes: ArgumentAxes = 0, outAxes: ArgumentAxes = 0, axisSize: Int? = nil,
  axisName: String? = nil, _ function: @escaping (A, B, C) throws -> U
) -> (A, B, C) throws -> U {
  let mapped = vmap(inAxes: inAxes, outAxes: outAxes, axisSize: axisSize, axisName: axisName) {
    (arguments: TreeTriple<A, B, C>) in
    try function(arguments.parts.0, arguments.parts.1, arguments.parts.2)
  }
  return { try mapped(TreeTriple($0, $1, $2)) }
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

/// The size that all mapped axes have, or the one that was given under a name.
/// - Throws: an error if sizes differ, or there is none.
package func mappedSize(
  _ inputs: [MappedInput], given: Int?, name: String, operation: String = "vmap",
  what: String = "mapped sizes", missing: String, hint: String
) throws -> Int {
  let found = try mappedSize(inputs, operation: operation, what: what)
  guard let size = given ?? found else {
    throw TensorError(operation, .other(missing), hint: hint)
  }
  if let found, found != size {
    throw TensorError(
      operation, .argumentInvalid(name: name, value: "\(size)", expected: "\(found)"),
      inputs.filter { $0.axis != nil }.prefix(1).map {
        .init($0.label, $0.tensor.type, axis: $0.axis)
      })
  }
  return size
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
  defer { trace.isOpen = false }
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
