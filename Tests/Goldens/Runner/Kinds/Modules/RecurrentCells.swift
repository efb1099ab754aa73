import Linen
import Tensor
import Training

/// Recurrent cells, by themselves.
let recurrentModules: [String: ModuleBuilder] = cells.mapValues { build in
  { args in try cellRow(try build(args)) }
}

/// Builds a cell; what a case does not give is taken from a cell made with the defaults.
private let cells: [String: @Sendable (Arguments) throws -> any RNNCell] = [
  "LSTMCell": { try lstmCell($0) },
  "OptimizedLSTMCell": { try optimizedLSTMCell($0) },
  "ConvLSTMCell": { try convLSTMCell($0) },
  "SimpleCell": { try simpleCell($0) },
  "GRUCell": { try gruCell($0) },
  "MGUCell": { try mguCell($0) },
]

/// Builds the cell that a JSON value describes.
func cell(_ json: JSON?, _ values: Values) throws -> any RNNCell {
  guard let name = json?["module"]?.text, let build = cells[name] else {
    throw NotBuilt("cell \(json ?? .null)")
  }
  let args = Arguments(json?["config"], values)
  let cell = try build(args)
  try args.checkAllRead()
  return cell
}

private func lstmCell(_ args: Arguments) throws -> LSTMCell {
  let features: Int = try args.int("features")
  let defaults = LSTMCell(features)
  return LSTMCell(
    features, gateFn: try args.activation("gate_fn") ?? defaults.gateFn,
    activationFn: try args.activation("activation_fn") ?? defaults.activationFn,
    kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
    recurrentKernelInit: try args.initializer("recurrent_kernel_init")
      ?? defaults.recurrentKernelInit,
    biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
    dtype: try args.dtype("dtype"),
    paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
    carryInit: try args.initializer("carry_init") ?? defaults.carryInit)
}

private func optimizedLSTMCell(_ args: Arguments) throws -> OptimizedLSTMCell {
  let features: Int = try args.int("features")
  let defaults = OptimizedLSTMCell(features)
  return OptimizedLSTMCell(
    features, gateFn: try args.activation("gate_fn") ?? defaults.gateFn,
    activationFn: try args.activation("activation_fn") ?? defaults.activationFn,
    kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
    recurrentKernelInit: try args.initializer("recurrent_kernel_init")
      ?? defaults.recurrentKernelInit,
    biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
    dtype: try args.dtype("dtype"),
    paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
    carryInit: try args.initializer("carry_init") ?? defaults.carryInit)
}

private func convLSTMCell(_ args: Arguments) throws -> ConvLSTMCell {
  let features: Int = try args.int("features")
  let defaults = ConvLSTMCell(features, [1])
  return ConvLSTMCell(
    features, try args.ints("kernel_size") ?? [], strides: try args.perAxis("strides") ?? 1,
    padding: try args.padding("padding") ?? defaults.padding,
    useBias: try args.bool("use_bias", defaults.useBias), dtype: try args.dtype("dtype"),
    paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
    carryInit: try args.initializer("carry_init") ?? defaults.carryInit)
}

private func simpleCell(_ args: Arguments) throws -> SimpleCell {
  let features: Int = try args.int("features")
  let defaults = SimpleCell(features)
  return SimpleCell(
    features, activationFn: try args.activation("activation_fn") ?? defaults.activationFn,
    kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
    recurrentKernelInit: try args.initializer("recurrent_kernel_init")
      ?? defaults.recurrentKernelInit,
    biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
    dtype: try args.dtype("dtype"),
    paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
    carryInit: try args.initializer("carry_init") ?? defaults.carryInit,
    residual: try args.bool("residual", defaults.residual))
}

private func gruCell(_ args: Arguments) throws -> GRUCell {
  let features: Int = try args.int("features")
  let defaults = GRUCell(features)
  return GRUCell(
    features, gateFn: try args.activation("gate_fn") ?? defaults.gateFn,
    activationFn: try args.activation("activation_fn") ?? defaults.activationFn,
    kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
    recurrentKernelInit: try args.initializer("recurrent_kernel_init")
      ?? defaults.recurrentKernelInit,
    biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
    dtype: try args.dtype("dtype"),
    paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
    carryInit: try args.initializer("carry_init") ?? defaults.carryInit)
}

private func mguCell(_ args: Arguments) throws -> MGUCell {
  let features: Int = try args.int("features")
  let defaults = MGUCell(features)
  return MGUCell(
    features, gateFn: try args.activation("gate_fn") ?? defaults.gateFn,
    activationFn: try args.activation("activation_fn") ?? defaults.activationFn,
    kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
    recurrentKernelInit: try args.initializer("recurrent_kernel_init")
      ?? defaults.recurrentKernelInit,
    forgetBiasInit: try args.initializer("forget_bias_init") ?? defaults.forgetBiasInit,
    activationBiasInit: try args.initializer("activation_bias_init")
      ?? defaults.activationBiasInit,
    dtype: try args.dtype("dtype"),
    paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
    carryInit: try args.initializer("carry_init") ?? defaults.carryInit,
    resetGate: try args.bool("reset_gate", defaults.resetGate))
}

/// A cell called with a carry and an input; its carry comes before its output.
private func cellRow<Cell: RNNCell>(_ cell: Cell) throws -> ModuleRow {
  ModuleRow(cell) { _, call in
    try call.expect(2)
    let carry = try goldenCarry(call.positional[0], call.named.values, of: cell)
    let (next, output) = cell(carry, try call.tensor(1))
    return treeLeaves(next) + [output]
  }
}

/// The carry that a case describes: a tensor, or a list of the two of an LSTM.
func goldenCarry<Cell: RNNCell>(
  _ json: JSON, _ values: Values, of cell: Cell
) throws -> Cell.Carry {
  let leaves = try (json.elements ?? [json]).map { part in
    guard let name = part["tensor"]?.text else { throw GoldenError("\(part) is no tensor") }
    return try values.tensor(name)
  }
  let template = cell.initializeCarry(
    Key(0), Shape(Array(repeating: 1, count: cell.numFeatureAxes)))
  guard treeLeaves(template).count == leaves.count else { throw GoldenError("carry \(json)") }
  return treeReplacingLeaves(template, leaves)
}

extension Arguments {
  /// An activation function; nil if the field is absent.
  func activation(_ name: String) throws -> ActivationFunction? {
    guard let json = given(name) else { return nil }
    return ActivationFunction(name, try goldenFunction(json, values))
  }
}
