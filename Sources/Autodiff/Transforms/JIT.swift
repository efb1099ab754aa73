/// Compiles `function`: each call traces once for new types and structure, then runs a program.
///
/// The function must depend on its arguments alone; what else it uses is fixed by the first trace.
/// Arguments that are no trees are static: their values are known to the trace, and the function is
/// traced again for others. Called inside another transform, it is traced by that. An array that the
/// caller gives up (`step(consume state, batch)`) is donated: the results may take its memory.
/// `cacheLimit` is the number of signatures that are kept. Mirrors `jax.jit`.
///
///     let f = jit { (x: Tensor, n: Int) in (0..<n).reduce(x) { y, _ in sin(y) } }
///     let y = try f(x, 3)
public func jit<T: TensorTree, U: TensorTree>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (T) throws -> U
) -> JITFunction<T, U> {
  JITFunction(cacheLimit, function)
}

/// Compiles a function of two arguments.
public func jit<A: TensorTree, B: TensorTree, U: TensorTree>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B) throws -> U
) -> JITFunction2<A, B, U> {
  JITFunction2(cacheLimit, function)
}

/// Compiles a function of three arguments.
public func jit<A: TensorTree, B: TensorTree, C: TensorTree, U: TensorTree>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B, C) throws -> U
) -> JITFunction3<A, B, C, U> {
  JITFunction3(cacheLimit, function)
}

/// Compiles a function of four arguments.
public func jit<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, U: TensorTree>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B, C, D) throws -> U
) -> JITFunction4<A, B, C, D, U> {
  JITFunction4(cacheLimit, function)
}

/// A compiled function of one argument, and the programs that it has been compiled to.
public final class JITFunction<Input: TensorTree, Output: TensorTree>: CompiledFunction {
  /// What the function has been compiled for.
  public let cache: JITCache

  private let function: (Input) throws -> Output

  init(_ cacheLimit: Int, _ function: @escaping (Input) throws -> Output) {
    cache = JITCache(limit: cacheLimit)
    self.function = function
  }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(_ input: consuming Input) throws -> Output {
    let (entry, leaves) = try compilation(for: input)
    // From here on the list of leaves alone holds what the caller has given up.
    _ = consume input
    return treeReplacingLeaves(entry.output, try entry.run(consume leaves))
  }

  /// Traces the function for the types of `input`, whose tensors may be abstract, without calling it.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func lower(_ input: Input) throws -> Lowered {
    Lowered(try compilation(for: input).entry.graph)
  }

  /// Calls the function, and tells how long each step of its program took.
  /// - Throws: what a call would.
  public func profile(_ input: Input) throws -> Profile {
    let (entry, leaves) = try compilation(for: input)
    let clock = StepClock()
    _ = try StepClock.$current.withValue(clock) { try entry.run(leaves) }
    return clock.profile
  }

  /// The compilation for the signature of `input`, and its tensors.
  func compilation(
    for input: borrowing Input
  ) throws -> (entry: TypedCompilation<Output>, leaves: [Tensor]) {
    // All entries are of this type: they are made below.
    func typed(_ entry: Compilation) -> TypedCompilation<Output> {
      unsafeDowncast(entry, to: TypedCompilation<Output>.self)
    }
    if let last = cache.entries.first, let leaves = last.leaves(of: copy input) {
      return (typed(last), leaves)
    }
    let (leaves, structure) = treeSignature(copy input)
    let context = Compilation.Context(structure)
    let found = cache.entries.dropFirst().firstIndex { $0.fits(leaves) && $0.context == context }
    if let found { return (typed(cache.use(at: found)), leaves) }
    let entry = try trace(context, leaves.map(\.type), copy input)
    // Places on a named axis are tensors of the running `vmap`, of no use to the next.
    if context.axes.isEmpty || entry.program != nil { cache.insert(entry) }
    return (entry, leaves)
  }

  private func trace(
    _ context: Compilation.Context, _ types: [ShapeDtype], _ input: Input
  ) throws -> TypedCompilation<Output> {
    cache.traceCount += 1
    return try withErrors {
      var output: Output?
      let (traceSeconds, graph) = try timed {
        try Graph.record(name: "jit", types) { inputs in
          let result = try function(treeReplacingLeaves(input, inputs))
          output = treeMap(result) { Tensor($0.type) }
          return treeLeaves(result)
        }
      }
      guard let output else { throw TensorError("jit", .other("the function was not called")) }
      try checkErrors()
      let (compileSeconds, entry) = timed { TypedCompilation(context, types, graph, output) }
      cache.traceSeconds += traceSeconds
      cache.compileSeconds += compileSeconds
      return entry
    }
  }
}

extension Graph {
  /// Whether every constant has a value, as none captured from an outer transform has.
  package var isConcrete: Bool {
    func isConcrete(_ atom: Atom) -> Bool {
      if case .constant(let tensor) = atom { tensor.isArray } else { true }
    }
    return outputs.allSatisfy(isConcrete)
      && equations.allSatisfy { $0.inputs.allSatisfy(isConcrete) }
  }
}
