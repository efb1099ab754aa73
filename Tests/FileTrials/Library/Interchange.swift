import Foundation
import Linen
import Optimizers
import Training

/// Files for Flax and safetensors in Python, and the reading of theirs.
package enum Interchange {
  /// The values that both sides know.
  private struct Values {
    let variables: Variables
    let state: TrainState
    let start: TrainState
    let arrays: [String: Tensor]
    /// Those of types that safetensors files have.
    var safetensorsArrays: [String: Tensor] { arrays.filter { $0.value.dtype != .complex128 } }

    init() throws {
      variables = try Net().initialize(Key(42)) { $0(Tensor.ones([1, 8, 8, 3])) }
      let optimizer = chain(clipByGlobalNorm(1), adamw(0.01))
      start = TrainState.create(variables, optimizer: optimizer)
      var state = start
      for step in 1...3 {
        let gradients = treeMap(state.params) { Tensor.full($0.shape, Double(step) / 64) }
        state = state.applyGradients(gradients)
      }
      self.state = state
      arrays = Dictionary(
        uniqueKeysWithValues: DType.allCases.map { dtype in
          ("a/\(dtype.name)", Tensor(Array(0..<6), shape: [2, 3], dtype: dtype))
        })
    }
  }

  /// Writes what Python is to read.
  package static func write(to folder: String) throws {
    let values = try Values()
    let files = [
      "params": try toBytes(values.variables), "state": try toBytes(values.state),
      "chunked": try toBytes(values.variables, chunkSize: 100),
      "arrays": try toBytes(values.arrays), "key": try toBytes(Key(7)),
    ]
    for (name, bytes) in files {
      try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name).msgpack"))
    }
    try SafetensorsFile.write(
      values.safetensorsArrays, to: "\(folder)/arrays.safetensors", metadata: ["format": "np"])
    try SafetensorsFile.write(stateOf: values.variables, to: "\(folder)/params.safetensors")
    let checkpoints = try Checkpoints("\(folder)/checkpoints", keep: 10)
    for step in 1...3 { try checkpoints.save(values.state, step: step) }
    print("here: wrote \(files.count) msgpack files, 2 of safetensors, 3 checkpoints")
  }

  /// Reads what Python wrote, which must be the same values, and the same bytes again.
  package static func read(from folder: String) throws {
    let values = try Values()
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: "\(folder)/flax_\(name).msgpack"))
    }
    func same(_ what: String, _ a: StateValue, _ b: StateValue) throws {
      guard a == b else { throw TrialError("\(what): \(a) is not \(b)") }
      print("here: \(what): the same \(a.leaves(below: StatePath()).count) values")
    }
    let zeros = treeMap(values.variables) { $0 * 0 }
    for name in ["params", "chunked"] {
      let restored = try fromBytes(zeros, try bytes(name))
      try same("\(name).msgpack of Flax", toStateDict(restored), toStateDict(values.variables))
    }
    guard try toBytes(values.variables) == bytes("params") else {
      throw TrialError("params.msgpack: other bytes than Flax's")
    }
    guard try toBytes(values.variables, chunkSize: 100) == bytes("chunked") else {
      throw TrialError("chunked.msgpack: other bytes than Flax's")
    }
    print("here: params.msgpack and chunked.msgpack: the same bytes as Flax's")
    let state = try fromBytes(values.start, try bytes("state"))
    try same("state.msgpack of Flax", toStateDict(state), toStateDict(values.state))
    guard try toBytes(state) == bytes("state") else {
      throw TrialError("state.msgpack: other bytes than Flax's")
    }
    print("here: state.msgpack: the same bytes as Flax's when it is written again")
    let any = try msgpackRestore(try bytes("any"))
    guard try msgpackSerialize(any) == bytes("any") else {
      throw TrialError("any.msgpack: other bytes than Flax's")
    }
    print("here: any.msgpack of Flax: \(any), the same bytes again")

    let arrays = try SafetensorsFile(path: "\(folder)/python_arrays.safetensors").tensors()
    try same(
      "arrays.safetensors of Python", toStateDict(arrays), toStateDict(values.safetensorsArrays))
    let params = try SafetensorsFile(path: "\(folder)/python_params.safetensors")
      .restore(zeros)
    try same("params.safetensors of Python", toStateDict(params), toStateDict(values.variables))

    let checkpoints = try Checkpoints("\(folder)/checkpoints", keep: 10)
    let steps = try checkpoints.availableSteps()
    guard steps == [1, 2, 3, 4, 5] else { throw TrialError("the checkpoints are \(steps)") }
    let newest = try checkpoints.restore(values.start)
    try same("checkpoint_5 of Flax", toStateDict(newest), toStateDict(values.state))
    try checkpoints.save(newest, step: 6)
    print("here: saved checkpoint_6 behind Flax's")
  }
}

/// A model with parameters and batch statistics, which Python has too.
private final class Net: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact {
      let x = BatchNorm(useRunningAverage: true)(Conv(4, [3, 3])(x))
      return Dense(10)(relu(x).reshaped(to: [x.shape[0], -1]))
    }
  }
}
