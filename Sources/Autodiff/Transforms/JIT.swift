/// Compiles `function`: each call traces once for new types and structure, then runs a program.
///
/// The function must depend on its arguments' tensors alone; what else it uses is fixed by the first
/// trace. Called inside another transform, it is traced by that. Mirrors `jax.jit`.
public func jit<T: TensorTree, U: TensorTree>(
  _ function: @escaping (T) throws -> U
) -> JITFunction<T, U> {
  JITFunction(function)
}

/// Compiles a function of two arguments.
public func jit<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ function: @escaping (A, B) throws -> U
) -> JITFunction2<A, B, U> {
  JITFunction2(function)
}

/// Compiles a function of three arguments.
public func jit<A: TensorTree, B: TensorTree, C: TensorTree, U: TensorTree>(
  _ function: @escaping (A, B, C) throws -> U
) -> JITFunction3<A, B, C, U> {
  JITFunction3(function)
}

/// A compiled function, and the programs that it has been compiled to.
public final class JITFunction<Input: TensorTree, Output: TensorTree> {
  struct Entry {
    let structure: [AnyHashable]
    let types: [ShapeDtype]
    /// The named axes around the call, whose sizes collectives depend on.
    let axes: [NamedAxis]
    let graph: Graph
    /// Nil where the graph has constants of another transform: it is then done by evaluation.
    let program: Program?
    /// The result, whose tensors have types only.
    let output: Output

    /// The results for tensors of the entry's types; memory that nobody else holds is used again.
    func run(_ leaves: consuming [Tensor], clock: StepClock? = nil) throws -> [Tensor] {
      let isConcrete = leaves.allSatisfy { if case .array = $0.storage { true } else { false } }
      guard let program, isConcrete else {
        return try withErrors { graph.evaluate(leaves) }
      }
      return program.run((consume leaves).compactMap(\.array), clock: clock).map { Tensor($0) }
    }
  }

  /// The most signatures that are kept; the one used longest ago goes first.
  public static var cacheLimit: Int { 64 }

  private let function: (Input) throws -> Output
  /// The most recently used first.
  private var entries: [Entry] = []

  init(_ function: @escaping (Input) throws -> Output) { self.function = function }

  /// The number of signatures that are compiled now.
  public var cacheCount: Int { entries.count }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(_ input: Input) throws -> Output {
    let (leaves, structure) = treeSignature(input)
    let entry = try entry(leaves, structure, input)
    return treeReplacingLeaves(entry.output, try entry.run(leaves))
  }

  /// Traces the function for the input's types and gives the recorded graph, for inspection.
  public func lowered(_ input: Input) throws -> String {
    let (leaves, structure) = treeSignature(input)
    return try entry(leaves, structure, input).graph.simplified().description
  }

  /// Calls the function, and tells how long each step of its program took.
  /// - Throws: what a call would.
  public func profile(_ input: Input) throws -> Profile {
    let (leaves, structure) = treeSignature(input)
    let clock = StepClock()
    _ = try entry(leaves, structure, input).run(leaves, clock: clock)
    return clock.profile
  }

  func entry(
    _ leaves: [Tensor], _ structure: [AnyHashable], _ input: Input
  ) throws -> Entry {
    let axes = NamedAxes.all
    let found = entries.firstIndex { entry in
      entry.types.count == leaves.count && entry.structure == structure && entry.axes == axes
        && zip(entry.types, leaves).allSatisfy { $0 == $1.type }
    }
    if let found {
      if found > 0 { entries.insert(entries.remove(at: found), at: 0) }
      return entries[0]
    }
    let entry = try trace(leaves.map(\.type), structure, axes, input)
    // Places on a named axis are tensors of the running `vmap`, of no use to the next.
    if !axes.isEmpty, entry.program == nil { return entry }
    entries.insert(entry, at: 0)
    if entries.count > Self.cacheLimit { entries.removeLast() }
    return entry
  }

  private func trace(
    _ types: [ShapeDtype], _ structure: [AnyHashable], _ axes: [NamedAxis], _ input: Input
  ) throws -> Entry {
    try withErrors {
      var output: Output?
      let graph = try Graph.record(name: "jit", types) { inputs in
        let result = try function(treeReplacingLeaves(input, inputs))
        output = treeMap(result) { Tensor($0.type) }
        return treeLeaves(result)
      }
      guard let output else { throw TensorError("jit", .other("the function was not called")) }
      try checkErrors()
      return Entry(
        structure: structure, types: types, axes: axes, graph: graph,
        program: graph.isConcrete ? Compiler.compile(graph) : nil, output: output)
    }
  }
}

extension Graph {
  /// Whether every constant has a value, as none captured from an outer transform has.
  package var isConcrete: Bool {
    func isConcrete(_ atom: Atom) -> Bool {
      guard case .constant(let tensor) = atom else { return true }
      if case .array = tensor.storage { return true }
      return false
    }
    return outputs.allSatisfy(isConcrete)
      && equations.allSatisfy { $0.inputs.allSatisfy(isConcrete) }
  }
}
