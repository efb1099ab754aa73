/// What each variable of a graph is made of: memory of its own, or a view of another's.
///
/// Constants are numbered after the variables, so that one number names either.
struct ValueTable {
  /// A place in memory: that of a base value, and how it is read there.
  struct Reference {
    let base: Int
    /// Relative to the base's first element; a computed base is contiguous.
    let layout: Layout
    let dtype: DType
  }

  private(set) var references: [Reference?]
  private(set) var constants: [NDArray] = []
  private var constantIndices: [ObjectIdentifier: Int] = [:]
  let variableCount: Int

  /// Follows the views of a graph, all of whose constants are concrete.
  init(_ graph: Graph) {
    variableCount = graph.types.count
    references = Array(repeating: nil, count: graph.types.count)
    for variable in graph.inputs { define(variable, graph.types[variable]) }
    for equation in graph.equations {
      equation.inputs.forEach { addConstant($0) }
      if equation.outputs.count == 1, let first = equation.inputs.first,
        let layout = equation.operation.view(self[first].layout)
      {
        let source = self[first]
        let variable = equation.outputs[0]
        references[variable] = Reference(
          base: source.base, layout: layout, dtype: graph.types[variable].dtype)
      } else {
        for variable in equation.outputs { define(variable, graph.types[variable]) }
      }
    }
    graph.outputs.forEach { addConstant($0) }
  }

  private mutating func define(_ variable: Int, _ type: ShapeDtype) {
    references[variable] = Reference(
      base: variable, layout: Layout(contiguous: type.shape), dtype: type.dtype)
  }

  private mutating func addConstant(_ atom: Atom) {
    guard case .constant(let tensor) = atom, let array = tensor.array,
      constantIndices[ObjectIdentifier(array)] == nil
    else { return }
    constantIndices[ObjectIdentifier(array)] = constants.count
    constants.append(array)
  }

  /// Where an operand is.
  subscript(atom: Atom) -> Reference {
    switch atom {
    case .variable(let variable):
      if let reference = references[variable] { return reference }
    case .constant(let tensor):
      if let array = tensor.array, let index = constantIndices[ObjectIdentifier(array)] {
        return Reference(base: variableCount + index, layout: array.layout, dtype: array.dtype)
      }
    }
    preconditionFailure("a graph's operands are defined before they are used")
  }

  /// Whether a variable is a view of another's memory.
  func isView(_ variable: Int) -> Bool { references[variable]?.base != variable }
}
