import Linen
import Tensor
import Training

/// Layers that run recurrent cells.
let recurrentLayerModules: [String: ModuleBuilder] = [
  "RNN": { args in try rnnRow(try cell(args.given("cell"), args.values), args) },
  "Bidirectional": { args in
    let layers = try ["forward_rnn", "backward_rnn"].map { name in
      let config = args.given(name)?["config"]
      guard args.given(name)?["module"]?.text == "RNN" else { throw NotBuilt(name) }
      return (try cell(config?["cell"], args.values), Arguments(config, args.values))
    }
    return try bidirectionalRow(layers[0].0, layers[0].1, layers[1].0, layers[1].1, args)
  },
]

private func rnnRow<Cell: RNNCell>(_ cell: Cell, _ args: Arguments) throws -> ModuleRow {
  let returnsCarry = try args.bool("return_carry", false)
  let layer = try rnn(cell, args)
  return ModuleRow(layer) { _, call in
    try call.expect(1)
    let returnsCarry = try call.named.bool("return_carry", returnsCarry)
    var options = RNN<Cell>.Options()
    options.timeMajor = try call.named.bool("time_major")
    options.reverse = try call.named.bool("reverse")
    options.keepOrder = try call.named.bool("keep_order")
    options.initialCarry = try call.named.given("initial_carry").map {
      try goldenCarry($0, call.named.values, of: cell)
    }
    options.initKey = try call.named.key("init_key") ?? call.named.values.standardKey
    options.seqLengths = try call.named.tensor("seq_lengths")
    let (carry, outputs) = layer.withCarry(try call.tensor(0), options)
    return (returnsCarry ? treeLeaves(carry) : []) + [outputs]
  }
}

private func bidirectionalRow<A: RNNCell, B: RNNCell>(
  _ forward: A, _ forwardArgs: Arguments, _ backward: B, _ backwardArgs: Arguments,
  _ args: Arguments
) throws -> ModuleRow {
  let returnsCarry = try args.bool("return_carry", false)
  let (first, second) = (try rnn(forward, forwardArgs), try rnn(backward, backwardArgs))
  // What each layer returns by itself does not count.
  for inner in [forwardArgs, backwardArgs] {
    _ = inner.json("return_carry")
    try inner.checkAllRead()
  }
  let isTimeMajor = try args.bool("time_major", false)
  let layer: Bidirectional<A, B>
  switch args.given("merge_fn")?["function"]?.text {
  case nil, "concatenate": layer = Bidirectional(first, second, timeMajor: isTimeMajor)
  case "add":
    layer = Bidirectional(first, second, mergeFn: MergeFunction { $0 + $1 }, timeMajor: isTimeMajor)
  case "multiply":
    layer = Bidirectional(first, second, mergeFn: MergeFunction { $0 * $1 }, timeMajor: isTimeMajor)
  case let name?: throw NotBuilt("merge_fn \(name)")
  }
  return ModuleRow(layer) { _, call in
    try call.expect(1)
    let returnsCarry = try call.named.bool("return_carry", returnsCarry)
    let carries = call.named.given("initial_carry")?.elements ?? []
    let values = call.named.values
    let (carry, outputs) = layer.withCarry(
      try call.tensor(0),
      initialCarry: carries.count == 2
        ? (
          try goldenCarry(carries[0], values, of: forward),
          try goldenCarry(carries[1], values, of: backward)
        ) : nil,
      initKey: try call.named.key("init_key"), seqLengths: try call.named.tensor("seq_lengths"),
      timeMajor: try call.named.bool("time_major"), layout: values.standardKey?.layout)
    return (returnsCarry ? treeLeaves(carry.0) + treeLeaves(carry.1) : []) + [outputs]
  }
}

/// The layer that a configuration describes, but for `return_carry`.
private func rnn<Cell: RNNCell>(_ cell: Cell, _ args: Arguments) throws -> RNN<Cell> {
  _ = args.json("cell")
  return RNN(
    cell, timeMajor: try args.bool("time_major", false), reverse: try args.bool("reverse", false),
    keepOrder: try args.bool("keep_order", false), unroll: try args.int("unroll", 1),
    variableAxes: try variableAxes(args.given("variable_axes")),
    variableBroadcast: try args.filter("variable_broadcast") ?? "params",
    variableCarry: try args.filter("variable_carry") ?? false,
    splitRNGs: try splitRNGs(args.given("split_rngs")))
}

private func variableAxes(_ json: JSON?) throws -> VariableAxes {
  guard (json?.members ?? []).isEmpty else { throw NotBuilt("variable_axes \(json ?? .null)") }
  return [:]
}

private func splitRNGs(_ json: JSON?) throws -> SplitRNGs {
  guard let members = json?.members else { return ["params": false] }
  switch members.map({ ($0.key, $0.value.bool == true) }) {
  case let pairs where pairs.isEmpty: return [:]
  case let pairs where pairs.count == 1: return [.names([pairs[0].0]): pairs[0].1]
  case let pairs where pairs.count == 2:
    return [.names([pairs[0].0]): pairs[0].1, .names([pairs[1].0]): pairs[1].1]
  case let pairs: throw NotBuilt("split_rngs \(pairs)")
  }
}
