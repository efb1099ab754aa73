// Static arguments: the last one, of a type that is hashable and no tree. Others, and several, are
// written as `Static<Value>`, in any place of any tree.

/// Compiles a function whose second argument is static: it is traced once for each of its values.
///
/// Mirrors `jax.jit` with `static_argnums`.
public func jit<A: TensorTree, S: Hashable, U: TensorTree>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, S) throws -> U
) -> JITStaticFunction<A, S, U> {
  JITStaticFunction(cacheLimit, function)
}

/// Compiles a function whose third argument is static: it is traced once for each of its values.
public func jit<A: TensorTree, B: TensorTree, S: Hashable, U: TensorTree>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B, S) throws -> U
) -> JITStaticFunction2<A, B, S, U> {
  JITStaticFunction2(cacheLimit, function)
}

/// A compiled function of a tree and a static argument.
public struct JITStaticFunction<
  A: TensorTree, S: Hashable, Output: TensorTree
>: CompiledFunction {
  private let function: JITFunction2<A, Static<S>, Output>

  init(_ cacheLimit: Int, _ function: @escaping (A, S) throws -> Output) {
    self.function = JITFunction2(cacheLimit) { try function($0, $1.value) }
  }

  /// What the function has been compiled for.
  public var cache: JITCache { function.cache }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(_ a: consuming A, _ s: S) throws -> Output {
    try function(consume a, Static(s))
  }

  /// Traces the function for the argument's types and the static value, without calling it.
  public func lower(_ a: A, _ s: S) throws -> Lowered { try function.lower(a, Static(s)) }
}

/// A compiled function of two trees and a static argument.
public struct JITStaticFunction2<
  A: TensorTree, B: TensorTree, S: Hashable, Output: TensorTree
>: CompiledFunction {
  private let function: JITFunction3<A, B, Static<S>, Output>

  init(_ cacheLimit: Int, _ function: @escaping (A, B, S) throws -> Output) {
    self.function = JITFunction3(cacheLimit) { try function($0, $1, $2.value) }
  }

  /// What the function has been compiled for.
  public var cache: JITCache { function.cache }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(_ a: consuming A, _ b: consuming B, _ s: S) throws -> Output {
    try function(consume a, consume b, Static(s))
  }

  /// Traces the function for the arguments' types and the static value, without calling it.
  public func lower(_ a: A, _ b: B, _ s: S) throws -> Lowered {
    try function.lower(a, b, Static(s))
  }
}
