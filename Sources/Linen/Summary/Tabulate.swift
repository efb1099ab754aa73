extension Applicable where Self: Module {
  /// Lists the modules that a call runs as a table: arguments, results and variables of each.
  ///
  ///     print(try Foo().tabulate(Key(0), x, computeFlops: true, computeVJPFlops: true) { $0($1) })
  ///
  /// A row stands for the first call of a module, or with `showRepeated` for each, in the order of the
  /// calls. Modules deeper than `depth` have no row; what they hold counts for the one above. With
  /// `computeFlops` the operations of each method are counted as XLA does before it optimizes, and
  /// with `computeVJPFlops` those of the method and its vector-Jacobian product.
  ///
  /// Arguments stand in the table where methods pass them through `compact` or `method`. Inputs are
  /// passed to `body` without their values, so that nothing is computed and no parameter takes
  /// memory. Mirrors `flax.linen.Module.tabulate`.
  /// - Throws: the first error recorded in `body`, or what `body` throws.
  public func tabulate<each Input: TensorTree, R>(
    _ rngs: some RNGConvertible, _ inputs: repeat each Input, depth: Int? = nil,
    showRepeated: Bool = false, mutable: CollectionFilter = .deny("intermediates"),
    style: TableStyle = TableStyle(), computeFlops: Bool = false, computeVJPFlops: Bool = false,
    _ body: (Self, repeat each Input) throws -> R
  ) throws -> String {
    try moduleTable(
      rngs, repeat each inputs, depth: depth, showRepeated: showRepeated, mutable: mutable,
      computeFlops: computeFlops, computeVJPFlops: computeVJPFlops, body
    ).text(style)
  }

  /// Finds the modules that a call runs: the table of `tabulate`, to be read or written otherwise.
  ///
  ///     let table = try model.moduleTable(Key(0), x) { $0($1) }
  ///     print(table.size, table.markdown, table.json)
  ///
  /// - Throws: the first error recorded in `body`, or what `body` throws.
  public func moduleTable<each Input: TensorTree, R>(
    _ rngs: some RNGConvertible, _ inputs: repeat each Input, depth: Int? = nil,
    showRepeated: Bool = false, mutable: CollectionFilter = .deny("intermediates"),
    computeFlops: Bool = false, computeVJPFlops: Bool = false,
    _ body: (Self, repeat each Input) throws -> R
  ) throws -> ModuleTable {
    let costs = CallCosts(flops: computeFlops, vjpFlops: computeVJPFlops)
    let (calls, variables) = try recordedCalls(rngs, costs, mutable: mutable) {
      try body($0, repeat treeMap(each inputs) { Tensor($0.type) })
    }
    return ModuleTable(
      self, calls, variables, depth: depth, showRepeated: showRepeated, costs: costs)
  }
}

/// Makes a function of inputs that lists the modules which a function of a module runs.
///
///     let table = tabulator(of: Foo(), Key(0), computeFlops: true) { foo, x in foo(x) }
///     print(try table(x))
///
/// Mirrors `flax.linen.tabulate`; for the arguments see
/// ``Applicable/tabulate(_:_:depth:showRepeated:mutable:style:computeFlops:computeVJPFlops:_:)``.
public func tabulator<M: Module, each Input: TensorTree, R>(
  of module: M, _ rngs: any RNGConvertible, depth: Int? = nil, showRepeated: Bool = false,
  mutable: CollectionFilter = .deny("intermediates"), style: TableStyle = TableStyle(),
  computeFlops: Bool = false, computeVJPFlops: Bool = false,
  _ function: @escaping (M, repeat each Input) throws -> R
) -> (repeat each Input) throws -> String {
  { (inputs: repeat each Input) in
    try module.tabulate(
      rngs.rngs, repeat each inputs, depth: depth, showRepeated: showRepeated, mutable: mutable,
      style: style, computeFlops: computeFlops, computeVJPFlops: computeVJPFlops, function)
  }
}
