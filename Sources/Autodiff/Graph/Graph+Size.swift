extension Graph {
  /// The graphs that the equations run: bodies of loops, branches, checkpointed functions.
  package var subgraphs: [Graph] {
    equations.flatMap { equation in
      Mirror(reflecting: equation.operation).children.flatMap { child -> [Graph] in
        if let body = child.value as? Subgraph { return [body.graph] }
        return (child.value as? [Subgraph])?.map(\.graph) ?? []
      }
    }
  }

  /// The number of equations, with those of all subgraphs: what tracing costs.
  package var equationCount: Int {
    subgraphs.reduce(equations.count) { $0 + $1.equationCount }
  }

  /// The number of steps of the compiled program, with those of all subgraphs: what compiling costs.
  package var stepCount: Int {
    subgraphs.reduce(Compiler.compile(self).stepCount) { $0 + $1.stepCount }
  }
}
