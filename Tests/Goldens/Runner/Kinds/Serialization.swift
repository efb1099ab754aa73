import Foundation
import Linen
import Optimizers
import Training

private typealias SerializationRow = @Sendable (GoldenCase, Check) throws -> Void

/// What is serialized, by its name in the goldens.
private let serializations: [String: SerializationRow] = [
  "to_bytes": { golden, check in
    try check.bytes(of: try golden.nested("vars"), golden)
  },
  "to_bytes_list": { golden, check in
    let vars = try golden.nested("vars")
    let pair = Variables(tuple: [vars["b"], vars["c"]])
    let list = Variables(tuple: [vars["a"], pair])
    try check.bytes(of: Variables([("list", list), ("empty", Variables())]), golden)
  },
  "train_state": runTrainState,
]

/// Runs a case of kind "serialization": the bytes of a tree are Flax's, and are read again.
func runSerialization(_ golden: GoldenCase, _ check: Check) throws {
  guard let row = serializations[golden.module] else { throw NotBuilt(golden.module) }
  try row(golden, check)
}

private func runTrainState(_ golden: GoldenCase, _ check: Check) throws {
  let transformation = try optimizer(golden.json["config"], Values(golden))
  guard let steps = golden.json["call"]?["steps"]?.integer else {
    throw GoldenError("the call lacks steps")
  }
  var state = TrainState.create(
    ["params": try golden.nested("vars/params")], optimizer: transformation)
  let start = state
  for step in 0..<steps { state = state.applyGradients(try golden.nested("in/\(step)")) }

  let bytes = try golden.bytes()
  let decoded = try msgpackRestore(bytes)
  for (origin, value) in [("here", try toStateDict(state)), ("from the file", decoded)] {
    let tensors = value.leaves(below: StatePath()).compactMap { path, leaf in
      (leaf.tensor ?? leaf.integer.map { Tensor($0, dtype: .int64) }).map {
        (TreePath(path.names.map(TreeKey.key)).goldenName, $0)
      }
    }
    try check.equal(
      under: "out/state", Dictionary(uniqueKeysWithValues: tensors), group: "out")
    if value["step"]?.integer != steps { check.fail("step \(origin) is no plain integer") }
  }
  // The same keys in the same order, arrays of the same types: Flax's bytes but for rounding.
  let own = try msgpackRestore(try toBytes(state))
  if "\(own)" != "\(decoded)" { check.fail("the state is \(own), Flax's \(decoded)") }
  let restored = try fromBytes(start, bytes)
  if try toBytes(restored) != bytes { check.fail("the restored state has other bytes than Flax's") }
}

extension Check {
  /// Compares the bytes of variables with Flax's, and what is restored from Flax's with them.
  fileprivate func bytes(of variables: Variables, _ golden: GoldenCase) throws {
    let expected = try golden.bytes()
    let bytes = try toBytes(variables)
    if bytes != expected {
      let place = zip(bytes, expected).enumerated().first { $1.0 != $1.1 }?.offset
      fail(
        "\(bytes.count) bytes, Flax has \(expected.count); the first that differs is "
          + "\(place ?? min(bytes.count, expected.count))")
    }
    let zeros = treeMap(variables) { Tensor.zeros($0.shape, dtype: $0.dtype) }
    if try toBytes(try fromBytes(zeros, expected)) != expected {
      fail("what is restored from Flax's bytes has other bytes")
    }
  }
}

extension GoldenCase {
  /// The bytes of the case, which lie beside it as a file too.
  fileprivate func bytes() throws -> Data {
    let bytes = Data(try tensors.tensor("out/bytes").scalars(as: UInt8.self))
    let file = "\(folder)/\(id).msgpack"
    guard try Data(contentsOf: URL(fileURLWithPath: file)) == bytes else {
      throw GoldenError("\(file) is not the tensor out/bytes")
    }
    return bytes
  }

  /// The tensors under `prefix` as nested dictionaries, sorted by key.
  fileprivate func nested(_ prefix: String) throws -> Variables {
    let paths = names(under: prefix).map { name in
      (path: name.split(separator: "/").map { unescaped(String($0)) }, name: name)
    }
    var flat = FlatTree<Variables>()
    for (path, name) in paths.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
      flat[path] = Variables(try tensors.tensor("\(prefix)/\(name)"))
    }
    return unflattenDict(flat)
  }
}

/// A component of a tensor's name without its escapes.
private func unescaped(_ name: String) -> String {
  name.replacingOccurrences(of: "%2F", with: "/").replacingOccurrences(of: "%25", with: "%")
}
