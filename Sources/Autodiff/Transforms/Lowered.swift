/// What `jit` makes of a function for arguments of some types: a graph, and what its program does.
///
/// Made by `lower`. Mirrors `jax.stages.Lowered` and `Compiled`: `as_text`, `cost_analysis` and
/// `memory_analysis`.
public struct Lowered: CustomStringConvertible {
  private let recorded: Graph
  private let graph: Graph
  private let report: ProgramReport

  init(_ graph: Graph) {
    recorded = graph
    // What is captured from another transform is an argument like the others.
    let closed = graph.hoistingCaptures().graph
    self.graph = closed.simplified()
    report = ProgramReport(closed)
  }

  /// The simplified graph as JAX prints a jaxpr, in a text that depends on the computation alone.
  ///
  ///     { lambda ; a:f32[2] b:f32[2]. let
  ///         c:f32[2] = mul a b
  ///         d:f32[2] = add c a
  ///       in (d,) }
  public var description: String { graph.description }

  /// The graph as it was traced, before it was simplified, in the same form.
  public var tracedDescription: String { recorded.description }

  /// The program, one line for each loop or operation that it runs.
  public var programDescription: String { report.steps.joined(separator: "\n") }

  /// The arithmetic of one call, loops counted once, as XLA's cost analysis counts it.
  public var cost: Cost { graph.cost }

  /// The floating-point and integer operations of one call.
  public var flops: Int { cost.flops }

  /// The number of operations that were traced, before simplification.
  public var tracedEquationCount: Int { recorded.equations.count }

  /// The number of operations of the simplified graph.
  public var equationCount: Int { graph.equations.count }

  /// How often the program goes over memory: the number of its loops and operations.
  public var memoryPasses: Int { report.memoryPasses }

  /// The bytes that the program's loops and operations read and write.
  public var bytesAccessed: Int { report.bytesAccessed }

  /// The most bytes in use at a time during a call: arguments, constants, results, temporaries.
  public var peakBytes: Int { report.heldBytes + report.workingBytes }

  /// The tensors of the arguments, counted in order, whose memory results take if the caller gives
  /// them up: of what is donated, the part that can be used.
  public var reusableArguments: [Int] { report.reusableArguments }

  /// The bytes of arguments and constants.
  public var argumentBytes: Int { report.heldBytes }
}

/// Gives the function that traces `function` and gives the graph as JAX prints a jaxpr.
///
/// The arguments may be abstract. Mirrors `jax.make_jaxpr`.
public func makeJaxpr<T: TensorTree, U: TensorTree>(
  _ function: @escaping (T) throws -> U
) -> (T) throws -> String {
  { argument in
    try withErrors {
      try Graph.record(name: "makeJaxpr", treeLeaves(argument).map(\.type)) {
        treeLeaves(try function(treeReplacingLeaves(argument, $0)))
      }.description
    }
  }
}

/// Gives the function that traces a function of two arguments and gives the graph as text.
public func makeJaxpr<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ function: @escaping (A, B) throws -> U
) -> (A, B) throws -> String {
  {
    try makeJaxpr { (pair: TreePair<A, B>) in try function(pair.parts.0, pair.parts.1) }(
      TreePair($0, $1))
  }
}
