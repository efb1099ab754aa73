/// Lets loops compute values anew that another loop has had, where that moves less memory.
///
/// A loop whose operand is an elementwise function of what lies in memory anyway need not read it: the
/// loop that had it first then need not write it. So of an activation only its argument is kept
/// for the gradient, and of a normalization only its input and the statistics of each row.
struct Rematerialization {
  private(set) var graph: Graph
  private(set) var table: ValueTable
  private let units: [Fusion.Unit]
  private let clusters: [Cluster]
  private var maker: [Int: Cluster] = [:]
  /// The loops that read each base value, by place; -1 stands for all else that does.
  private var readers: [Int: Set<Int>] = [:]

  /// What moving an element of 4 bytes to or from memory costs, in kernel calls an element.
  private static let streamCost = 6.0
  init(_ graph: Graph, _ table: ValueTable, _ units: [Fusion.Unit]) {
    self.graph = graph
    self.table = table
    self.units = units
    clusters = units.compactMap { if case .loop(let cluster) = $0 { cluster } else { nil } }
    for (place, cluster) in clusters.enumerated() {
      for variable in cluster.levels.keys { maker[variable] = cluster }
      for equation in cluster.equations { note(graph.equations[equation].inputs, place) }
    }
    for case .operation(let index) in units { note(graph.equations[index].inputs, -1) }
    note(graph.outputs, -1)
  }

  private mutating func note(_ atoms: [Atom], _ reader: Int) {
    for atom in atoms { readers[table[atom].base, default: []].insert(reader) }
  }

  /// Changes the loops, and the equations that they are made of.
  mutating func run() {
    for (place, cluster) in clusters.enumerated() {
      for (source, wanted) in operands(of: cluster) {
        if !take(wanted, from: source, into: cluster, place) {
          for variable in wanted { _ = take([variable], from: source, into: cluster, place) }
        }
      }
    }
    dropUnused()
  }

  /// Takes out of the loops what nothing reads any more.
  private func dropUnused() {
    var isRead = Set(graph.outputs.map { table[$0].base })
    func read(_ equation: Int) {
      isRead.formUnion(graph.equations[equation].inputs.map { table[$0].base })
    }
    for unit in units.reversed() {
      switch unit {
      case .operation(let index): read(index)
      case .loop(let cluster):
        var kept: [Int] = []
        for index in cluster.equations.reversed() {
          let output = graph.equations[index].outputs[0]
          if isRead.contains(output) {
            kept.append(index)
            read(index)
          } else {
            cluster.levels[output] = nil
          }
        }
        cluster.equations = kept.reversed()
      }
    }
  }

  /// The values that a loop reads at the very place where another loop made them, by that loop.
  private func operands(of cluster: Cluster) -> [(source: Cluster, wanted: [Int])] {
    var groups: [(source: Cluster, wanted: [Int])] = []
    var seen = Set<Int>()
    for equation in cluster.equations {
      for atom in graph.equations[equation].inputs {
        let base = table[atom].base
        guard cluster.levels[base] == nil, let source = maker[base], source.space == cluster.space,
          source.levels[base] == .full, seen.insert(base).inserted
        else { continue }
        if let group = groups.firstIndex(where: { $0.source === source }) {
          groups[group].wanted.append(base)
        } else {
          groups.append((source, [base]))
        }
      }
    }
    return groups.map { group in
      (group.source, group.wanted.filter { isReadInPlace($0, by: cluster) })
    }
  }

  private func isReadInPlace(_ base: Int, by cluster: Cluster) -> Bool {
    cluster.equations.allSatisfy { equation in
      graph.equations[equation].inputs.allSatisfy { atom in
        let reference = table[atom]
        return reference.base != base
          || reference.layout.isContiguous && reference.layout.offset == 0
            && reference.layout.shape.significant == cluster.space
            && reference.dtype == graph.types[base].dtype
      }
    }
  }

  // MARK: One decision

  /// Computes some values of `source` in `cluster` too, if that is cheaper; says whether it is.
  private mutating func take(
    _ wanted: [Int], from source: Cluster, into cluster: Cluster, _ place: Int
  ) -> Bool {
    guard !wanted.isEmpty, let (equations, leaves) = derivation(of: wanted, in: source) else {
      return false
    }
    var saved = 0.0
    for variable in wanted {
      // Read here; and written there, unless something else needs it.
      saved += weight(of: variable)
      if readers[variable]?.subtracting([place]).allSatisfy({ reads($0, source) }) ?? true {
        saved += weight(of: variable)
      }
    }
    let already = Set(
      cluster.equations.flatMap { graph.equations[$0].inputs.map { table[$0].base } })
    for leaf in leaves where !already.contains(leaf.base) {
      saved -= weight(of: leaf, in: source.space)
    }
    let work = equations.reduce(0) { $0 + graph.kernelCalls(of: $1) }
    guard saved * Self.streamCost > work else { return false }
    copy(equations, wanted, into: cluster)
    for variable in wanted { readers[variable]?.remove(place) }
    for leaf in leaves { readers[leaf.base, default: []].insert(place) }
    return true
  }

  private func reads(_ reader: Int, _ source: Cluster) -> Bool {
    reader >= 0 && clusters[reader] === source
  }

  /// The bytes of an element, in units of 4.
  private func weight(of variable: Int) -> Double {
    Double(graph.types[variable].dtype.byteSize) / 4
  }

  /// As above, for an operand that may be repeated along some axes.
  private func weight(of leaf: ValueTable.Reference, in space: [Int]) -> Double {
    let sizes = zip(leaf.layout.shape.significant, leaf.layout.significantStrides)
    let count = sizes.reduce(1) { $1.1 == 0 ? $0 : $0 * $1.0 }
    return Double(leaf.dtype.byteSize) / 4 * Double(count) / Double(space.reduce(1, *))
  }

  /// The equations of a loop by which values follow from memory, in order, and the operands there.
  private func derivation(
    of wanted: [Int], in source: Cluster
  ) -> (equations: [Int], leaves: [ValueTable.Reference])? {
    var needed = Set(wanted)
    var equations: [Int] = []
    var leaves: [Int: ValueTable.Reference] = [:]
    for index in source.equations.reversed() {
      let equation = graph.equations[index]
      guard let output = equation.outputs.first, needed.contains(output) else { continue }
      for atom in equation.inputs {
        let reference = table[atom]
        switch source.levels[reference.base] {
        case .full:
          // A copy of the equation reads the variable itself, not its bits as another type.
          guard reference.dtype == graph.types[reference.base].dtype else { return nil }
          needed.insert(reference.base)
        case .row, nil: leaves[reference.base] = reference
        case .terminal: return nil
        }
      }
      equations.append(index)
    }
    return (equations.reversed(), Array(leaves.values))
  }

  /// Puts copies of equations at the head of a loop, which reads their results from then on.
  private mutating func copy(_ equations: [Int], _ wanted: [Int], into cluster: Cluster) {
    var copies: [Int: Int] = [:]
    var added: [Int] = []
    func renamed(_ atom: Atom) -> Atom {
      copies[table[atom].base].map { .variable($0) } ?? atom
    }
    for index in equations {
      let equation = graph.equations[index]
      let output = equation.outputs[0]
      let inputs = equation.inputs.map(renamed)
      let variable = graph.addVariable(graph.types[output])
      table.append(graph.types[output])
      copies[output] = variable
      cluster.levels[variable] = .full
      maker[variable] = cluster
      added.append(graph.equations.count)
      graph.equations.append(
        Equation(operation: equation.operation, inputs: inputs, outputs: [variable]))
    }
    for index in cluster.equations {
      let equation = graph.equations[index]
      let inputs = equation.inputs.map { atom -> Atom in
        wanted.contains(table[atom].base) ? renamed(atom) : atom
      }
      graph.equations[index] = Equation(
        operation: equation.operation, inputs: inputs, outputs: equation.outputs)
    }
    cluster.equations = added + cluster.equations
  }
}

extension Graph {
  /// What an equation of a loop costs an element, in calls of a simple kernel: 6 for a transcendental
  /// function.
  func kernelCalls(of equation: Int) -> Double {
    let equation = equations[equation]
    let cost = equation.operation.cost(
      equation.inputs.map(type(of:)), equation.outputs.map { types[$0] })
    return cost.transcendentals > 0 ? 6 : 1
  }
}
