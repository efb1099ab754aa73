/// Turns a graph into a program: simplify, partition into loops and operations, plan memory.
struct Compiler {
  let graph: Graph
  let table: ValueTable
  let units: [Fusion.Unit]
  let joining: Joining
  /// The slot of each base value that has memory.
  private(set) var slots: [Int: Int] = [:]
  private(set) var homes: [Program.Home] = []
  /// The results that may be computed in an argument's memory.
  private var inPlace = Set<Int>()
  /// The arguments in whose memory they are.
  private var overwritten = Set<Int>()
  /// The position of the last unit that reads each base value.
  private(set) var lastUse: [Int: Int] = [:]
  /// Base values that are results of the graph.
  private var kept = Set<Int>()
  /// Values that are read outside the loop that makes them.
  private var needed = Set<Int>()

  /// Compiles a graph, all of whose constants are concrete.
  package static func compile(_ graph: Graph) -> Program { plan(graph).program }

  /// As above; gives the plan too, for those who look at it.
  static func plan(_ graph: Graph) -> (compiler: Compiler, program: Program) {
    var compiler = Compiler(graph.optimized())
    let program = compiler.program()
    return (compiler, program)
  }

  init(_ graph: Graph) {
    let fusion = Fusion(graph)
    let fused = fusion.ordered()
    var rematerialization = Rematerialization(graph, fusion.table, fused)
    rematerialization.run()
    let (graph, table) = (rematerialization.graph, rematerialization.table)
    self.graph = graph
    self.table = table
    // A loop that the C tables can't express is done operation by operation.
    let units = fused.flatMap { unit -> [Fusion.Unit] in
      guard case .loop(let cluster) = unit else { return [unit] }
      guard !cluster.equations.isEmpty else { return [] }
      let builder = LoopBuilder(
        cluster, graph, slot: { _ in 0 }, isNeeded: { _ in false }, table: table,
        layout: { table[.variable($0)].layout })
      return builder.build() == nil ? cluster.equations.map { .operation($0) } : [unit]
    }
    self.units = units
    joining = Joining(graph, table, units)
  }

  mutating func program() -> Program {
    let outputs = graph.outputs.map { table[$0] }
    kept = Set(outputs.map(\.base))
    findUses()
    for (index, variable) in graph.inputs.enumerated() { home(variable, .argument(index)) }
    for index in table.constants.indices {
      home(ValueTable.base(ofConstant: index), .constant(index))
    }
    var resultTypes: [ShapeDtype] = []
    var reusable: [Int?] = []
    var plan = MemoryPlan()
    var places: [Int: Range<Int>] = [:]
    var steps: [any ProgramStep] = []
    var releases: [[Int]] = []
    for (position, unit) in units.enumerated() {
      for variable in results(of: unit) {
        // A part of a concatenation lies in the memory of the whole.
        let owner = joining.places[variable]?.whole ?? variable
        defer { slots[variable] = slots[owner] }
        guard slots[owner] == nil else { continue }
        if makesArrays(unit) {
          home(owner, .made)
        } else if kept.contains(owner) {
          home(owner, .result(resultTypes.count))
          resultTypes.append(graph.types[owner])
          reusable.append(reusableArgument(owner, unit, position, taken: reusable))
          if case let argument?? = reusable.last {
            inPlace.insert(owner)
            overwritten.insert(graph.inputs[argument])
          }
        } else {
          let place = plan.allocate(graph.types[owner].byteCount)
          places[owner] = place
          home(owner, .temporary(place.lowerBound))
        }
      }
      let made = self.steps(unit)
      steps += made
      var released: [Int] = []
      for (base, use) in lastUse where use == position && !kept.contains(base) {
        if let place = places.removeValue(forKey: base) {
          plan.release(place)
        } else if let slot = slots[base], case .made = homes[slot] {
          released.append(slot)
        }
      }
      releases += made.map { _ in [] }
      if !releases.isEmpty { releases[releases.count - 1] += released }
    }
    verify()
    return Program(
      homes: homes, constants: table.constants, steps: steps, releases: releases,
      temporaryBytes: plan.size, resultTypes: resultTypes, reusable: reusable,
      results: zip(outputs, graph.outputTypes).map { reference, type in
        Program.Result(slot: slots[reference.base] ?? 0, layout: reference.layout, type: type)
      })
  }

  private mutating func home(_ base: Int, _ home: Program.Home) {
    slots[base] = homes.count
    homes.append(home)
  }

  /// Finds which values need memory and until when.
  private mutating func findUses() {
    needed = kept
    for (position, unit) in units.enumerated() {
      for base in readBases(unit) {
        needed.insert(base)
        lastUse[base] = position
      }
    }
    // A result that nobody reads is free again at once.
    for (position, unit) in units.enumerated() {
      for variable in results(of: unit) where lastUse[variable] == nil {
        lastUse[variable] = position
      }
    }
  }

  /// An argument in whose memory a result may be computed.
  ///
  /// The loop that makes the result must be the last to read it, read each element only for the
  /// result's element at the same place, and be done with it when that is written.
  private func reusableArgument(
    _ result: Int, _ unit: Fusion.Unit, _ position: Int, taken: [Int?]
  ) -> Int? {
    guard case .loop(let cluster) = unit, cluster.levels[result] == .full,
      let written = cluster.equations.firstIndex(where: {
        graph.equations[$0].outputs[0] == result
      })
    else { return nil }
    let type = graph.types[result]
    return graph.inputs.indices.first { index in
      let argument = graph.inputs[index]
      guard graph.types[argument] == type, lastUse[argument] == position,
        !kept.contains(argument), !taken.contains(index)
      else { return false }
      return cluster.equations.enumerated().allSatisfy { place, equation in
        let reads = graph.equations[equation].inputs.map { table[$0] }
          .filter { $0.base == argument }
        return reads.isEmpty
          || place <= written
            && reads.allSatisfy {
              $0.layout.isContiguous && $0.layout.offset == 0
                && $0.layout.shape.significant == cluster.space
            }
      }
    }
  }

  /// The base values that a unit reads from memory.
  func readBases(_ unit: Fusion.Unit) -> Set<Int> {
    var bases = Set<Int>()
    func add(_ equation: Equation) { bases.formUnion(equation.inputs.map { table[$0].base }) }
    switch unit {
    case .operation(let index): add(graph.equations[index])
    case .loop(let cluster):
      cluster.equations.forEach { add(graph.equations[$0]) }
      bases.subtract(cluster.levels.keys)
    }
    return bases
  }

  /// The base values that a unit writes to memory.
  func results(of unit: Fusion.Unit) -> [Int] {
    switch unit {
    case .operation(let index): return graph.equations[index].outputs
    case .loop(let cluster):
      return cluster.levels.compactMap { variable, level in
        level == .terminal || needed.contains(variable) ? variable : nil
      }.sorted()
    }
  }

  /// Whether the unit's step makes its results' arrays itself, instead of writing to planned memory.
  private func makesArrays(_ unit: Fusion.Unit) -> Bool {
    switch unit {
    case .loop: false
    case .operation(let index):
      !(graph.equations[index].operation is Concatenate)
        && product(graph.equations[index], slot: { _ in 0 }, result: 0) == nil
    }
  }

  // MARK: Steps

  private func steps(_ unit: Fusion.Unit) -> [any ProgramStep] {
    let slots = slots
    func slot(_ base: Int) -> Int { slots[base] ?? 0 }
    switch unit {
    case .loop(let cluster):
      let needed = needed
      let (table, joining, inPlace, overwritten) = (table, joining, inPlace, overwritten)
      let builder = LoopBuilder(
        cluster, graph, slot: slot, isNeeded: { needed.contains($0) }, table: table,
        layout: { joining.layout(of: $0, table) },
        isFresh: { joining.places[$0] == nil && !inPlace.contains($0) },
        isOverwritten: overwritten.contains)
      return builder.build().map { [$0] } ?? []
    case .operation(let index):
      let equation = graph.equations[index]
      if let product = product(equation, slot: slot, result: slot(equation.outputs[0])) {
        return [product]
      }
      if let concatenate = equation.operation as? Concatenate {
        let operands = concatenate.parts(of: equation, graph)
          .filter { joining.places[table[$0.operand].base] == nil }
          .map { (operand($0.operand), $0.layout) }
        return operands.isEmpty
          ? [] : [JoinStep(operands: operands, result: slot(equation.outputs[0]))]
      }
      return [operation(equation)]
    }
  }

  private func product(_ equation: Equation, slot: (Int) -> Int, result: Int) -> ProductStep? {
    guard let operation = equation.operation as? DotGeneral else { return nil }
    return ProductStep(
      operation, table[equation.inputs[0]], table[equation.inputs[1]], slot: slot, result: result,
      layout: joining.layout(of: equation.outputs[0], table))
  }

  private func operation(_ equation: Equation) -> OperationStep {
    OperationStep(
      operation: equation.operation, operands: equation.inputs.map(operand),
      outputs: equation.outputs.map { graph.types[$0] },
      results: equation.outputs.map { slots[$0] ?? 0 })
  }

  private func operand(_ atom: Atom) -> OperationStep.Operand {
    OperationStep.Operand(
      slot: slots[table[atom].base] ?? 0, layout: table[atom].layout, type: graph.type(of: atom))
  }
}
