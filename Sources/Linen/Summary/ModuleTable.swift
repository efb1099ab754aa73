/// The modules that a call runs: what `tabulate` shows.
///
///     let table = try model.moduleTable(Key(0), x, computeFlops: true) { $0($1) }
///     for row in table.rows { print(row.path, row.flops) }
///
/// Mirrors `flax.linen.summary.Table`.
public struct ModuleTable: Sendable {
  /// A call of a method.
  public struct Row: Sendable {
    /// The names from the root to the module; empty for the root.
    public let path: [String]
    /// The module.
    public let module: Module
    /// The method in Flax's terms: `__call__` for `callAsFunction`.
    public let method: String
    /// The arguments.
    public let inputs: ValueSummary
    /// The result.
    public let outputs: ValueSummary
    /// The module's own variables by collection, without those of modules with rows of their own;
    /// tensors have types and no values.
    public let moduleVariables: Variables
    /// The variables that count for this row: with those of modules that are too deep to be shown.
    public let countedVariables: Variables
    /// The operations that the method takes; nil if they were not asked for.
    public let flops: Int?
    /// The operations that it takes together with its vector-Jacobian product; nil if they were not
    /// asked for, 0 if it has none.
    public let vjpFlops: Int?

    /// The class of the module, as tables name it.
    public var moduleName: String { type(of: module).linenName }

    /// The size of what counts for this row of a collection.
    public func size(of collection: String) -> VariableSize {
      VariableSize(countedVariables[collection])
    }
  }

  /// The name of the root module's class.
  public let name: String
  /// The collections, in the order of their columns.
  public var collections: [String]
  /// The calls, in the order in which they began.
  public let rows: [Row]
  /// Whether flops were asked for, and those of the vector-Jacobian products.
  let shows: CallCosts

  /// The size of all variables of a collection.
  public func size(of collection: String) -> VariableSize {
    rows.reduce(VariableSize()) { $0 + $1.size(of: collection) }
  }

  /// The size of all variables.
  public var size: VariableSize {
    collections.reduce(VariableSize()) { $0 + size(of: $1) }
  }
}

/// How large variables are.
public struct VariableSize: Sendable, Hashable {
  /// The number of elements.
  public var elements = 0
  /// The bytes that they take.
  public var bytes = 0

  /// Creates a size of nothing.
  public init() {}

  /// Finds the size of variables.
  public init(_ variables: Variables) {
    for tensor in treeLeaves(variables) {
      elements += tensor.elementCount
      bytes += tensor.elementCount * tensor.dtype.byteSize
    }
  }

  /// Adds sizes.
  public static func + (a: VariableSize, b: VariableSize) -> VariableSize {
    var sum = a
    sum.elements += b.elements
    sum.bytes += b.bytes
    return sum
  }
}

extension ModuleTable {
  /// Makes the rows of calls, of which `variables` are what they made.
  init(
    _ root: Module, _ calls: [CallRecorder.Call], _ variables: Variables, depth: Int?,
    showRepeated: Bool, costs: CallCosts
  ) {
    name = type(of: root).linenName
    collections = variables.keys
    shows = costs
    let paths = Set(calls.map(\.path))
    var seen: Set<[String]> = []
    rows = calls.compactMap { call in
      let isRepeated = seen.contains(call.path)
      if isRepeated, !showRepeated { return nil }
      if !isRepeated, let depth, call.path.count > depth { return nil }
      seen.insert(call.path)
      let all = isRepeated ? Variables() : variables.part(at: call.path)
      let own = all.withoutModules(paths, below: call.path)
      return Row(
        path: call.path, module: call.module, method: call.method,
        inputs: ValueSummary(arguments: call.arguments), outputs: call.output,
        moduleVariables: own, countedVariables: call.path.count == depth ? all : own,
        flops: call.flops, vjpFlops: call.vjpFlops)
    }
  }
}

extension Variables {
  /// The collections with what each has at a path.
  fileprivate func part(at path: [String]) -> Variables {
    Variables(compactMap { name, part in part[path: path].map { (name, $0) } })
  }

  /// The collections without the entries that are modules at one of the paths.
  fileprivate func withoutModules(_ paths: Set<[String]>, below path: [String]) -> Variables {
    Variables(
      map { name, part in
        let own = part.filter { !paths.contains(path + [$0.key]) }.map { ($0.key, $0.value) }
        return (name, part.isDictionary ? Variables(own) : part)
      })
  }
}
