extension Graph {
  /// The same computation with divisions by a repeated value made products with its reciprocal.
  ///
  /// One division serves all elements that share the divisor: a row of a softmax, a parameter's update. The
  /// result may differ in the last bit; and where the divisor is so small (below 2^-128 in float32) that
  /// its reciprocal is infinite, it is infinite or NaN.
  func multiplyingByReciprocals() -> Graph {
    var result = self
    result.equations = []
    var broadcasts: [Int: Equation] = [:]
    var reciprocals: [Int: Atom] = [:]

    /// The reciprocal of a divisor that is a repeated value; nil if it is none.
    func reciprocal(_ atom: Atom) -> Atom? {
      switch atom {
      case .constant(let tensor):
        guard let array = tensor.array, array.count > 1, array.uniformStride == 0 else {
          return nil
        }
        let element = Tensor(array.view(.scalar, strides: []))
        guard let inverse = Div()(one(element.type), element).array else { return nil }
        return .constant(Tensor(inverse.broadcast(to: array.shape, axes: [])))
      case .variable(let variable):
        if let known = reciprocals[variable] { return known }
        guard let broadcast = broadcasts[variable] else { return nil }
        let source = broadcast.inputs[0]
        let type = self.type(of: source)
        guard type.elementCount * 4 <= types[variable].elementCount else { return nil }
        let inverse = result.append(Div(), [.constant(one(type)), source], type)
        let repeated = result.append(broadcast.operation, [inverse], types[variable])
        reciprocals[variable] = repeated
        return repeated
      }
    }

    func one(_ type: ShapeDtype) -> Tensor { Tensor(NDArray.filled(1, type)) }

    for equation in equations {
      if equation.operation is BroadcastInDim { broadcasts[equation.outputs[0]] = equation }
      if equation.operation is Div,
        [.float32, .float64].contains(types[equation.outputs[0]].dtype),
        let inverse = reciprocal(equation.inputs[1])
      {
        result.equations.append(
          Equation(
            operation: Mul(), inputs: [equation.inputs[0], inverse], outputs: equation.outputs))
      } else {
        result.equations.append(equation)
      }
    }
    result.removeUnused()
    return result
  }
}
