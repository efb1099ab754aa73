import Linen
import Tensor
import Training

/// Layers that run recurrent cells.
let recurrentLayerModules: [String: ModuleBuilder] = [
  "RNN": { args in try rnnRow(try cell(args.given("cell"), args.values), args) },
  "Bidirectional": { args in
    let layers = try ["forward_rnn", "backward_rnn"].map { name in
      let config = args.given(name)?["config"]
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
    var options = RNN<Cell>.Options()
    options.initialCarry = try call.named.given("initial_carry").map {
      try goldenCarry($0, call.named.values, of: cell)
    }
    options.initKey = try call.named.key("init_key")
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
  let layer: Bidirectional<A, B>
  switch args.given("merge_fn")?["function"]?.text {
  case nil: layer = Bidirectional(first, second)
  case "add": layer = Bidirectional(first, second, mergeFn: { $0 + $1 })
  case let name?: throw NotBuilt("merge_fn \(name)")
  }
  return ModuleRow(layer) { _, call in
    try call.expect(1)
    let lengths: Tensor? = try call.named.tensor("seq_lengths")
    let (carry, outputs) = layer.withCarry(try call.tensor(0), seqLengths: lengths)
    return (returnsCarry ? treeLeaves(carry.0) + treeLeaves(carry.1) : []) + [outputs]
  }
}

/// The layer that a configuration describes, but for `return_carry`.
private func rnn<Cell: RNNCell>(_ cell: Cell, _ args: Arguments) throws -> RNN<Cell> {
  _ = args.json("cell")
  return RNN(
    cell, timeMajor: try args.bool("time_major", false), reverse: try args.bool("reverse", false),
    keepOrder: try args.bool("keep_order", false), unroll: try args.int("unroll", 1))
}
