/// Compiles a function that changes its first argument, whose memory is used again.
///
/// Where JAX donates buffers, Swift has `inout`: a training step that takes its state so computes
/// the new parameters in the memory of the old ones, if nothing else holds them.
///
///     let step = jit { (state: inout State, batch: Tensor) in ... }
///     let loss = try step(&state, batch)
public func jit<State: TensorTree, Input: TensorTree, Output: TensorTree>(
  _ function: @escaping (inout State, Input) throws -> Output
) -> JITUpdate<State, Input, Output> {
  JITUpdate(function)
}

/// A compiled function that changes its first argument.
public struct JITUpdate<State: TensorTree, Input: TensorTree, Output: TensorTree> {
  private typealias Whole = Arguments<State, Input, EmptyTree>

  private let function: JITFunction<Whole, Arguments<State, Output, EmptyTree>>

  init(_ function: @escaping (inout State, Input) throws -> Output) {
    self.function = JITFunction { arguments in
      var state = arguments.first
      let output = try function(&state, arguments.second)
      return Arguments(first: state, second: output, third: EmptyTree())
    }
  }

  /// The number of signatures that are compiled now.
  public var cacheCount: Int { function.cacheCount }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws; the state is then as
  ///   it was.
  public func callAsFunction(_ state: inout State, _ input: Input) throws -> Output {
    let whole = Whole(first: state, second: input, third: EmptyTree())
    let (leaves, structure) = treeSignature(whole)
    let entry = try function.entry(leaves, structure, consume whole)
    // What holds the state's memory from here on is the list of leaves alone.
    let stateCount = treeLeaves(entry.output.first).count
    state = treeMap(state) { Tensor($0.type) }
    let results = try entry.run(consume leaves)
    state = treeReplacingLeaves(entry.output.first, Array(results[..<stateCount]))
    return treeReplacingLeaves(entry.output.second, Array(results[stateCount...]))
  }

  /// Calls the function on a copy of the state, and tells how long each step of its program took.
  /// - Throws: what a call would.
  public func profile(_ state: State, _ input: Input) throws -> Profile {
    try function.profile(Whole(first: state, second: input, third: EmptyTree()))
  }
}
