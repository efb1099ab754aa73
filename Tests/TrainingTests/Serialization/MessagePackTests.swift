import Foundation
import Linen
import Testing
import Training

/// The bytes on the right are those that `flax.serialization.msgpack_serialize` of Flax 0.12.8 and
/// msgpack 1.1 gave for the same values in Python.
@Suite struct MessagePackTests {
  private func hexadecimal(_ value: StateValue, chunkSize: Int = MessagePack.chunkSize) throws
    -> String
  {
    try msgpackSerialize(value, chunkSize: chunkSize).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }

  @Test func integersAreAsShortAsPython() throws {
    let integers: StateValue = [
      0, 127, 128, 255, 256, 65535, 65536, 4_294_967_295, 4_294_967_296, 9_223_372_036_854_775_807,
      .unsigned(1 << 63), .unsigned(.max), -1, -32, -33, -128, -129, -32768, -32769,
      -2_147_483_648, -2_147_483_649, -9_223_372_036_854_775_808,
    ]
    let bytes =
      "dc0016007fcc80ccffcd0100cdffffce00010000ceffffffffcf0000000100000000cf7fffffffffffffffcf80"
      + "00000000000000cfffffffffffffffffffe0d0dfd080d1ff7fd18000d2ffff7fffd280000000d3ffffffff7f"
      + "ffffffd38000000000000000"
    #expect(try hexadecimal(integers) == bytes)
  }

  @Test func plainValues() throws {
    let values: StateValue = [
      nil, true, false, 1.5, -0.0, .double(.nan), "", .string(String(repeating: "a", count: 31)),
      .string(String(repeating: "b", count: 32)), "\u{E9}", .bytes(Data()),
      .bytes(Data("xyz".utf8)), .complex(real: 1, imaginary: 2), .complex(real: 0, imaginary: 1),
    ]
    let bytes =
      "9ec0c3c2cb3ff8000000000000cb8000000000000000cb7ff8000000000000a0bf616161616161616161616161"
      + "61616161616161616161616161616161616161d920626262626262626262626262626262626262626262626262"
      + "6262626262626262a2c3a9c400c40378797ac7130292cb3ff0000000000000cb4000000000000000c7130292cb"
      + "0000000000000000cb3ff0000000000000"
    #expect(try hexadecimal(values) == bytes)
  }

  @Test func msgpackSerializeSortsKeysAndToBytesDoesNot() throws {
    let value: StateValue = ["b": 1, "a": ["z": 2, "c": [1, ["y": 3, "x": 4]]]]
    #expect(try hexadecimal(value) == "82a16182a163920182a17804a17903a17a02a16201")
    #expect(
      try toBytes(value)
        == Data(bytes(hexadecimal: "82a16201a16182a17a02a16382a13001a13182a17903a17804")))
  }

  /// `test_list_serialization` saves the state of an NNX model, whose lists have integer keys.
  @Test func listSerialization() throws {
    let state: StateValue = [
      "l": [1: .scalar(Tensor(2.5, dtype: .float32)), 0: .scalar(Tensor(-3, dtype: .int8))]
    ]
    #expect(
      try hexadecimal(state)
        == "81a16c8200c70a039390a4696e7438c401fd01d8039390a7666c6f61743332c40400002040")
    let restored = try msgpackRestore(try msgpackSerialize(state))
    #expect(restored["l"]?[1]?.tensor?.type == ShapeDtype([], .float32))
    // Integer keys number the parts of a list.
    let list = try fromStateDict([Tensor(Int8(0)), Tensor(Float(0))], restored["l"] ?? nil)
    #expect(try list.map { try $0.item(as: Float.self) } == [-3, 2.5])
  }

  @Test(arguments: [
    (
      Tensor([[0.0, 1, 2], [3, 4, 5]]),
      "c7260193920203a7666c6f61743332c418000000000000803f0000004000004040000080400000a040"
    ),
    (
      Tensor([1.5, -2], dtype: .bfloat16), "c71201939102a862666c6f61743136c404c03f00c0"
    ),
    (Tensor([true, false]), "c70c01939102a4626f6f6cc4020100"),
    (Tensor(7, dtype: .int32), "c70e019390a5696e743332c40407000000"),
    (Tensor.zeros([0, 3], dtype: .float16), "c70e0193920003a7666c6f61743136c400"),
    (
      Tensor([UInt64(1) << 63]), "c71401939101a675696e743634c4080000000000000080"
    ),
  ])
  func arrays(tensor: Tensor, bytes: String) throws {
    #expect(try hexadecimal(.tensor(tensor)) == bytes)
    #expect(try hexadecimal(.tensor(tensor.transposed().transposed())) == bytes)
  }

  @Test func arraysOfOtherDtypesAreKept() throws {
    let complex = ForeignArray(
      dtype: "complex64", shape: [1], bytes: Data(bytes(hexadecimal: "0000803f00000040")))
    #expect(
      try hexadecimal(.foreign(complex)) == "c71701939101a9636f6d706c65783634c4080000803f00000040")
    let float8 = Data(bytes(hexadecimal: "c71401939101ad666c6f6174385f65346d33666ec4013c"))
    #expect(try msgpackSerialize(try msgpackRestore(float8)) == float8)
    // Other programs' extensions too.
    let timestamp = Data(bytes(hexadecimal: "d6ff00000001"))
    #expect(try msgpackRestore(timestamp) == .extensionType(-1, Data([0, 0, 0, 1])))
    #expect(try msgpackSerialize(try msgpackRestore(timestamp)) == timestamp)
  }

  private let first7 = Tensor([0.0, 1, 2, 3, 4, 5, 6])

  @Test func serializationChunking() throws {
    let state: StateValue = [
      "a": .tensor(Tensor([[0.0, 1, 2, 3, 4], [5, 6, 7, 8, 9]])),
      "b": .tensor(Tensor([0.0, 1, 2, 3, 4, 5])),
    ]
    let bytes =
      "82a16183b95f5f6d73677061636b5f6368756e6b65645f61727261795f5fc3a5736861706582a13002a13105"
      + "a66368756e6b7382a130c72501939106a7666c6f61743332c418000000000000803f00000040000040400000"
      + "80400000a040a131c71d01939104a7666c6f61743332c4100000c0400000e0400000004100001041a162c725"
      + "01939106a7666c6f61743332c418000000000000803f0000004000004040000080400000a040"
    #expect(try hexadecimal(state, chunkSize: 24) == bytes)
    // An array that is all there is, is cut too; one in a list is not.
    let pieces =
      "83b95f5f6d73677061636b5f6368756e6b65645f61727261795f5fc3a5736861706581a13007a66368756e6b73"
      + "82a130c72501939106a7666c6f61743332c418000000000000803f0000004000004040000080400000a040a1"
      + "31c71101939101a7666c6f61743332c4040000c040"
    #expect(try hexadecimal(.tensor(first7), chunkSize: 24) == pieces)
    let whole =
      "91c72901939107a7666c6f61743332c41c000000000000803f0000004000004040000080400000a0400000c040"
    #expect(try hexadecimal(.list([.tensor(first7)]), chunkSize: 24) == whole)
  }

  @Test func chunksOfOtherDtypes() throws {
    let complex = StateValue.tensor(Tensor((0..<4).map { Complex(Double($0)) }))
    let bytes =
      "83b95f5f6d73677061636b5f6368756e6b65645f61727261795f5fc3a5736861706581a13004a66368756e6b73"
      + "82a130c72701939103a9636f6d706c65783634c41800000000000000000000803f000000000000004000000000"
      + "a131c71701939101a9636f6d706c65783634c4080000404000000000"
    #expect(try hexadecimal(complex, chunkSize: 24) == bytes)
    #expect(try msgpackRestore(try msgpackSerialize(complex, chunkSize: 24)) == complex)
  }

  @Test func restoreChunked() throws {
    let x = StateValue.tensor(Random.uniform(Key(0), [21, 37]))
    let bytes = try msgpackSerialize(x, chunkSize: 91 * 4)
    #expect(bytes.count > 21 * 37 * 4 + 9 * 20)
    #expect(try msgpackRestore(bytes) == x)
  }

  @Test func restoreUnchunked() throws {
    let x = StateValue.tensor(Random.uniform(Key(0), [21, 37]))
    #expect(try msgpackRestore(try msgpackSerialize(x)) == x)
  }

  @Test(arguments: [1, 3, 4, 5, 91 * 4])
  func serializationChunking2(chunkSize: Int) throws {
    let state = ["a": Tensor.ones([10, 10]), "b": Tensor(3.0)]
    let zeros = ["a": Tensor.zeros([10, 10]), "b": Tensor(0.0)]
    let restored = try fromBytes(zeros, try toBytes(state, chunkSize: chunkSize))
    #expect(try toStateDict(restored) == toStateDict(state))
  }

  @Test func serializationChunking3() throws {
    let state: StateValue = ["a": .tensor(Tensor.ones([10, 10]))]
    #expect(try msgpackRestore(try msgpackSerialize(state, chunkSize: 91 * 4)) == state)
  }

  @Test(arguments: DType.allCases)
  func numpySerialization(dtype: DType) throws {
    for shape: Shape in [[], [5], [10, 10], [1, 20, 30, 1]] {
      let x = Random.uniform(Key(7), shape, low: -100, high: 100).cast(to: dtype)
      #expect(try msgpackRestore(try msgpackSerialize(.tensor(x))) == .tensor(x))
    }
    let scalar = StateValue.scalar(Tensor(42, dtype: dtype))
    #expect(try msgpackRestore(try msgpackSerialize(scalar)) == scalar)
  }

  @Test func complexSerialization() throws {
    for (real, imaginary) in [(0.0, 1.0), (1.0, 2.0)] {
      let x = StateValue.complex(real: real, imaginary: imaginary)
      #expect(try msgpackRestore(try msgpackSerialize(x)) == x)
    }
  }

  @Test func valuesInsideTransformsCannotBeWritten() throws {
    let bytes: (Tensor) throws -> Tensor = { x in
      _ = try toBytes(["a": ["b": x]])
      return x
    }
    let error = #expect(throws: (any Error).self) { try jit(bytes)(Tensor.ones([2])) }
    #expect(
      "\(try #require(error))".hasPrefix(
        "./a/b: can't be written: the value of f32[2] is not known inside a transform"))
  }

  @Test func deepTreesAreRefused() throws {
    var value: StateValue = 1
    for _ in 0..<256 { value = [value] }
    #expect(try msgpackRestore(try msgpackSerialize(value)) == value)
    value = [value]
    #expect(throws: SerializationError.self) { try msgpackSerialize(value) }
  }
}
