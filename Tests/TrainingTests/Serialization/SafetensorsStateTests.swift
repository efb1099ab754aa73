import Foundation
import Linen
import Optimizers
import Testing
import Training

/// States in flat files of named tensors.
@Suite struct SafetensorsStateTests {
  private func withFile<R>(_ body: (String) throws -> R) throws -> R {
    let path = NSTemporaryDirectory() + "\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  private let variables = Result {
    try Sequential([Dense(4), Dense(2)])
      .initialize(Key(0)) { $0(Tensor.ones([1, 3])) }
  }

  @Test(arguments: ["/", "."])
  func namesLeadToTheParts(separator: String) throws {
    let variables = try variables.get()
    try withFile { path in
      try SafetensorsFile.write(
        stateOf: variables, to: path, separator: separator, metadata: ["format": "flax"])
      let file = try SafetensorsFile(path: path)
      #expect(
        file.names.map { $0.split(separator: separator).joined(separator: " ") } == [
          "params layers_0 bias", "params layers_0 kernel", "params layers_1 bias",
          "params layers_1 kernel",
        ])
      let zeros = treeMap(variables) { $0 * 0 }
      let restored = try file.restore(zeros, separator: separator)
      #expect(try toStateDict(restored) == toStateDict(variables))
    }
  }

  /// The numbers of a train state, and its states without tensors, which leave no trace.
  @Test func trainStates() throws {
    let start = TrainState.create(
      try variables.get(), optimizer: chain(clipByGlobalNorm(1), adam(0.1)))
    let state = start.applyGradients(treeMap(start.params) { $0 + 1 })
    try withFile { path in
      try SafetensorsFile.write(stateOf: state, to: path)
      let file = try SafetensorsFile(path: path)
      #expect(try file.tensor("step").item(as: Int.self) == 1)
      // A count is a plain integer in a state, and a tensor in the file.
      #expect(try toStateDict(try file.restore(start)) == toStateDict(state))
      struct Plain: StateSerializable, Equatable {
        var count: Int8
        var rate: Float
        var isOn: Bool
        mutating func visitState(_ visitor: inout StateVisitor) {
          visitor.visit("count", &count)
          visitor.visit("rate", &rate)
          visitor.visit("isOn", &isOn)
        }
      }
      let plain = Plain(count: -3, rate: 0.5, isOn: true)
      try SafetensorsFile.write(stateOf: plain, to: path)
      #expect(
        try SafetensorsFile(path: path).restore(Plain(count: 0, rate: 0, isOn: false)) == plain)
    }
  }

  @Test func whatDoesNotFitIsListed() throws {
    try withFile { path in
      try SafetensorsFile.write(
        ["a": Tensor.ones([2]), "b/c": Tensor.ones([3]), "old": Tensor.ones([1])], to: path)
      let target: Variables = [
        "a": Tensor.ones([2], dtype: .bfloat16), "b": ["c": Tensor.ones([4])],
        "d": Tensor.ones([1]),
      ]
      let error = #expect(throws: RestoreError.self) {
        try SafetensorsFile(path: path).restore(target)
      }
      #expect(
        try #require(error).problems.map(\.description) == [
          "dtype ./a: found f32[2], expected bf16[2]",
          "shape ./b/c: found f32[3], expected f32[4]", "missing ./d: expected f32[1]",
          "extra ./old: found f32[1]",
        ])
    }
  }

  @Test func textsHaveNoPlaceInIt() throws {
    try withFile { path in
      #expect {
        try SafetensorsFile.write(stateOf: ["a": "text"], to: path)
      } throws: {
        "\($0)" == "./a: a text can't be written to safetensors"
      }
      let twice: StateValue = ["a/b": .tensor(Tensor(1.0)), "a": ["b": .tensor(Tensor(2.0))]]
      #expect {
        try SafetensorsFile.write(stateOf: twice, to: path)
      } throws: {
        "\($0)" == "./a/b: two tensors are named \"a/b\""
      }
    }
  }

  /// Sizes whose product is 0 only because one of them is.
  @Test func sizesBeyondMemoryAreRefused() throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}"#
    try withFile { path in
      let bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
      try (bytes + Data(header.utf8)).write(to: URL(fileURLWithPath: path))
      #expect {
        try SafetensorsFile(path: path)
      } throws: {
        "\($0)" == "\(path): byte 8: the shape of tensor \"a\" is not a list of sizes"
      }
    }
  }
}
