/// What each variable of a graph is made of: memory of its own, or a view of another's.
///
/// Constants have negative numbers, so that one number names either.
struct ValueTable {
  /// A place in memory: that of a base value, and how it is read there.
  struct Reference {
    let base: Int
    /// Relative to the base's first element; a computed base has no gaps, and is row-major unless it
    /// is a product that is wanted in another order.
    let layout: Layout
    let dtype: DType
  }

  private(set) var references: [Reference?]
  private(set) var constants: [NDArray] = []
  private var constantIndices: [ObjectIdentifier: Int] = [:]

  /// The number of a constant.
  static func base(ofConstant index: Int) -> Int { -1 - index }

  /// Follows the views of a graph, all of whose constants are concrete.
  init(_ graph: Graph) {
    references = Array(repeating: nil, count: graph.types.count)
    let orders = ValueTable.orders(graph)
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
        if let product = equation.operation as? DotGeneral, let order = orders[equation.outputs[0]]
        {
          reorder(equation, product, order)
        }
      }
    }
    graph.outputs.forEach { addConstant($0) }
  }

  private mutating func define(_ variable: Int, _ type: ShapeDtype) {
    references[variable] = Reference(
      base: variable, layout: Layout(contiguous: type.shape), dtype: type.dtype)
  }

  /// Defines the variable that was added to the graph last, a value of its own.
  mutating func append(_ type: ShapeDtype) {
    references.append(nil)
    define(references.count - 1, type)
  }

  /// The order of its axes in which a value is wanted, where all that read it want the same.
  private static func orders(_ graph: Graph) -> [Int: [Int]] {
    var orders: [Int: [Int]] = [:]
    var others = Set<Int>()
    for case .variable(let variable) in graph.outputs { others.insert(variable) }
    for equation in graph.equations {
      let order = (equation.operation as? Transpose)?.permutation
      for case .variable(let variable) in equation.inputs {
        if let order, orders[variable] ?? order == order {
          orders[variable] = order
        } else {
          others.insert(variable)
        }
      }
    }
    return orders.filter { !others.contains($0.key) }
  }

  /// Lets a product be computed to memory in another order of axes, if it can, so that what reads it
  /// in that order finds its elements one after the other.
  private mutating func reorder(_ equation: Equation, _ product: DotGeneral, _ order: [Int]) {
    let variable = equation.outputs[0]
    guard let reference = references[variable] else { return }
    let shape = reference.layout.shape
    var inverse = order
    for (target, source) in order.enumerated() { inverse[source] = target }
    let ordered = Layout(contiguous: Shape(order.map { shape.dimensions[$0] }))
    let layout = ordered.transposed(inverse)
    guard
      ProductStep.writes(product, self[equation.inputs[0]], self[equation.inputs[1]], layout)
    else { return }
    references[variable] = Reference(base: variable, layout: layout, dtype: reference.dtype)
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
        return Reference(
          base: ValueTable.base(ofConstant: index), layout: array.layout, dtype: array.dtype)
      }
    }
    preconditionFailure("a graph's operands are defined before they are used")
  }

  /// Whether a variable is a view of another's memory.
  func isView(_ variable: Int) -> Bool { references[variable]?.base != variable }
}
