// Functions that return tuples: tuples can't conform to a protocol, so that each number of arguments
// and of results is an overload.

/// Compiles a function of one argument that returns a pair.
public func jit<
  T: TensorTree, U: TensorTree, V: TensorTree
>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (T) throws -> (U, V)
) -> JITFunction<T, TreePair<U, V>> {
  JITFunction(cacheLimit) { a in
    let (u, v) = try function(a)
    return TreePair(u, v)
  }
}

/// Compiles a function of one argument that returns three trees.
public func jit<
  T: TensorTree, U: TensorTree, V: TensorTree, W: TensorTree
>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (T) throws -> (U, V, W)
) -> JITFunction<T, TreeTriple<U, V, W>> {
  JITFunction(cacheLimit) { a in
    let (u, v, w) = try function(a)
    return TreeTriple(u, v, w)
  }
}

/// Compiles a function of two arguments that returns a pair.
public func jit<
  A: TensorTree, B: TensorTree, U: TensorTree, V: TensorTree
>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B) throws -> (U, V)
) -> JITFunction2<A, B, TreePair<U, V>> {
  JITFunction2(cacheLimit) { a, b in
    let (u, v) = try function(a, b)
    return TreePair(u, v)
  }
}

/// Compiles a function of two arguments that returns three trees.
public func jit<
  A: TensorTree, B: TensorTree, U: TensorTree, V: TensorTree, W: TensorTree
>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B) throws -> (U, V, W)
) -> JITFunction2<A, B, TreeTriple<U, V, W>> {
  JITFunction2(cacheLimit) { a, b in
    let (u, v, w) = try function(a, b)
    return TreeTriple(u, v, w)
  }
}

/// Compiles a function of three arguments that returns a pair.
public func jit<
  A: TensorTree, B: TensorTree, C: TensorTree, U: TensorTree, V: TensorTree
>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B, C) throws -> (U, V)
) -> JITFunction3<A, B, C, TreePair<U, V>> {
  JITFunction3(cacheLimit) { a, b, c in
    let (u, v) = try function(a, b, c)
    return TreePair(u, v)
  }
}

/// Compiles a function of three arguments that returns three trees.
public func jit<
  A: TensorTree, B: TensorTree, C: TensorTree, U: TensorTree, V: TensorTree, W: TensorTree
>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B, C) throws -> (U, V, W)
) -> JITFunction3<A, B, C, TreeTriple<U, V, W>> {
  JITFunction3(cacheLimit) { a, b, c in
    let (u, v, w) = try function(a, b, c)
    return TreeTriple(u, v, w)
  }
}

/// Compiles a function of four arguments that returns a pair.
public func jit<
  A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, U: TensorTree, V: TensorTree
>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B, C, D) throws -> (U, V)
) -> JITFunction4<A, B, C, D, TreePair<U, V>> {
  JITFunction4(cacheLimit) { a, b, c, d in
    let (u, v) = try function(a, b, c, d)
    return TreePair(u, v)
  }
}

/// Compiles a function of four arguments that returns three trees.
public func jit<
  A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, U: TensorTree, V: TensorTree,
  W: TensorTree
>(
  cacheLimit: Int = JITCache.defaultLimit, _ function: @escaping (A, B, C, D) throws -> (U, V, W)
) -> JITFunction4<A, B, C, D, TreeTriple<U, V, W>> {
  JITFunction4(cacheLimit) { a, b, c, d in
    let (u, v, w) = try function(a, b, c, d)
    return TreeTriple(u, v, w)
  }
}

extension JITFunction {
  /// Calls the function, which returns a pair.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction<U: TensorTree, V: TensorTree>(
    _ a: consuming Input
  ) throws -> (U, V) where Output == TreePair<U, V> {
    let result: Output = try self(consume a)
    return result.parts
  }

  /// Calls the function, which returns three trees.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction<U: TensorTree, V: TensorTree, W: TensorTree>(
    _ a: consuming Input
  ) throws -> (U, V, W) where Output == TreeTriple<U, V, W> {
    let result: Output = try self(consume a)
    return result.parts
  }
}

extension JITFunction2 {
  /// Calls the function, which returns a pair.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction<U: TensorTree, V: TensorTree>(
    _ a: consuming A, _ b: consuming B
  ) throws -> (U, V) where Output == TreePair<U, V> {
    let result: Output = try self(consume a, consume b)
    return result.parts
  }

  /// Calls the function, which returns three trees.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction<U: TensorTree, V: TensorTree, W: TensorTree>(
    _ a: consuming A, _ b: consuming B
  ) throws -> (U, V, W) where Output == TreeTriple<U, V, W> {
    let result: Output = try self(consume a, consume b)
    return result.parts
  }
}

extension JITFunction3 {
  /// Calls the function, which returns a pair.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction<U: TensorTree, V: TensorTree>(
    _ a: consuming A, _ b: consuming B, _ c: consuming C
  ) throws -> (U, V) where Output == TreePair<U, V> {
    let result: Output = try self(consume a, consume b, consume c)
    return result.parts
  }

  /// Calls the function, which returns three trees.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction<U: TensorTree, V: TensorTree, W: TensorTree>(
    _ a: consuming A, _ b: consuming B, _ c: consuming C
  ) throws -> (U, V, W) where Output == TreeTriple<U, V, W> {
    let result: Output = try self(consume a, consume b, consume c)
    return result.parts
  }
}

extension JITFunction4 {
  /// Calls the function, which returns a pair.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction<U: TensorTree, V: TensorTree>(
    _ a: consuming A, _ b: consuming B, _ c: consuming C, _ d: consuming D
  ) throws -> (U, V) where Output == TreePair<U, V> {
    let result: Output = try self(consume a, consume b, consume c, consume d)
    return result.parts
  }

  /// Calls the function, which returns three trees.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction<U: TensorTree, V: TensorTree, W: TensorTree>(
    _ a: consuming A, _ b: consuming B, _ c: consuming C, _ d: consuming D
  ) throws -> (U, V, W) where Output == TreeTriple<U, V, W> {
    let result: Output = try self(consume a, consume b, consume c, consume d)
    return result.parts
  }
}
