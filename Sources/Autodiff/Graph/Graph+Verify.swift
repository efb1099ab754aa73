extension Graph {
  /// What is wrong with the graph; nil if it is well formed.
  ///
  /// Every variable must be defined once, before it is used, and every equation must give the types
  /// that its operation infers. Weak types may have become strong.
  package func defect() -> String? {
    var isDefined = [Bool](repeating: false, count: types.count)
    func define(_ variable: Int, _ place: String) -> String? {
      guard types.indices.contains(variable) else { return "\(place) is no variable" }
      if isDefined[variable] { return "\(place) is defined twice" }
      isDefined[variable] = true
      return nil
    }
    func use(_ atom: Atom, _ place: String) -> String? {
      guard case .variable(let variable) = atom else { return nil }
      return types.indices.contains(variable) && isDefined[variable]
        ? nil : "\(place) is used before it is defined"
    }
    for (index, variable) in inputs.enumerated() {
      if let text = define(variable, "input \(index)") { return text }
    }
    for (index, equation) in equations.enumerated() {
      let name = "equation \(index), \(Swift.type(of: equation.operation).name)"
      for (place, atom) in equation.inputs.enumerated() {
        if let text = use(atom, "\(name): operand \(place)") { return text }
      }
      for (place, variable) in equation.outputs.enumerated() {
        if let text = define(variable, "\(name): result \(place)") { return text }
      }
      if let text = typeDefect(equation) { return "\(name): \(text)" }
    }
    for (index, atom) in outputs.enumerated() {
      if let text = use(atom, "output \(index)") { return text }
    }
    return nil
  }

  private func typeDefect(_ equation: Equation) -> String? {
    let inferred: [ShapeDtype]
    do throws(TensorError) {
      inferred = try equation.operation.infer(equation.inputs.map(type(of:)))
    } catch { return "\(error)" }
    let stated = equation.outputs.map { types[$0] }
    guard inferred.count == stated.count else {
      return "\(stated.count) results, but the operation gives \(inferred.count)"
    }
    for (index, (a, b)) in zip(inferred, stated).enumerated()
    where a.shape != b.shape || a.dtype != b.dtype {
      return "result \(index) is \(b), but the operation gives \(a)"
    }
    return nil
  }

  /// The graph itself, in debug builds after a check that the pass which made it left it well formed.
  ///
  /// A graph in which an error has been recorded has placeholders and is not looked at.
  func verified(after pass: StaticString) -> Graph {
    #if DEBUG
    if ErrorBoundary.current?.first == nil, let defect = defect() {
      fatalError("the graph is malformed after \(pass): \(defect)\n\(self)")
    }
    #endif
    return self
  }
}
