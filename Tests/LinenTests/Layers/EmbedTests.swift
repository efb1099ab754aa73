import Linen
import Testing

/// As tests/linen/linen_linear_test.py of Flax says of Embed.
@Suite("Embed")
struct EmbedTests {
  private let table = fixed([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])

  @Test func embed() throws {
    let layer = Embed(4, 3, embeddingInit: table)
    let tokens = Tensor([[0, 1, 2, 3]] as [[Int32]])
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(tokens) }
    try expect(y, [1, 4, 3], [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    let z = try layer.apply(variables) { $0.attend(Tensor.ones([3])) }
    try expect(z, [4], [0, 3, 6, 9])
  }

  @Test("layers are told apart by identity")
  func embedHash() {
    let (a, b) = (Embed(4, 3), Embed(4, 3))
    #expect(a === a)
    #expect(a !== b)
    #expect(Set([ObjectIdentifier(a), ObjectIdentifier(b), ObjectIdentifier(a)]).count == 2)
  }

  @Test("a table of one vector gives it for every index, one beyond the table gives NaN")
  func indices() throws {
    let one = try Embed(1, 2, embeddingInit: .ones)
      .initializeWithOutput(Key(0)) { $0(Tensor([5, -3] as [Int32])) }.0
    try expect(one, [2, 2], allEqual: 1)
    let beyond = try Embed(4, 3, embeddingInit: table)
      .initializeWithOutput(Key(0)) { $0(Tensor([4, -1] as [Int32])) }.0
    let values = try beyond.scalars(as: Double.self)
    #expect(values[..<3].allSatisfy { $0.isNaN })
    #expect(Array(values[3...]) == [3, 3, 3])
  }

  @Test("the dtype of the result, and of what attend computes")
  func dtypes() throws {
    let layer = Embed(4, 3, dtype: .bfloat16)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor([1] as [UInt8])) }
    #expect(y.dtype == .bfloat16)
    let table: Tensor = variables["params"]["embedding"]
    #expect(table.dtype == .float32)
    #expect(try layer.apply(variables) { $0.attend(Tensor.ones([3])) }.dtype == .bfloat16)
  }
}
