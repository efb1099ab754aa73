extension Compiler {
  /// Stops the process, in debug builds, if the plan does not do the graph.
  func verify() {
    #if DEBUG
    guard ErrorBoundary.current?.first == nil else { return }
    if let defect = partitionDefect() ?? memoryDefect() {
      fatalError("the plan is malformed: \(defect)\n\(graph)")
    }
    #endif
  }

  /// What is wrong with the partition into loops and operations; nil if no equation is in two units,
  /// and all that a unit reads, and all results, have been made before.
  func partitionDefect() -> String? {
    var isMade = Set(graph.inputs)
    isMade.formUnion(table.constants.indices.map(ValueTable.base(ofConstant:)))
    var isDone = Set<Int>()
    for (position, unit) in units.enumerated() {
      if let base = readBases(unit).subtracting(isMade).min() {
        return "unit \(position) reads variable \(base), which is not made before"
      }
      for equation in unit.equations {
        guard isDone.insert(equation).inserted else {
          return "equation \(equation) is done twice"
        }
        isMade.formUnion(graph.equations[equation].outputs)
      }
    }
    let missing = graph.outputs.map { table[$0].base }.first { !isMade.contains($0) }
    return missing.map { "variable \($0), a result, is not made" }
  }

  /// What is wrong with the plan of temporary memory; nil if no two values that are needed at one
  /// time share a place.
  func memoryDefect() -> String? {
    var living: [(base: Int, place: Range<Int>)] = []
    for (position, unit) in units.enumerated() {
      for base in results(of: unit) {
        let base = joining.places[base]?.whole ?? base
        guard let slot = slots[base], case .temporary(let start) = homes[slot],
          !living.contains(where: { $0.base == base })
        else { continue }
        let place = start..<start + graph.types[base].byteCount
        if let other = living.first(where: { $0.place.overlaps(place) }) {
          return "variables \(other.base) and \(base) share memory while both are needed"
        }
        living.append((base, place))
      }
      living.removeAll { lastUse[$0.base, default: position] <= position }
    }
    return nil
  }
}
