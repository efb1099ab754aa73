extension LiftError: CustomStringConvertible {
  /// The message: the line of JAX or Flax, then the path, the facts, and a hint.
  public var description: String {
    var lines = [summary]
    if let path { lines.append("path: \(path)") }
    lines += details
    if let hint { lines.append("hint: \(hint)") }
    return lines.joined(separator: "\n")
  }

  /// The first line, in the words of JAX or Flax where these have any.
  public var summary: String {
    switch fact {
    case .sizeUnknown:
      "\(transform == "vmap" ? "axis_size" : "length") should be specified manually."
    case .sizesDiffer(let given, let axes):
      if transform == "vmap" {
        "vmap got inconsistent sizes for array axes to be mapped:"
      } else if let given {
        "\(transform) got `length` argument of \(given) which disagrees with leading axis sizes "
          + "[\(sizes(axes))]."
      } else {
        "\(transform) got values with different leading axis sizes: \(sizes(axes))."
      }
    case .axesMisfit(let name, _, _):
      name == "outAxes"
        ? "\(transform) out_axes specification must be a tree prefix of the corresponding value; "
        : "pytree structure error: different lengths of tuple at key path"
    case .differsByMember(let name, _, let axis):
      "at vmap out_axes\(name.first == "[" ? name : " of \(name)"), got axis spec None but output "
        + "was batched on axis \(axis)"
    case .carryType:
      "\(transform) body function carry input and carry output must have equal types, but they "
        + "differ:"
    case .carryStructure:
      "\(transform) body function carry input and carry output must have the same pytree "
        + "structure, but they differ:"
    case .dependsOnStep: "broadcasted variable has a data dependency on the scan body."
    case .axisMissing: "variableAxes of a scan must be integers."
    case .sharedOutputUnchecked: "an output of axis nil needs checkConstancyInvariants."
    case .condition(let type):
      "cond_fun must return a boolean scalar, but got output type(s) [\(named(type))]."
    case .branchType: "\(branches) must have equal output types but they differ."
    case .branchStructure:
      "\(transform) branch outputs must have the same pytree structure, but they differ:"
    case .choice(let value, let type):
      transform == "cond"
        ? "Pred must be a scalar, got \(value) of shape \(tuple(type.shape))."
        : "Index type must be an integer, got \(value) as \(named(type))"
    case .branchesMissing: "Expected at least one branch, got none."
    case .valueNotScalar(let shape):
      "grad can only work on functions with scalar-valued outputs. out shape=\(tuple(shape))"
    case .cotangent(_, let found, let expected):
      "unexpected JAX type (e.g. shape/dtype) for argument to VJP function: got \(named(found)), "
        + "but expected \(named(expected)) because the corresponding output of the differentiated "
        + "function had JAX type \(named(expected))"
    case .tangent(_, let found, let expected):
      found.shape != expected.shape
        ? "jvp called with different primal and tangent shapes;Got primal shape "
          + "\(tuple(expected.shape)) and tangent shape as \(tuple(found.shape))"
        : "primal and tangent arguments to jax.jvp do not match; dtypes must be equal."
    case .notRepeatable: "\(transform): the function must give what it takes."
    case .equalKeys(let key): "\(transform): two functions have the same key \(key)."
    case .notCalled: "\(transform): the function was not called."
    }
  }

  private var details: [String] {
    switch fact {
    case .sizesDiffer(let given, let axes):
      (given.map { [(transform == "vmap" ? "axisSize" : "length") + ": \($0)"] } ?? [])
        + axes.map { "\($0)" }
    case .axesMisfit(let name, let axes, let place): ["\(name): \(axes)", "no axis for: \(place)"]
    case .differsByMember(let name, let type, _):
      [name.first == "[" ? "result\(name.dropFirst(3)): \(type)" : "\(name): \(type)"]
    case .carryType(let name, let before, let after):
      ["carry input: \(name) \(before)", "carry output: \(name) \(after)"]
    case .carryStructure(let before, let after):
      ["only in the carry input: \(list(before))", "only in the carry output: \(list(after))"]
    case .dependsOnStep(let name): ["shared by all steps: \(name)"]
    case .branchType(let name, let branch, let first, let other):
      ["branch 0: \(name) \(first)", "branch \(branch): \(name) \(other)"]
    case .branchStructure(let branch, let first, let other):
      ["only in branch 0: \(list(first))", "only in branch \(branch): \(list(other))"]
    case .cotangent(let name, let found, let expected),
      .tangent(let name, let found, let expected):
      ["\(name): \(found)", "value: \(expected)"]
    case .notRepeatable(let given, let taken):
      ["takes: \(list(taken))", "gives: \(list(given))"]
    default: []
    }
  }

  private var hint: String? {
    switch fact {
    case .sizeUnknown:
      transform == "vmap"
        ? "no argument or variable is mapped over an axis: pass axisSize"
        : "there is no argument or variable to loop over: pass length"
    case .sizesDiffer: "give what is the same for all of them the axis nil"
    case .axesMisfit(let name, _, _):
      "give \(name) one axis for all, or one for each \(name == "inAxes" ? "argument" : "result")"
    case .differsByMember:
      "give it an axis, or make it the same for all members by psum or pmean over an axisName"
    case .carryType(_, let before, let after):
      before.shape == after.shape
        ? "convert it with cast(to: .\(before.dtype.name))" : "keep its shape from step to step"
    case .carryStructure(let before, let after):
      (before + after).contains { $0.hasPrefix("variable") }
        ? "make variables before the loop, or take their collection out of what it carries"
        : "give the carry the same parts after each step"
    case .dependsOnStep: "it must not depend on the carry or the inputs: give it an axis"
    case .axisMissing: "collections that all steps share go into variableBroadcast"
    case .condition: "compare the carry with something, as in carry .< 10"
    case .branchType: "convert one with cast(to:), or give it the other's shape"
    case .branchStructure(_, let first, let other):
      (first + other).contains { $0.hasPrefix("variable") }
        ? "call all branches once when initializing, if isMutableCollection(\"params\")"
        : "give all branches the same structure"
    case .choice: transform == "cond" ? "reduce it with all or any" : "cast it to int32"
    case .valueNotScalar: "reduce it with sum or mean"
    case .cotangent: "give the cotangent the type of the value, as ones(like: y) has"
    case .tangent: "give the tangent the type of the argument, as ones(like: x) has"
    case .notRepeatable: "it takes one carry and gives the next"
    case .equalKeys: "let static: tell them apart"
    default: nil
    }
  }

  private var branches: String { transform == "switch" ? "switch branches" : "cond branches" }
}

private func sizes(_ axes: [TensorError.Operand]) -> String {
  axes.map { operand in operand.axis.map { "\(operand.type.shape[$0])" } ?? "?" }
    .joined(separator: ", ")
}

private func list(_ names: [String]) -> String {
  names.isEmpty ? "nothing" : names.joined(separator: ", ")
}

/// The type as JAX prints it: `float32[3,4]`.
private func named(_ type: ShapeDtype) -> String {
  "\(type.dtype.name)[\(type.shape.map(String.init).joined(separator: ","))]"
}

/// The shape as Python prints a tuple: `(3,)`, `(3, 4)`.
private func tuple(_ shape: Shape) -> String {
  shape.rank == 1
    ? "(\(shape.dimensions[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
}
