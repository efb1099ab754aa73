/// A compiled function of two arguments.
public struct JITFunction2<A: TensorTree, B: TensorTree, Output: TensorTree> {
  private let function: JITFunction<Arguments<A, B, EmptyTree>, Output>

  init(_ function: @escaping (A, B) throws -> Output) {
    self.function = JITFunction { try function($0.first, $0.second) }
  }

  /// The number of signatures that are compiled now.
  public var cacheCount: Int { function.cacheCount }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(_ a: A, _ b: B) throws -> Output {
    try function(Arguments(first: a, second: b, third: EmptyTree()))
  }

  /// Traces the function for the arguments' types and gives the recorded graph, for inspection.
  public func lowered(_ a: A, _ b: B) throws -> String {
    try function.lowered(Arguments(first: a, second: b, third: EmptyTree()))
  }
}

/// A compiled function of three arguments.
public struct JITFunction3<A: TensorTree, B: TensorTree, C: TensorTree, Output: TensorTree> {
  private let function: JITFunction<Arguments<A, B, C>, Output>

  init(_ function: @escaping (A, B, C) throws -> Output) {
    self.function = JITFunction { try function($0.first, $0.second, $0.third) }
  }

  /// The number of signatures that are compiled now.
  public var cacheCount: Int { function.cacheCount }

  /// Calls the function.
  /// - Throws: the first error recorded while it is traced, or what it throws.
  public func callAsFunction(_ a: A, _ b: B, _ c: C) throws -> Output {
    try function(Arguments(first: a, second: b, third: c))
  }

  /// Traces the function for the arguments' types and gives the recorded graph, for inspection.
  public func lowered(_ a: A, _ b: B, _ c: C) throws -> String {
    try function.lowered(Arguments(first: a, second: b, third: c))
  }
}

/// Several arguments as one tree.
struct Arguments<A: TensorTree, B: TensorTree, C: TensorTree>: TensorTree {
  var first: A
  var second: B
  var third: C

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.index(0), &first)
    visitor.visit(.index(1), &second)
    visitor.visit(.index(2), &third)
  }
}
