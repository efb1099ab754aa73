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
  let variableCount: Int

  /// Follows the views of a graph. Constants that are themselves traced are not allowed.
  init(_ graph: Graph) {
    variableCount = graph.types.count
    references = Array(repeating: nil, count: graph.types.count)
    for variable in graph.inputs { define(variable, graph.types[variable]) }
    for equation in graph.equations {
      if equation.outputs.count == 1, equation.inputs.count == 1,
        let source = reference(equation.inputs[0]),
        let layout = equation.operation.view(source.layout)
      {
        let variable = equation.outputs[0]
        references[variable] = Reference(
          base: source.base, layout: layout, dtype: graph.types[variable].dtype)
      } else {
        for variable in equation.outputs { define(variable, graph.types[variable]) }
      }
    }
    for output in graph.outputs { _ = reference(output) }
  }

  private mutating func define(_ variable: Int, _ type: ShapeDtype) {
    references[variable] = Reference(
      base: variable, layout: Layout(contiguous: type.shape), dtype: type.dtype)
  }

  /// Where an operand is; adds a constant to the table when it is first met.
  mutating func reference(_ atom: Atom) -> Reference? {
    switch atom {
    case .variable(let variable): return references[variable]
    case .constant(let tensor):
      guard let array = tensor.array else { return nil }
      let index = constants.firstIndex { $0 === array }
      if index == nil { constants.append(array) }
      return Reference(
        base: variableCount + (index ?? constants.count - 1), layout: array.layout,
        dtype: array.dtype)
    }
  }
}
