/// The signatures that a compiled function has been compiled for, the most recently used first.
///
/// A signature is what a trace depends on: the types of the tensors, the structure of the trees with
/// the values in them that are no tensors, the default precision, and the named axes around the call.
public final class JITCache {
  /// The number that a function keeps unless told otherwise.
  public static let defaultLimit = 64

  private(set) var entries: [Compilation] = []

  /// The most signatures that are kept; the one used longest ago goes first.
  public var limit: Int {
    didSet { entries.removeLast(max(0, entries.count - max(0, limit))) }
  }

  /// How often the function has been traced: calls that found no signature to use.
  public internal(set) var traceCount = 0

  /// The seconds that tracing has taken in all.
  public internal(set) var traceSeconds = 0.0

  /// The seconds that compiling the traced graphs has taken in all.
  public internal(set) var compileSeconds = 0.0

  init(limit: Int) { self.limit = limit }

  /// The number of signatures that are compiled now.
  public var count: Int { entries.count }

  /// The signatures that are compiled now, as text, such as `f32[8,32], i32[8]; static 3`.
  public var signatures: [String] { entries.map(\.description) }

  /// Forgets all signatures; the next call traces anew.
  public func clear() { entries = [] }

  /// Keeps a new entry, as the most recently used.
  func insert(_ entry: Compilation) {
    entries.insert(entry, at: 0)
    entries.removeLast(max(0, entries.count - max(0, limit)))
  }

  /// The entry at a place, which becomes the most recently used.
  func use(at place: Int) -> Compilation {
    if place > 0 { entries.insert(entries.remove(at: place), at: 0) }
    return entries[0]
  }
}

/// A compiled function, of any number of arguments.
public protocol CompiledFunction {
  /// What it has been compiled for.
  var cache: JITCache { get }
}

extension CompiledFunction {
  /// The number of signatures that are compiled now.
  public var cacheCount: Int { cache.count }
}

/// A function traced for one signature, and the program that the graph has been compiled to.
class Compilation {
  /// What a trace depends on besides the arguments' types.
  struct Context: Equatable {
    let structure: TreeDefinition
    /// The named axes around the call, whose sizes collectives depend on.
    let axes: [NamedAxis]
    /// The default precision, which literals take.
    let float: DType

    init(_ structure: TreeDefinition) {
      self.structure = structure
      axes = NamedAxes.all
      float = .defaultFloat
    }
  }

  let context: Context
  let types: [ShapeDtype]
  let graph: Graph
  /// Nil where the graph has constants of another transform: it is then done by evaluation.
  let program: Program?

  init(_ context: Context, _ types: [ShapeDtype], _ graph: Graph) {
    self.context = context
    self.types = types
    self.graph = graph
    program = graph.isConcrete ? Compiler.compile(graph) : nil
  }

  /// The tensors of a tree, if its signature is the entry's.
  func leaves(of input: some TensorTree) -> [Tensor]? {
    guard let leaves = treeLeaves(input, of: context.structure), fits(leaves),
      context.float == .defaultFloat, context.axes == NamedAxes.all
    else { return nil }
    return leaves
  }

  func fits(_ leaves: [Tensor]) -> Bool {
    guard leaves.count == types.count else { return false }
    for index in types.indices where types[index] != leaves[index].type { return false }
    return true
  }

  /// Whether the program can do these tensors; else their transforms do the graph's operations.
  func runs(_ leaves: [Tensor]) -> Bool { program != nil && leaves.allSatisfy(\.isArray) }

  /// The results for tensors of the entry's types; memory that nobody else holds is used again.
  ///
  /// A clock is told how long each step of the program takes. - Throws: what the graph's
  /// operations record, if the program can't do these tensors.
  func run(_ leaves: consuming [Tensor]) throws -> [Tensor] {
    guard let program, leaves.allSatisfy(\.isArray) else {
      return try withErrors { graph.evaluate(leaves) }
    }
    return program.run((consume leaves).compactMap(\.array)).map { Tensor($0) }
  }
}

extension Compilation: CustomStringConvertible {
  /// The signature.
  var description: String {
    var text = types.map(\.description).joined(separator: ", ")
    let values = context.structure.fixedValues
    if !values.isEmpty { text += "; static \(values.joined(separator: ", "))" }
    for axis in context.axes { text += "; axis \(axis.name)=\(axis.size)" }
    return text
  }
}

/// A compilation together with the structure of the function's result.
final class TypedCompilation<Output: TensorTree>: Compilation {
  /// The result, whose tensors have types only.
  let output: Output

  init(_ context: Context, _ types: [ShapeDtype], _ graph: Graph, _ output: Output) {
    self.output = output
    super.init(context, types, graph)
  }
}

/// The seconds that `body` takes, and what it gives.
func timed<R>(_ body: () throws -> R) rethrows -> (seconds: Double, value: R) {
  let clock = ContinuousClock()
  let start = clock.now
  let value = try body()
  return (start.duration(to: clock.now) / .seconds(1), value)
}

extension Tensor {
  /// Whether the tensor is an array, not one that a transform has made.
  var isArray: Bool { if case .array = storage { true } else { false } }
}
