import CKernels

/// The partition of a graph's equations into loops and single operations.
///
/// Goes through the equations in order; each elementwise operation or reduction joins the loops that
/// make its operands, or one that reads the same memory, where the index spaces agree and no value
/// would have to be whole before its loop is done.
struct Fusion {
  /// A loop or an operation on its own.
  enum Unit {
    case loop(Cluster)
    case operation(Int)

    /// The equations that it does.
    var equations: [Int] {
      switch self {
      case .operation(let index): [index]
      case .loop(let cluster): cluster.equations
      }
    }
  }

  private let graph: Graph
  let table: ValueTable
  /// The unit that makes each base value, by variable.
  private var makers: [Int: Int] = [:]
  /// Units by number; one that has been merged into another points to it.
  private var units: [Unit] = []
  private var mergedInto: [Int: Int] = [:]
  /// The base values that each unit reads from memory that it does not make.
  private var reads: [Set<Int>] = []
  /// The loops that read each base value, in the order in which they first did.
  private var readers: [Int: [Int]] = [:]
  /// The most loops that an equation is offered for reading the same memory.
  private static let mostSiblings = 4
  private var lastEquation: [Int] = []
  private var firstEquation: [Int] = []

  init(_ graph: Graph) {
    self.graph = graph
    table = ValueTable(graph)
    for (index, equation) in graph.equations.enumerated() { place(index, equation) }
  }

  /// The units in an order in which they can run.
  func ordered() -> [Unit] {
    var order: [Unit] = []
    var visited = Set<Int>()
    func visit(_ unit: Int) {
      guard visited.insert(unit).inserted else { return }
      for base in reads[unit].sorted() {
        if let maker = makers[base].map(representative), maker != unit { visit(maker) }
      }
      order.append(units[unit])
    }
    for unit in units.indices where mergedInto[unit] == nil { visit(unit) }
    return order
  }

  // MARK: Placing one equation

  private mutating func place(_ index: Int, _ equation: Equation) {
    // The readers of a view read its base.
    if equation.outputs.count == 1, table.isView(equation.outputs[0]) { return }
    let references = equation.inputs.map { table[$0] }
    let types = equation.inputs.map(graph.type(of:))
    if equation.outputs.count == 1, !types.isEmpty,
      (types + [graph.types[equation.outputs[0]]]).allSatisfy({ $0.elementCount > 0 }),
      let kernel = equation.operation.loopKernel(types)
    {
      let variable = equation.outputs[0]
      switch kernel {
      case .reduce(_, _, let axes):
        if placeReduction(index, variable, types[0].shape, axes, references[0]) { return }
      default:
        placeMap(index, variable, references)
        return
      }
    }
    append(.operation(index), index, reads: Set(references.map(\.base)), makes: equation.outputs)
  }

  private mutating func placeMap(_ index: Int, _ variable: Int, _ inputs: [ValueTable.Reference]) {
    let shape = graph.types[variable].shape.significant
    for unit in candidates(inputs) {
      guard case .loop(let cluster) = units[unit], let level = cluster.level(ofResult: shape),
        cluster.reads(inputs, at: level) != nil
      else { continue }
      if join(unit, index, variable, level, inputs) { return }
    }
    let cluster = Cluster(
      space: shape, split: nil, equation: index, variable: variable, level: .full)
    append(.loop(cluster), index, reads: Set(inputs.map(\.base)), makes: [variable])
  }

  private mutating func placeReduction(
    _ index: Int, _ variable: Int, _ shape: Shape, _ axes: [Int], _ input: ValueTable.Reference
  ) -> Bool {
    let space = shape.significant
    // The reduced axes, counted without those of size 1.
    var reduced: [Int] = []
    var position = 0
    for (axis, size) in shape.enumerated() where size != 1 {
      if axes.contains(axis) { reduced.append(position) }
      position += 1
    }
    guard let first = reduced.first, let last = reduced.last, reduced.count == last - first + 1
    else { return false }
    let isWhole = reduced.count == space.count
    let split: Int
    let level: Cluster.Level
    if isWhole {
      // Small ones stay in the loop; large ones are cut into pieces for the threads.
      level = shape.elementCount <= 1 << 13 ? .row : .terminal
      split = 0
    } else if last == space.count - 1 {
      (split, level) = (first, .row)
    } else if first == 0 {
      (split, level) = (last + 1, .terminal)
    } else {
      return false
    }
    for unit in candidates([input]) {
      guard case .loop(let cluster) = units[unit], cluster.space == space,
        isWhole && level == .terminal || cluster.split == nil || cluster.split == split,
        cluster.reads([input], at: .full) != nil
      else { continue }
      let before = cluster.split
      if !(isWhole && level == .terminal) { cluster.split = split }
      if join(unit, index, variable, level, [input]) { return true }
      cluster.split = before
    }
    let cluster = Cluster(
      space: space, split: isWhole && level == .terminal ? nil : split, equation: index,
      variable: variable, level: level)
    append(.loop(cluster), index, reads: [input.base], makes: [variable])
    return true
  }

  /// The loops that an equation may join: those that make its operands, all merged into one if that
  /// can be, then those that read the same memory.
  private mutating func candidates(_ inputs: [ValueTable.Reference]) -> [Int] {
    var makers: [Int] = []
    for input in inputs {
      guard let maker = self.makers[input.base].map(representative), case .loop = units[maker],
        !makers.contains(maker)
      else { continue }
      makers.append(maker)
    }
    if makers.count > 1 {
      var merged = makers[0]
      for other in makers.dropFirst() { merged = merge(merged, other) ?? merged }
      makers = [merged] + makers.filter { representative($0) != merged }
    }
    makers = makers.map(representative)
    var siblings = Set<Int>()
    for base in Set(inputs.map(\.base)) {
      // The latest of each base's readers: the latest of all are among them.
      var found = 0
      for unit in (readers[base] ?? []).reversed().lazy.map(representative)
      where !makers.contains(unit) {
        if siblings.insert(unit).inserted { found += 1 }
        if found == Self.mostSiblings { break }
      }
    }
    return makers + siblings.sorted(by: >).prefix(Self.mostSiblings)
  }

  // MARK: Units

  private mutating func append(_ unit: Unit, _ index: Int, reads: Set<Int>, makes: [Int]) {
    for variable in makes { makers[variable] = units.count }
    if case .loop = unit { note(reads, of: units.count) }
    units.append(unit)
    self.reads.append(reads)
    firstEquation.append(index)
    lastEquation.append(index)
  }

  private mutating func note(_ bases: some Sequence<Int>, of loop: Int) {
    for base in bases where readers[base]?.last != loop { readers[base, default: []].append(loop) }
  }

  private func representative(_ unit: Int) -> Int {
    var unit = unit
    while let next = mergedInto[unit] { unit = next }
    return unit
  }

  /// Adds an equation to a loop, unless one of its other operands needs the loop's results.
  private mutating func join(
    _ unit: Int, _ index: Int, _ variable: Int, _ level: Cluster.Level,
    _ inputs: [ValueTable.Reference]
  ) -> Bool {
    guard case .loop(let cluster) = units[unit] else { return false }
    let outside = inputs.map(\.base).filter { cluster.levels[$0] == nil }
    guard !outside.contains(where: { needs($0, unit) }) else { return false }
    cluster.equations.append(index)
    cluster.levels[variable] = level
    reads[unit].formUnion(outside)
    note(outside, of: unit)
    makers[variable] = unit
    lastEquation[unit] = max(lastEquation[unit], index)
    return true
  }

  /// Makes two loops over the same space one, unless one needs the other's results.
  private mutating func merge(_ a: Int, _ b: Int) -> Int? {
    guard a != b, case .loop(let first) = units[a], case .loop(let second) = units[b],
      first.space == second.space,
      first.split == nil || second.split == nil || first.split == second.split,
      !reads[a].contains(where: { second.levels[$0] != nil || needs($0, b) }),
      !reads[b].contains(where: { first.levels[$0] != nil || needs($0, a) })
    else { return nil }
    first.split = first.split ?? second.split
    first.equations = (first.equations + second.equations).sorted()
    first.levels.merge(second.levels) { level, _ in level }
    reads[a].formUnion(reads[b])
    note(reads[b], of: a)
    lastEquation[a] = max(lastEquation[a], lastEquation[b])
    firstEquation[a] = min(firstEquation[a], firstEquation[b])
    mergedInto[b] = a
    return a
  }

  /// Whether making the base value takes results of the unit.
  private func needs(_ base: Int, _ unit: Int) -> Bool {
    var visited = Set<Int>()
    func reaches(_ base: Int) -> Bool {
      guard let maker = makers[base].map(representative) else { return false }
      if maker == unit { return true }
      // What was finished before the unit began can't need it.
      guard lastEquation[maker] > firstEquation[unit], visited.insert(maker).inserted else {
        return false
      }
      return reads[maker].contains(where: reaches)
    }
    return reaches(base)
  }
}

extension Cluster {
  /// The level that a result of this shape has; nil if it does not fit the space.
  func level(ofResult shape: [Int]) -> Level? {
    if shape == space { return .full }
    if let split, shape == Array(space[..<split]) { return .row }
    return nil
  }

  /// How an operation at `level` gets each operand; nil if one can't be had inside the loop.
  func reads(_ inputs: [ValueTable.Reference], at level: Level) -> [Operand]? {
    var operands: [Operand] = []
    for input in inputs {
      guard let operand = read(input, at: level) else { return nil }
      operands.append(operand)
    }
    return operands
  }

  /// An operand as the loop sees it.
  enum Operand {
    /// A value made by the loop, at the place where it is being computed.
    case register(Int)
    /// Memory, stepped through by these strides of the space's (or rows') axes.
    case memory(ValueTable.Reference)
  }

  private func read(_ input: ValueTable.Reference, at level: Level) -> Operand? {
    let strides = input.layout.significantStrides
    switch levels[input.base] {
    case nil:
      return .memory(input)
    case .terminal:
      return nil
    case .full:
      // Only where it is read at the very place where it is made.
      guard level == .full, input.layout.shape.significant == space,
        strides == Shape(space).rowMajorStrides, input.layout.offset == 0
      else { return nil }
      return .register(input.base)
    case .row:
      guard let split, input.layout.offset == 0 else { return nil }
      let rows = Shape(Array(space[..<split])).rowMajorStrides
      let shape = input.layout.shape.significant
      if level == .row { return strides == rows ? .register(input.base) : nil }
      guard shape == space, strides == rows + Array(repeating: 0, count: space.count - split)
      else { return nil }
      return .register(input.base)
    }
  }
}
