import Autodiff
import Linen
import Tensor
import Training

/// The modules of flax.linen by name.
let modules: [String: ModuleBuilder] = [
  linearModules, convolutionModules, normalizationModules, attentionModules, recurrentModules,
  recurrentLayerModules,
  combinationModules, seedModules,
].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

/// Runs a case of kind "module": its first variables, outputs, updates, gradients and further steps.
func runModule(_ golden: GoldenCase, _ check: Check) throws {
  let values = Values(golden)
  let row = try module(golden.module, golden.json["config"], values)
  let call = try ModuleCall(golden.json["call"], golden)
  let start = try ModuleCall(golden.json["init"], golden)
  let initial = try row.module.initialize(start.rngs) { _ in try start.leaves(row, values) }
  try check.equal(under: "vars", initial.byGoldenName, group: initialGroup(golden))
  let variables = try initial.replacing(try golden.tree("use"))
  let (outputs, updates) = try call.apply(row, variables, values)
  try check.equal(under: "out", leaves: outputs, group: "out")
  if call.mutable != nil { try check.equal(under: "upd", updates.byGoldenName, group: "upd") }
  try checkGradients(golden, check, row, call, variables)
  try checkSteps(golden, check, row, variables.merging(updates))
}

/// The tolerance of first variables: those of layers that store normalized weights hold values of
/// `rsqrt`, which XLA takes from an approximate instruction of the CPU.
private func initialGroup(_ golden: GoldenCase) -> String {
  let normalizing: Set<String> = ["WeightNorm", "SpectralNorm"]
  func normalizes(_ json: JSON) -> Bool {
    json["module"]?.text.map(normalizing.contains) == true
      || (json.elements ?? []).contains(where: normalizes)
      || (json.members ?? []).contains { normalizes($0.value) }
  }
  return normalizes(golden.json) ? "init_relaxed" : "init"
}

/// A call of a module's method as the manifest describes it.
private struct ModuleCall {
  let rngs: RNGs
  /// The collections that may change; nil if the call does not say.
  let mutable: CollectionFilter?
  private let method: String
  private let positional: [JSON]
  private let keywords: JSON

  init(_ json: JSON?, _ golden: GoldenCase) throws {
    let streams = json?["rngs"]?.members ?? []
    rngs = RNGs(
      try Dictionary(
        uniqueKeysWithValues: streams.map { ($0.key, try golden.key($0.value.text ?? "")) }))
    mutable = try goldenFilter(json?["mutable"])
    method = json?["method"]?.text ?? "__call__"
    positional = json?["args"]?.elements ?? []
    keywords = .object(json?["kwargs"]?.members ?? [])
  }

  func leaves(_ row: ModuleRow, _ values: Values) throws -> [Tensor] {
    let arguments = Call(positional: positional, named: Arguments(keywords, values))
    let result = try row.call(method, arguments)
    try arguments.named.checkAllRead()
    return result
  }

  func apply(
    _ row: ModuleRow, _ variables: Variables, _ values: Values
  ) throws -> (outputs: [Tensor], updates: Variables) {
    guard let mutable else {
      let outputs = try row.module.apply(variables, rngs: rngs) { _ in try leaves(row, values) }
      return (outputs, Variables())
    }
    let result = try row.module.apply(variables, rngs: rngs, mutable: mutable) { _ in
      try leaves(row, values)
    }
    return (result.output, result.variables)
  }
}

/// The collections that a JSON value chooses; nil if it is absent or false.
func goldenFilter(_ json: JSON?) throws -> CollectionFilter? {
  switch json {
  case nil, .null, .bool(false): nil
  case .bool(true): .all
  case .string(let name): .names([name])
  case .array(let names): .names(Set(names.compactMap(\.text)))
  default: throw GoldenError("\(json.map { "\($0)" } ?? "") chooses no collections")
  }
}

extension Arguments {
  /// The collections that a field chooses; nil if it is absent or false.
  func filter(_ name: String) throws -> CollectionFilter? { try goldenFilter(given(name)) }
}

/// Compares the vector-Jacobian products by parameters and inputs; other collections are constants.
private func checkGradients(
  _ golden: GoldenCase, _ check: Check, _ row: ModuleRow, _ call: ModuleCall,
  _ variables: Variables
) throws {
  guard let grad = golden.json["grad"], !grad.isNull else { return }
  let inputs = (grad["inputs"]?.elements ?? []).compactMap(\.text)
  let hasParams = grad["params"]?.bool == true && variables.contains("params")
  let params: Variables = hasParams ? variables["params"] : Variables()
  let names = treeLeavesWithPath(params).map(\.path.goldenName)
  let primals = [treeLeaves(params), try inputs.map { try golden.tensors.tensor("in/\($0)") }]
  let (outputs, pullback) = try vjp(
    { (trees: [[Tensor]]) in
      var values = Values(golden)
      for (name, tensor) in zip(inputs, trees[1]) { values.replacements["in/\(name)"] = tensor }
      let replacements = zip(names, trees[0]).map { ("params/\($0)", $1) }
      let all = try variables.replacing(Dictionary(uniqueKeysWithValues: replacements))
      return try call.apply(row, all, values).outputs
    }, primals)
  let gradients = try pullback(try cotangents(golden, outputs))
  let byName = Dictionary(uniqueKeysWithValues: zip(names, gradients[0]))
  try check.equal(under: "grad/params", byName, group: "grad")
  let byInput = Dictionary(uniqueKeysWithValues: zip(inputs, gradients[1]))
  try check.equal(under: "grad_in", byInput, group: "grad")
}

/// Makes the further calls of a case, each with the updates of those before it.
private func checkSteps(
  _ golden: GoldenCase, _ check: Check, _ row: ModuleRow, _ variables: Variables
) throws {
  var variables = variables
  for (index, json) in (golden.json["steps"]?.elements ?? []).enumerated() {
    let call = try ModuleCall(json, golden)
    let (outputs, updates) = try call.apply(row, variables, Values(golden))
    try check.equal(under: "step/\(index + 1)/out", leaves: outputs, group: "out")
    if call.mutable != nil {
      try check.equal(under: "step/\(index + 1)/upd", updates.byGoldenName, group: "upd")
    }
    variables = variables.merging(updates)
  }
}
