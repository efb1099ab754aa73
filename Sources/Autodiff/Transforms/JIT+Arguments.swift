// The arguments of a function are parts of one tree.

/// A compiled function of two arguments.
public struct JITFunction2<A: TensorTree, B: TensorTree, Output: TensorTree>: CompiledFunction {
  private let function: JITFunction<TreePair<A, B>, Output>

  init(_ cacheLimit: Int, _ function: @escaping (A, B) throws -> Output) {
    self.function = JITFunction(cacheLimit) { try function($0.parts.0, $0.parts.1) }
  }

  /// What the function has been compiled for.
  public var cache: JITCache { function.cache }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(_ a: consuming A, _ b: consuming B) throws -> Output {
    try function(TreePair(consume a, consume b))
  }

  /// Traces the function for the arguments' types, without calling it.
  public func lower(_ a: A, _ b: B) throws -> Lowered { try function.lower(TreePair(a, b)) }
}

/// A compiled function of three arguments.
public struct JITFunction3<
  A: TensorTree, B: TensorTree, C: TensorTree, Output: TensorTree
>: CompiledFunction {
  private let function: JITFunction<TreeTriple<A, B, C>, Output>

  init(_ cacheLimit: Int, _ function: @escaping (A, B, C) throws -> Output) {
    self.function = JITFunction(cacheLimit) {
      try function($0.parts.0, $0.parts.1, $0.parts.2)
    }
  }

  /// What the function has been compiled for.
  public var cache: JITCache { function.cache }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(
    _ a: consuming A, _ b: consuming B, _ c: consuming C
  ) throws -> Output {
    try function(TreeTriple(consume a, consume b, consume c))
  }

  /// Traces the function for the arguments' types, without calling it.
  public func lower(_ a: A, _ b: B, _ c: C) throws -> Lowered {
    try function.lower(TreeTriple(a, b, c))
  }
}

/// A compiled function of four arguments.
public struct JITFunction4<
  A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, Output: TensorTree
>: CompiledFunction {
  private let function: JITFunction<TreeQuadruple<A, B, C, D>, Output>

  init(_ cacheLimit: Int, _ function: @escaping (A, B, C, D) throws -> Output) {
    self.function = JITFunction(cacheLimit) {
      try function($0.parts.0, $0.parts.1, $0.parts.2, $0.parts.3)
    }
  }

  /// What the function has been compiled for.
  public var cache: JITCache { function.cache }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(
    _ a: consuming A, _ b: consuming B, _ c: consuming C, _ d: consuming D
  ) throws -> Output {
    try function(TreeQuadruple(consume a, consume b, consume c, consume d))
  }

  /// Traces the function for the arguments' types, without calling it.
  public func lower(_ a: A, _ b: B, _ c: C, _ d: D) throws -> Lowered {
    try function.lower(TreeQuadruple(a, b, c, d))
  }
}
