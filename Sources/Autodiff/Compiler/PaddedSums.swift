extension Graph {
  /// The same computation with sums of parts, each padded with zeros to the whole, as concatenations.
  ///
  /// The gradient of a value that was cut into slices is such a sum: a pass over the whole for each
  /// slice, where a copy of each slice does.
  func joiningPaddedSums() -> Graph {
    guard equations.contains(where: { $0.operation is Pad }) else { return self }
    let sums = PaddedSums(self)
    var result = self
    for (place, equation) in equations.enumerated() where equation.operation is Add {
      if let joined = sums.concatenation(for: equation) { result.equations[place] = joined }
    }
    result.removeUnused()
    return result
  }
}

private struct PaddedSums {
  private let graph: Graph
  /// The equation that defines each variable which is an addition or a padded value.
  private var definitions: [Int: Equation] = [:]
  private var uses: [Int: Int] = [:]

  /// A value and where it stands on the one axis along which it is padded.
  private struct Part {
    let value: Atom
    let axis: Int
    let place: Range<Int>
  }

  init(_ graph: Graph) {
    self.graph = graph
    for equation in graph.equations {
      for case .variable(let variable) in equation.inputs { uses[variable, default: 0] += 1 }
      if equation.operation is Add || equation.operation is Pad {
        definitions[equation.outputs[0]] = equation
      }
    }
    for case .variable(let variable) in graph.outputs { uses[variable, default: 0] += 1 }
  }

  /// The equation that does the same as a sum of padded parts; nil if they don't fill the whole.
  func concatenation(for sum: Equation) -> Equation? {
    guard let parts = parts(of: sum)?.sorted(by: { $0.place.lowerBound < $1.place.lowerBound })
    else { return nil }
    let axis = parts[0].axis
    var end = 0
    for part in parts {
      guard part.axis == axis, part.place.lowerBound == end else { return nil }
      end = part.place.upperBound
    }
    let whole = graph.types[sum.outputs[0]]
    guard end == whole.shape.dimensions[axis] else { return nil }
    let concatenate = Concatenate(axis: axis)
    guard let type = try? concatenate.infer(parts.map { graph.type(of: $0.value) }),
      type[0] == whole
    else { return nil }
    return Equation(operation: concatenate, inputs: parts.map(\.value), outputs: sum.outputs)
  }

  private func parts(of sum: Equation) -> [Part]? {
    var parts: [Part] = []
    for operand in sum.inputs {
      guard case .variable(let variable) = operand, let equation = definitions[variable] else {
        return nil
      }
      if let pad = equation.operation as? Pad {
        guard let part = part(pad, equation) else { return nil }
        parts.append(part)
      } else {
        // A sum that is read elsewhere too has to be computed anyway.
        guard uses[variable] == 1, let inner = self.parts(of: equation) else { return nil }
        parts += inner
      }
    }
    return parts
  }

  private func part(_ pad: Pad, _ equation: Equation) -> Part? {
    let axes = pad.low.indices.filter { pad.low[$0] != 0 || pad.high[$0] != 0 }
    guard axes.count == 1, let axis = axes.first, pad.low[axis] >= 0, pad.high[axis] >= 0,
      pad.interior.allSatisfy({ $0 == 0 }), case .constant(let filler) = equation.inputs[1],
      let array = filler.array,
      UnsafeRawBufferPointer(start: array.data, count: array.dtype.byteSize)
        .allSatisfy({ $0 == 0 })
    else { return nil }
    let size = graph.type(of: equation.inputs[0]).shape.dimensions[axis]
    return Part(
      value: equation.inputs[0], axis: axis, place: pad.low[axis]..<pad.low[axis] + size)
  }
}
