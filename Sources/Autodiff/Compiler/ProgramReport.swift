/// What a compiled program does, found without running it.
struct ProgramReport {
  /// The number of loops and operations, each of which goes over its operands once.
  var memoryPasses = 0
  /// The bytes that they read and write.
  var bytesAccessed = 0
  /// The bytes of arguments and constants.
  var heldBytes = 0
  /// The most bytes that one run takes at a time besides those.
  var workingBytes = 0
  /// The arguments whose memory results may take.
  var reusableArguments: [Int] = []
  /// One line for each loop or operation.
  var steps: [String] = []

  /// Compiles a graph, all of whose constants are concrete, and looks at the program.
  init(_ graph: Graph) {
    let (compiler, program) = Compiler.plan(graph)
    let simplified = compiler.graph
    heldBytes =
      simplified.inputs.reduce(0) { $0 + simplified.types[$1].byteCount }
      + program.constants.reduce(0) { $0 + $1.byteCount }
    workingBytes = program.workingBytes
    memoryPasses = program.steps.count
    reusableArguments = program.reusable.compactMap { $0 }.sorted()
    for unit in compiler.units {
      bytesAccessed += compiler.bytesAccessed(by: unit)
      steps.append(compiler.text(unit))
    }
  }
}

extension Compiler {
  /// The bytes that a unit reads from memory and writes to it.
  fileprivate func bytesAccessed(by unit: Fusion.Unit) -> Int {
    var read: [Int: Int] = [:]
    let made = Set(unit.equations.flatMap { graph.equations[$0].outputs })
    for equation in unit.equations {
      for atom in graph.equations[equation].inputs where !made.contains(table[atom].base) {
        let reference = table[atom]
        // Axes of stride 0 read the same elements again.
        let count = zip(reference.layout.shape.dimensions, reference.layout.strides)
          .reduce(1) { $1.1 == 0 && $1.0 > 0 ? $0 : $0 * $1.0 }
        let bytes = count * reference.dtype.byteSize
        read[reference.base] = max(read[reference.base] ?? 0, bytes)
      }
    }
    if case .operation(let index) = unit, graph.equations[index].operation is Concatenate {
      // It moves the parts that are not computed in their places.
      return 2 * read.filter { joining.places[$0.key] == nil }.values.reduce(0, +)
    }
    let written = results(of: unit).reduce(0) { $0 + graph.types[$1].byteCount }
    return read.values.reduce(written, +)
  }

  /// A unit in words, such as `loop [64,300]: add, tanh, mul -> f32[64,300]`.
  fileprivate func text(_ unit: Fusion.Unit) -> String {
    let names = unit.equations.map { type(of: graph.equations[$0].operation).name }
    let results = results(of: unit).map { graph.types[$0].description }.joined(separator: ", ")
    switch unit {
    case .operation: return "\(names[0]) -> \(results)"
    case .loop(let cluster):
      let space = cluster.space.map(String.init).joined(separator: ",")
      return "loop [\(space)]: \(names.joined(separator: ", ")) -> \(results)"
    }
  }
}

extension Program {
  /// The most bytes that one run takes at a time: for results, temporaries, and the arrays that steps
  /// make, among them those of loops' bodies.
  var workingBytes: Int {
    let fixed = resultTypes.reduce(temporaryBytes) { $0 + $1.byteCount }
    var made: [Int: Int] = [:]
    var most = 0
    for (step, released) in zip(steps, releases) {
      var inside = 0
      if let step = step as? OperationStep {
        for (slot, type) in zip(step.results, step.outputs) { made[slot] = type.byteCount }
        inside = (step.operation as? any GraphPrimitive)?.workingBytes ?? 0
      }
      most = max(most, made.values.reduce(inside, +))
      for slot in released { made[slot] = nil }
    }
    return fixed + most
  }
}

extension GraphPrimitive {
  /// The most bytes that an evaluation takes besides its results.
  fileprivate var workingBytes: Int {
    (subgraphs.map(\.program.workingBytes).max() ?? 0) + carriedBytes
  }
}

extension ShapeDtype {
  /// The bytes of an array of this type.
  var byteCount: Int { elementCount * dtype.byteSize }
}
