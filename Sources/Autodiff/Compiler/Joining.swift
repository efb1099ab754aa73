/// Where values lie that are nothing but parts of a concatenation: in the whole, so that the step that
/// makes one writes it there and nothing moves it.
struct Joining {
  /// A place in the memory of a concatenation.
  struct Place {
    let whole: Int
    let layout: Layout
  }

  private(set) var places: [Int: Place] = [:]

  init(_ graph: Graph, _ table: ValueTable, _ units: [Fusion.Unit]) {
    var reads: [Int: Int] = [:]
    for atom in units.flatMap({ $0.equations }).flatMap({ graph.equations[$0].inputs })
      + graph.outputs
    {
      reads[table[atom].base, default: 0] += 1
    }
    var candidates: [Int: Place] = [:]
    for case .operation(let index) in units {
      guard let concatenate = graph.equations[index].operation as? Concatenate else { continue }
      for (atom, layout) in concatenate.parts(of: graph.equations[index], graph) {
        guard case .variable(let variable) = atom, table[atom].base == variable,
          table[atom].layout.isContiguous, reads[variable] == 1
        else { continue }
        candidates[variable] = Place(whole: graph.equations[index].outputs[0], layout: layout)
      }
    }
    guard !candidates.isEmpty else { return }
    for unit in units {
      places.merge(Self.accepted(candidates, unit, graph, table)) { place, _ in place }
    }
  }

  /// The layout of a value in the memory that it lies in.
  func layout(of variable: Int, _ table: ValueTable) -> Layout {
    places[variable]?.layout ?? table[.variable(variable)].layout
  }

  /// Those of the candidates that the unit makes and can write to their places.
  private static func accepted(
    _ candidates: [Int: Place], _ unit: Fusion.Unit, _ graph: Graph, _ table: ValueTable
  ) -> [Int: Place] {
    switch unit {
    case .operation(let index):
      let equation = graph.equations[index]
      guard let product = equation.operation as? DotGeneral,
        let place = candidates[equation.outputs[0]],
        ProductStep.writes(
          product, table[equation.inputs[0]], table[equation.inputs[1]], place.layout)
      else { return [:] }
      return [equation.outputs[0]: place]
    case .loop(let cluster):
      // The kernels of a loop write rows of elements that follow each other.
      let written = candidates.filter { variable, place in
        cluster.levels[variable] == .full && place.layout.significantStrides.last ?? 1 == 1
      }
      guard !written.isEmpty else { return [:] }
      let builder = LoopBuilder(
        cluster, graph, slot: { _ in 0 }, isNeeded: { written[$0] != nil }, table: table,
        layout: { written[$0]?.layout ?? table[.variable($0)].layout })
      return builder.build() == nil ? [:] : written
    }
  }
}

extension Concatenate {
  /// The operands, and where each lies in the row-major result.
  func parts(of equation: Equation, _ graph: Graph) -> [(operand: Atom, layout: Layout)] {
    let strides = graph.types[equation.outputs[0]].shape.rowMajorStrides
    var place = 0
    return equation.inputs.map { atom in
      let shape = graph.type(of: atom).shape
      defer { place += shape.dimensions[axis] }
      return (atom, Layout(shape, strides: strides, offset: place * strides[axis]))
    }
  }
}

/// A concatenation on planned memory: copies the operands that were not computed in their places.
struct JoinStep: ProgramStep {
  let operands: [(source: OperationStep.Operand, target: Layout)]
  let result: Int

  var label: String {
    "concatenate \(operands.map { "\($0.source.type)" }.joined(separator: " "))"
  }

  func run(_ frame: Frame) {
    for (source, target) in operands where source.type.elementCount > 0 {
      let array = source.array(in: frame)
      let width = source.type.dtype.byteSize
      Copying.copy(
        array,
        into: NDArray(
          view: frame.addresses[result] + target.offset * width, owner: frame,
          dtype: source.type.dtype, target.shape, strides: target.strides))
    }
  }
}
