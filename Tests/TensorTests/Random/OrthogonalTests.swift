import Tensor
import Testing

@Suite struct OrthogonalTests {
  @Test(
    arguments: [
      (1, 1), (4, 4), (3, 7), (7, 3), (64, 40), (33, 130),
    ], [DType.float32, .float64])
  func columnsOrRowsAreOrthonormal(sizes: (Int, Int), dtype: DType) throws {
    let (rows, columns) = sizes
    let q = try Random.orthogonal(Key(3), rows, columns, shape: [2], dtype: dtype)
      .scalars(as: Double.self)
    #expect(q.count == 2 * rows * columns)
    let few = min(rows, columns)
    let tolerance = dtype == .float32 ? 5e-6 : 1e-14
    for matrix in 0..<2 {
      func element(_ along: Int, _ index: Int) -> Double {
        let (row, column) = rows >= columns ? (along, index) : (index, along)
        return q[(matrix * rows + row) * columns + column]
      }
      for a in 0..<few {
        for b in 0...a {
          let product = (0..<max(rows, columns)).reduce(0) { $0 + element($1, a) * element($1, b) }
          #expect(abs(product - (a == b ? 1 : 0)) < tolerance)
        }
      }
    }
  }

  @Test func ofABatchOfKeysEachGivesItsOwn() throws {
    let keys = Key(8).split(into: [3])
    let op = RandomOrthogonal([], rows: 2, columns: 3, dtype: .float32, layout: .partitionable)
    let all = try bind(op, keys.data).scalars(as: Float.self)
    for index in 0..<3 {
      let own = try Random.orthogonal(keys[index], 2, 3).scalars(as: Float.self)
      #expect(Array(all[6 * index..<6 * index + 6]) == own)
    }
  }

  @Test func takesSinglePrecisionOrDouble() {
    #expect {
      try withErrors { Random.orthogonal(Key(0), 3, dtype: .bfloat16) }
    } throws: {
      "\($0)" == "Random.orthogonal: dtype bf16 is not supported, expected f32 or f64"
    }
    #expect(Random.orthogonal(Key(0), 0, 3).shape == [0, 3])
  }
}
