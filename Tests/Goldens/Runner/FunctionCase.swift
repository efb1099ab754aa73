import Autodiff
import Tensor
import Training

/// The arguments of a function's call: those without names, and all others with theirs.
package struct Call {
  /// The arguments without names, in order.
  package let positional: [JSON]
  /// Keyword arguments and the fields of the configuration.
  package let named: Arguments

  /// The tensor at a place among the arguments without names.
  package func tensor(_ index: Int) throws -> Tensor {
    guard positional.indices.contains(index), let name = positional[index]["tensor"]?.text else {
      throw GoldenError("argument \(index) is not a tensor")
    }
    return try named.values.tensor(name)
  }

  /// Throws if the call has another number of arguments without names.
  package func expect(_ count: Int) throws {
    if positional.count != count { throw NotBuilt("call with \(positional.count) arguments") }
  }
}

/// A function of tensors by its name in Flax: the leaves of its result.
typealias FunctionRow = @Sendable (Call) throws -> [Tensor]

/// Makes a row of a function of one tensor without further arguments.
func unary(_ function: @escaping @Sendable (Tensor) -> Tensor) -> FunctionRow {
  { call in
    try call.expect(1)
    return [function(try call.tensor(0))]
  }
}

/// Runs cases whose rows are functions: their results, and their gradients by the inputs.
func runFunction(_ rows: [String: FunctionRow]) -> KindRunner {
  { golden, check in
    guard let row = rows[golden.module] else { throw NotBuilt(golden.module) }
    let json = golden.json["call"]
    let named = (golden.json["config"]?.members ?? []) + (json?["kwargs"]?.members ?? [])
    func evaluate(_ values: Values) throws -> [Tensor] {
      let call = Call(
        positional: json?["args"]?.elements ?? [], named: Arguments(.object(named), values))
      let result = try row(call)
      try call.named.checkAllRead()
      return result
    }
    try check.equal(under: "out", leaves: try evaluate(Values(golden)), group: "out")
    try checkInputGradients(golden, check, evaluate)
  }
}

/// Compares the vector-Jacobian product by the inputs that a case names.
func checkInputGradients(
  _ golden: GoldenCase, _ check: Check, _ evaluate: @escaping (Values) throws -> [Tensor]
) throws {
  let inputs = (golden.json["grad"]?["inputs"]?.elements ?? []).compactMap(\.text)
  guard !inputs.isEmpty else { return }
  let primals = try inputs.map { try golden.tensors.tensor("in/\($0)") }
  let (outputs, pullback) = try vjp(
    { (tensors: [Tensor]) in
      var values = Values(golden)
      for (name, tensor) in zip(inputs, tensors) { values.replacements["in/\(name)"] = tensor }
      return try evaluate(values)
    }, primals)
  let gradients = try pullback(try cotangents(golden, outputs))
  let results = Dictionary(uniqueKeysWithValues: zip(inputs, gradients))
  try check.equal(under: "grad_in", results, group: "grad")
}

/// The cotangents of a case's outputs; zero where it has none, as for integers.
func cotangents(_ golden: GoldenCase, _ outputs: [Tensor]) throws -> [Tensor] {
  let given = golden.names(under: "cot")
  return try outputs.enumerated().map { index, output in
    given.contains("\(index)")
      ? try golden.tensors.tensor("cot/\(index)") : Tensor.zeros(output.shape, dtype: output.dtype)
  }
}
