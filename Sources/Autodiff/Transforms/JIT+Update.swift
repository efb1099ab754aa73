/// Compiles a function that changes its first argument, whose memory is used again.
///
/// Where JAX donates buffers, Swift has `inout`: a training step that takes its state so computes
/// the new parameters in the memory of the old ones, if nothing else holds them.
///
///     let step = jit { (state: inout State, batch: Tensor) in ... }
///     let loss = try step(&state, batch)
public func jit<State: TensorTree, Input: TensorTree, Output: TensorTree>(
  cacheLimit: Int = JITCache.defaultLimit,
  _ function: @escaping (inout State, Input) throws -> Output
) -> JITUpdate<State, Input, Output> {
  JITUpdate(cacheLimit, function)
}

/// A compiled function that changes its first argument.
public struct JITUpdate<
  State: TensorTree, Input: TensorTree, Output: TensorTree
>: CompiledFunction {
  private let function: JITFunction<TreePair<State, Input>, TreePair<State, Output>>

  init(_ cacheLimit: Int, _ function: @escaping (inout State, Input) throws -> Output) {
    self.function = JITFunction(cacheLimit) { arguments in
      var state = arguments.parts.0
      let output = try function(&state, arguments.parts.1)
      return TreePair(state, output)
    }
  }

  /// What the function has been compiled for.
  public var cache: JITCache { function.cache }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws; the state is then as
  ///   it was.
  public func callAsFunction(_ state: inout State, _ input: Input) throws -> Output {
    let (entry, leaves) = try function.compilation(for: TreePair(state, input))
    // What holds the state's memory from here on is the list of leaves alone; a program can't fail.
    if entry.runs(leaves) { state = entry.output.parts.0 }
    let result = treeReplacingLeaves(entry.output, try entry.run(consume leaves))
    state = result.parts.0
    return result.parts.1
  }

  /// Traces the function for the arguments' types, without calling it.
  public func lower(_ state: State, _ input: Input) throws -> Lowered {
    try function.lower(TreePair(state, input))
  }

  /// Calls the function on a copy of the state, and tells how long each step of its program took.
  /// - Throws: what a call would.
  public func profile(_ state: State, _ input: Input) throws -> Profile {
    try function.profile(TreePair(state, input))
  }
}
