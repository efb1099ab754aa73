extension Graph {
  /// The same computation as it is best compiled: with the least to do, and in the cheapest way.
  func optimized() -> Graph {
    simplified().rearrangingSlices().hoistingOutOfScans().simplified()
  }

  /// The same computation with less to do: equal equations are done once, those that nothing needs
  /// not at all, and chains of reshapes and conversions that change nothing fall away.
  func simplified() -> Graph {
    var graph = inlined().verified(after: "inlining")
      .mergingEqualEquations().verified(after: "merging equal equations")
    graph.removeUnused()
    return graph.verified(after: "dropping what is not used")
  }

  /// Drops the equations whose results don't reach the graph's.
  mutating func removeUnused() {
    var isUsed = [Bool](repeating: false, count: types.count)
    func use(_ atom: Atom) {
      if case .variable(let variable) = atom { isUsed[variable] = true }
    }
    outputs.forEach(use)
    var kept: [Equation] = []
    for equation in equations.reversed() where equation.outputs.contains(where: { isUsed[$0] }) {
      equation.inputs.forEach(use)
      kept.append(equation)
    }
    equations = kept.reversed()
  }

  /// Does each operation on the same operands once; passes over operations that change nothing.
  private func mergingEqualEquations() -> Graph {
    var result = self
    result.equations = []
    var replacement: [Int: Atom] = [:]
    var known: [EquationKey: [Int]] = [:]
    func resolved(_ atom: Atom) -> Atom {
      if case .variable(let variable) = atom, let other = replacement[variable] { return other }
      return atom
    }
    for equation in equations {
      let inputs = equation.inputs.map(resolved)
      if let same = unchanged(equation.operation, inputs, equation.outputs) {
        replacement[equation.outputs[0]] = same
        continue
      }
      let key = EquationKey(equation.operation, inputs)
      if let earlier = known[key] {
        for (variable, other) in zip(equation.outputs, earlier) {
          replacement[variable] = .variable(other)
        }
        continue
      }
      known[key] = equation.outputs
      result.equations.append(
        Equation(operation: equation.operation, inputs: inputs, outputs: equation.outputs))
    }
    result.outputs = outputs.map(resolved)
    return result
  }

  private func isOutput(_ variable: Int) -> Bool {
    outputs.contains { if case .variable(variable) = $0 { true } else { false } }
  }

  /// The operand, if the operation gives it back as it is.
  private func unchanged(
    _ operation: any Primitive, _ inputs: [Atom], _ outputs: [Int]
  ) -> Atom? {
    guard inputs.count == 1, outputs.count == 1 else { return nil }
    let (before, after) = (type(of: inputs[0]), types[outputs[0]])
    guard before.shape == after.shape, before.dtype == after.dtype else { return nil }
    // What the program returns keeps whether its type is weak.
    if before.isWeak != after.isWeak, isOutput(outputs[0]) { return nil }
    // A view of equal shape and a conversion to the same dtype move nothing, transposes excepted.
    if operation is Reshape || operation is BroadcastInDim || operation is ConvertElementType {
      return inputs[0]
    }
    return nil
  }
}

/// An operation and its operands, for finding equal equations.
private struct EquationKey: Hashable {
  private enum Operand: Hashable {
    case variable(Int)
    case array(ObjectIdentifier)
    /// One repeated element: its bits and type, so that equal literals are equal operands.
    case repeated(UInt64, ShapeDtype)
  }

  private let operation: any Primitive
  private let operands: [Operand]

  /// By operands and kind of operation, which tell nearly all equations apart.
  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(type(of: operation)))
    hasher.combine(operands)
  }

  static func == (a: Self, b: Self) -> Bool {
    a.operands == b.operands && AnyHashable(a.operation) == AnyHashable(b.operation)
  }

  init(_ operation: any Primitive, _ inputs: [Atom]) {
    self.operation = operation
    operands = inputs.map { atom in
      switch atom {
      case .variable(let variable): return .variable(variable)
      case .constant(let tensor):
        switch tensor.storage {
        case .tracer(let tracer): return .array(ObjectIdentifier(tracer))
        case .array(let array):
          guard array.count > 0, array.count == 1 || array.uniformStride == 0 else {
            return .array(ObjectIdentifier(array))
          }
          var bits: UInt64 = 0
          withUnsafeMutableBytes(of: &bits) {
            $0.copyMemory(
              from: UnsafeRawBufferPointer(start: array.data, count: array.dtype.byteSize))
          }
          return .repeated(bits, array.type)
        }
      }
    }
  }
}
