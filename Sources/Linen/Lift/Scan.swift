/// Lifts `scan`: loops a function of modules over an axis of its arguments and variables.
///
/// Made by ``scan(variableAxes:variableBroadcast:variableCarry:splitRNGs:inAxes:outAxes:length:reverse:unroll:metadataParams:checkConstancyInvariants:)``.
/// Called with a module or scope, the first carry and inputs, it gives the last carry and the stacked
/// outputs:
///
///     let loop = scan(variableBroadcast: "params", splitRNGs: ["params": false])
///     let (carry, ys) = loop(self, carry0, xs) { module, carry, x in module.cell(carry, x) }
public struct Scan: LayerLift {
  /// `ScanLSTMCell`.
  public static let prefix = "Scan"

  var variableAxes: VariableAxes
  var variableBroadcast: CollectionFilter
  var variableCarry: CollectionFilter
  var splitRNGs: SplitRNGs
  var inAxes: ArgumentAxes = 0
  var outAxes: ArgumentAxes = 0
  var length: Int?
  var reverse = false
  var unroll = 1
  var metadataParams: MetadataParams = [:]
  var checkConstancyInvariants = true

  /// Applies a layer again and again, each time to what it gave.
  public func applyLayer(
    _ target: LiftedScopes, _ inputs: Tensor, _ body: ([Scope], Tensor) -> Tensor
  ) -> Tensor {
    apply(target, inputs, EmptyTree()) { scopes, x, _ in (body(scopes, x), EmptyTree()) }.0
  }

  /// Loops `body` over the arguments, and gives the last carry and the stacked outputs.
  func apply<C: TensorTree, A: TensorTree, Y: TensorTree>(
    _ target: LiftedScopes, _ initial: C, _ arguments: A, _ body: ([Scope], C, A) -> (C, Y)
  ) -> (C, Y) {
    let (inputs, outputs) = (variableAxes.inputs, variableAxes.outputs)
    let pack = Pack(
      target, name: "scan",
      in: [variableBroadcast, variableCarry] + inputs.map(\.filter),
      out: [variableBroadcast, variableCarry] + outputs.map(\.filter), rngs: splitRNGs.filters,
      labels: ("variableAxes, variableBroadcast or variableCarry", "splitRNGs"))
    return withoutActuallyEscaping(body) { body in
      let loop = ScanLoop(
        scan: self, pack: pack, initial: initial, arguments: arguments, body: body)
      return pack.recovering {
        try loop.run()
      } _: {
        loop.template.map { (initial, placeholders($0)) }
          ?? pack.run(pack.variables, pack.rngs) { body($0, initial, arguments) }.result
      }
    }
  }
}

extension Scan {
  /// Loops a function of a module or scope, of the carry, and of a slice of each input.
  ///
  /// The function gives the next carry and an output.
  public func callAsFunction<T: LiftTarget, C: TensorTree, each A: TensorTree, Y: TensorTree>(
    _ target: T, _ carry: C, _ inputs: repeat each A, including others: [Module] = [],
    body: (T, C, repeat each A) -> (C, Y)
  ) -> (carry: C, outputs: Y) {
    apply(LiftedScopes(target, including: others), carry, ArgumentList(repeat each inputs)) {
      scopes, carry, slices in
      var scopes = scopes[...]
      return body(target.moved(to: &scopes), carry, repeat each slices.values)
    }
  }

  /// Loops a function that gives the next carry alone.
  public func callAsFunction<T: LiftTarget, C: TensorTree, each A: TensorTree>(
    _ target: T, _ carry: C, _ inputs: repeat each A, including others: [Module] = [],
    body: (T, C, repeat each A) -> C
  ) -> C {
    apply(LiftedScopes(target, including: others), carry, ArgumentList(repeat each inputs)) {
      scopes, carry, slices in
      var scopes = scopes[...]
      return (body(target.moved(to: &scopes), carry, repeat each slices.values), EmptyTree())
    }.0
  }
}

extension Lifted where Transform == Scan {
  /// Loops a function of the module, of the carry, and of a slice of each input.
  ///
  /// The function gives the next carry and an output; `by` loops in another way than the module was
  /// made with.
  public func callAsFunction<C: TensorTree, each A: TensorTree, Y: TensorTree>(
    _ carry: C, _ inputs: repeat each A, by other: Scan? = nil,
    body: (M, C, repeat each A) -> (C, Y)
  ) -> (carry: C, outputs: Y) {
    guard let scopes = liftedScopes else { return body(module, carry, repeat each inputs) }
    let scan = other ?? transform
    return scan.apply(scopes, carry, ArgumentList(repeat each inputs)) { _, carry, slices in
      let result = body(module, carry, repeat each slices.values)
      return result
    }
  }

  /// Loops a function that gives the next carry alone.
  public func callAsFunction<C: TensorTree, each A: TensorTree>(
    _ carry: C, _ inputs: repeat each A, by other: Scan? = nil,
    body: (M, C, repeat each A) -> C
  ) -> C {
    guard let scopes = liftedScopes else { return body(module, carry, repeat each inputs) }
    let scan = other ?? transform
    return scan.apply(scopes, carry, ArgumentList(repeat each inputs)) { _, carry, slices in
      let next = body(module, carry, repeat each slices.values)
      return (next, EmptyTree())
    }.0
  }
}

extension Lifted where Transform == Scan, M: RNNCell {
  /// Runs the cell over a sequence.
  public func callAsFunction(
    _ carry: M.Carry, _ inputs: Tensor
  ) -> (carry: M.Carry, outputs: Tensor) {
    self(carry, inputs) { cell, carry, x in
      let (next, output) = cell(carry, x)
      return (next, output)
    }
  }
}

/// Gives the transform that loops a function of modules over an axis of arguments and variables.
///
/// - `variableAxes`: collections with a slice for each step, and the axis of the steps.
/// - `variableBroadcast`: collections that are the same at every step; what the function makes in
///   them must not depend on the carry or the inputs.
/// - `variableCarry`: collections passed from step to step, which must be there before the loop.
/// - `splitRNGs`: the streams that are passed on; those with true differ from step to step.
/// - `inAxes`, `outAxes`: the axes of inputs and outputs; nil for what is the same at every step.
/// - `length`: the number of steps, where there is no input that tells.
/// - `reverse`: whether to begin at the end.
/// - `unroll`: how many steps a compiled loop does in one go; it changes no result.
/// - `metadataParams`: what boxes of metadata are told of the axis.
/// - `checkConstancyInvariants`: whether to trace the function once more, to make broadcast
///   variables and outputs and to see that they are the same at every step. Without it there can be
///   none to make, and streams count one trace less.
///
/// The function is traced, not run step by step. Records an error if lengths differ or none is known,
/// if the carry changes its structure or types, or if something broadcast depends on the steps.
/// Mirrors `flax.linen.scan`.
public func scan(
  variableAxes: VariableAxes = [:], variableBroadcast: CollectionFilter = false,
  variableCarry: CollectionFilter = false, splitRNGs: SplitRNGs = [:], inAxes: ArgumentAxes = 0,
  outAxes: ArgumentAxes = 0, length: Int? = nil, reverse: Bool = false,
  unroll: Int = 1, metadataParams: MetadataParams = [:], checkConstancyInvariants: Bool = true
) -> Scan {
  Scan(
    variableAxes: variableAxes, variableBroadcast: variableBroadcast, variableCarry: variableCarry,
    splitRNGs: splitRNGs, inAxes: inAxes, outAxes: outAxes, length: length, reverse: reverse,
    unroll: unroll,
    metadataParams: metadataParams, checkConstancyInvariants: checkConstancyInvariants)
}

/// Makes a module whose calls are loops over an axis of arguments and variables.
///
///     let lstm = scan(variableBroadcast: "params", splitRNGs: ["params": false]) { LSTMCell(64) }
///     let (carry, ys) = lstm(lstm.unlifted { $0.initializeCarry(key, [8, 32]) }, xs)
///     let stack = scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 24) {
///       Block()
///     }
///     let y = stack(x)   // 24 blocks, one after the other, with their own parameters
///
/// Named `ScanLSTMCell_0`, unless a name is given here or to the module. For the arguments see
/// ``scan(variableAxes:variableBroadcast:variableCarry:splitRNGs:inAxes:outAxes:length:reverse:unroll:metadataParams:checkConstancyInvariants:)``.
public func scan<M: Module>(
  variableAxes: VariableAxes = [:], variableBroadcast: CollectionFilter = false,
  variableCarry: CollectionFilter = false, splitRNGs: SplitRNGs = [:], inAxes: ArgumentAxes = 0,
  outAxes: ArgumentAxes = 0, length: Int? = nil, reverse: Bool = false,
  unroll: Int = 1, metadataParams: MetadataParams = [:], checkConstancyInvariants: Bool = true,
  name: String? = nil, _ make: () -> M
) -> Lifted<M, Scan> {
  Lifted(
    scan(
      variableAxes: variableAxes, variableBroadcast: variableBroadcast,
      variableCarry: variableCarry, splitRNGs: splitRNGs, inAxes: inAxes, outAxes: outAxes,
      length: length, reverse: reverse, unroll: unroll, metadataParams: metadataParams,
      checkConstancyInvariants: checkConstancyInvariants), name: name, make)
}
