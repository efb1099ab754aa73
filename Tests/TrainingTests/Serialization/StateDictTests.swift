import Foundation
import Linen
import Optimizers
import Testing
import Training

struct PointState: StateSerializable, Equatable {
  var x: Double
  var y: Double
  let meta: [String: Bool]

  mutating func visitState(_ visitor: inout StateVisitor) {
    visitor.visit("x", &x)
    visitor.visit("y", &y)
  }
}

/// A box that leaves no trace in the state.
private struct Box: StateSerializable, Equatable {
  var value: Int
  mutating func visitState(_ visitor: inout StateVisitor) { visitor.visit(&value) }
}

/// A tree for transforms, which is all that its state needs to know.
private struct Layer: TensorTree, StateSerializable {
  var kernel: Tensor
  var bias: Tensor?
  var parts: [[String: Tensor]]

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("kernel"), &kernel)
    visitor.visit(.field("bias"), &bias)
    visitor.visit(.field("parts"), &parts)
  }
}

private enum Mode: String, StateSerializable {
  case warmup
  case steady
}

/// Flax's tests/serialization_test.py, and what is special here.
@Suite struct StateDictTests {
  private let params = Result {
    try Dense(1, kernelInit: .ones).initialize(Key(0)) { $0(Tensor.ones([1, 1])) }
  }

  @Test func dataclassSerialization() throws {
    let point = PointState(x: 1, y: 2, meta: ["dummy": true])
    #expect(try toStateDict(point) == ["x": 1.0, "y": 2.0])
    #expect(
      try fromStateDict(point, ["x": 3, "y": 4.0]) == PointState(x: 3, y: 4, meta: point.meta))
    #expect { try fromStateDict(point, ["z": 3]) } throws: { error in
      "\(error)" == """
        Missing field x in state dict while restoring an instance of PointState, at path .
          missing ./x: expected a number
          missing ./y: expected a number
          extra ./z: found an integer
        hint: to take the state all the same, pass allowing: [.missing, .extraFields]
        """
    }
    #expect { try fromStateDict(point, ["x": 3, "y": 4, "z": 3, "w": 1]) } throws: { error in
      "\(error)".hasPrefix(
        "Unknown field(s) \"z,w\" in state dict while restoring an instance of PointState at path .\n"
      )
    }
  }

  @Test func passThroughSerialization() throws {
    #expect(try toStateDict(Box(value: 123)) == 123)
    #expect(try fromStateDict(Box(value: 0), 123) == Box(value: 123))
  }

  @Test func modelSerialization() throws {
    let params = try params.get()
    let ones = StateValue.tensor(Tensor.ones([1, 1]))
    #expect(
      try toStateDict(params) == ["params": ["kernel": ones, "bias": .tensor(Tensor.zeros([1]))]])
    let state: StateValue = [
      "params": [
        "kernel": .tensor(Tensor.zeros([1, 1])), "bias": .tensor(Tensor.zeros([1])),
      ]
    ]
    #expect(try toStateDict(try fromStateDict(params, state)) == state)
  }

  @Test func optimizerSerialization() throws {
    let state = sgd(0.1, momentum: 0.1).initialize(try params.get())
    let saved = try toStateDict(state)
    #expect(
      saved == [
        "0": [
          "trace": [
            "params": [
              "bias": .tensor(Tensor.zeros([1])), "kernel": .tensor(Tensor.zeros([1, 1])),
            ]
          ]
        ], "1": [:],
      ])
    let plusOne = treeMap(state) { $0 + 1 }
    #expect(
      try toStateDict(try fromStateDict(state, try toStateDict(plusOne))) == toStateDict(plusOne))
  }

  /// A variable may hold a structure.
  @Test func collectionSerialization() throws {
    let variables: Variables = [
      "state": Variables([("dummy", Variables(value: PointState(x: 2, y: 0, meta: [:])))])
    ]
    #expect(try toStateDict(variables) == ["state": ["dummy": ["x": 2.0, "y": 0.0]]])
    let restored = try fromStateDict(variables, ["state": ["dummy": ["x": 5, "y": 1]]])
    #expect(
      restored["state"]["dummy"].value(as: PointState.self) == PointState(x: 5, y: 1, meta: [:]))
  }

  @Test func valuesWithoutStateCannotBeSaved() {
    let variables: Variables = ["state": Variables([("what", Variables(value: 0.5...1.5))])]
    #expect { try toStateDict(variables) } throws: {
      "\($0)" == "./state/what: a value of ClosedRange<Double>, which has no state"
    }
  }

  @Test func namedTupleSerialization() throws {
    let state = OptimizerState.fields([
      "a": .tensor(Tensor(1)), "b": .tensor(Tensor(2)), "c": .tensor(Tensor(3)),
    ])
    let restored = try fromBytes(treeMap(state) { $0 * 0 }, try toBytes(state))
    #expect(treeStructure(restored).map(\.description) == [".a", ".b", ".c"])
    #expect(try treeLeaves(restored).map { try $0.item(as: Int.self) } == [1, 2, 3])
  }

  @Test func namedTupleRestoreLegacy() throws {
    let zero = OptimizerState.tensor(Tensor(0))
    let target = OptimizerState.fields(["a": zero, "b": zero, "c": zero])
    let legacy: StateValue = [
      "name": "Foo", "fields": ["0": "a", "1": "b", "2": "c"], "values": ["0": 1, "1": 2, "2": 3],
    ]
    let restored = try fromStateDict(target, legacy)
    #expect(try treeLeaves(restored).map { try $0.item(as: Int.self) } == [1, 2, 3])
  }

  @Test func modelSerializationToBytes() throws {
    let params = try params.get()
    let zeros = treeMap(params) { $0 * 0 }
    #expect(
      try toStateDict(try fromBytes(zeros, try toBytes(params))) == toStateDict(params))
  }

  @Test func optimizerSerializationToBytes() throws {
    let state = treeMap(sgd(0.1, momentum: 0.1).initialize(try params.get())) { $0 + 3 }
    let zeros = treeMap(state) { $0 * 0 }
    #expect(try toStateDict(try fromBytes(zeros, try toBytes(state))) == toStateDict(state))
  }

  @Test func jaxNumpySerialization() throws {
    for dtype in DType.allCases {
      let x = Tensor([[0, 1], [1, 0]], dtype: dtype)
      let restored = try fromBytes(Tensor.zeros([2, 2], dtype: dtype), try toBytes(x))
      #expect(try toStateDict(restored) == .tensor(x))
    }
  }

  @Test func treesNeedTheConformanceAlone() throws {
    let layer = Layer(
      kernel: Tensor([1.0, 2]), bias: nil, parts: [["b": Tensor(1.0), "a": Tensor(2.0)], [:]])
    let state = try toStateDict(layer)
    #expect(
      state == [
        "kernel": .tensor(Tensor([1.0, 2])), "bias": nil,
        "parts": ["0": ["a": .tensor(Tensor(2.0)), "b": .tensor(Tensor(1.0))], "1": [:]],
      ])
    let zeros = treeMap(layer) { $0 * 0 }
    #expect(try toStateDict(try fromStateDict(zeros, state)) == state)
    #expect { try fromStateDict(layer, ["kernel": 1, "bias": 2.0, "parts": ["0": [:]]]) } throws: {
      "\($0)" == """
        The size of the list and the state dict do not match, got 2 and 1 at path ./parts
          kind ./kernel: found an integer, expected f32[2]
          kind ./bias: found a number, expected nothing
          missing ./parts/0/a: expected f32[]
          missing ./parts/0/b: expected f32[]
          missing ./parts/1: expected an empty dictionary
        """
    }
  }

  @Test func textsBytesKeysAndCasesHaveStates() throws {
    #expect(try toStateDict(Mode.steady) == "steady")
    #expect(try fromStateDict(Mode.warmup, "steady") == .steady)
    #expect(throws: RestoreError.self) { try fromStateDict(Mode.warmup, "off") }
    #expect(try fromStateDict("", "x") == "x")
    #expect(try fromBytes(Data(), try toBytes(Data([1, 2]))) == Data([1, 2]))
    #expect(try fromBytes(Key(0), try toBytes(Key(7))) == Key(7))
    #expect(
      try fromBytes(Key(0, layout: .original), try toBytes(Key(7))) == Key(7, layout: .original))
    #expect(try fromStateDict(Int8(0), -128) == -128)
    #expect(throws: RestoreError.self) { try fromStateDict(Int8(0), 128) }
    #expect(try fromStateDict(UInt64(0), .unsigned(.max)) == .max)
    #expect(try fromStateDict(0, .tensor(Tensor(5, dtype: .int32))) == 5)
    #expect(try fromStateDict(false, .tensor(Tensor(true))))
    #expect(try fromStateDict(Float(0), .scalar(Tensor(1.5, dtype: .float32))) == 1.5)
    #expect(throws: RestoreError.self) { try fromStateDict(0, 1.5) }
  }

  @Test func boxesOfMetadataBecomeDictionariesOfAValue() throws {
    struct Named: AxisMetadata {
      var value: Variables
      let names: [String]
      func addingAxis(at index: Int, _ parameters: MetadataParams) -> Named { self }
      func removingAxis(at index: Int, _ parameters: MetadataParams) -> Named { self }
    }
    let box = Named(value: Variables(Tensor([1.0, 2])), names: ["embed"])
    let variables = Variables([("kernel", Variables(value: box))])
    let state = try toStateDict(variables)
    #expect(state == ["kernel": ["value": .tensor(Tensor([1.0, 2]))]])
    let zeros = treeMap(variables) { $0 * 0 }
    let restored = try fromStateDict(zeros, state)
    #expect(try toStateDict(restored) == state)
    #expect(restored["kernel"].value(as: Named.self)?.names == ["embed"])
    // Moments of an optimizer are in such boxes too.
    let moments = try toStateDict(trace(decay: 0.9).initialize(variables))
    #expect(moments == ["trace": ["kernel": ["value": .tensor(Tensor([0.0, 0]))]]])
  }

  @Test func weakTypesStay() throws {
    let target = ["a": Tensor(0.0), "b": Tensor(0, dtype: .int32)]
    let restored = try fromStateDict(target, ["a": 2.5, "b": .tensor(Tensor(3, dtype: .int32))])
    #expect(restored["a"]?.type == Tensor(0.0).type)
    #expect(restored["b"]?.type == target["b"]?.type)
    #expect(try restored["a"]?.item(as: Double.self) == 2.5)
  }

  @Test func variablesOfAnything() throws {
    let variables = Variables(
      ["params": ["w": .tensor(Tensor([1.0])), "steps": 3], "list": [.tensor(Tensor(2.0))]])
    let w: Tensor = variables["params"]["w"]
    #expect(try w.scalars() == [1.0])
    #expect(variables["params"]["steps"].value(as: StateValue.self) == 3)
    #expect(variables["list"].elements?.count == 1)
  }
}
