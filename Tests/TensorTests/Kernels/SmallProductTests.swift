import Testing

@testable import Tensor

/// Products on our own register tiles, and just above them BLAS's, against those of float64.
@Suite("Small products")
struct SmallProductTests {
  /// Whole numbers small enough that every order of adding gives the same sum.
  private func matrix(_ seed: Int, _ batch: Int, _ rows: Int, _ columns: Int) -> Tensor {
    let count = batch * rows * columns
    return Tensor(
      (0..<count).map { Double(($0 * 37 + seed) % 13 - 6) }, shape: [batch, rows, columns])
  }

  @Test(
    "all orders of the operands, at sizes that leave rests of tiles",
    arguments: [
      [8, 8, 1], [9, 17, 31], [24, 16, 32], [25, 15, 33], [128, 128, 32], [128, 32, 128],
      [33, 130, 64], [100, 40, 255], [13, 70, 257], [7, 64, 64], [130, 129, 66],
    ])
  func transposed(_ sizes: [Int]) throws {
    let (m, n, k) = (sizes[0], sizes[1], sizes[2])
    for batch in [1, 3] {
      let (a, b) = (matrix(1, batch, m, k), matrix(2, batch, k, n))
      let expected: [Double] = try matmul(a, b).scalars()
      // The same matrices with their elements in the other order in memory.
      let turned = { (x: Tensor) in
        x.transposed([0, 2, 1]).reshaped(to: [x.elementCount])
          .reshaped(to: [batch, x.shape[2], x.shape[1]]).transposed([0, 2, 1])
      }
      for (left, right) in [(a, b), (turned(a), b), (a, turned(b)), (turned(a), turned(b))] {
        let product = matmul(left.cast(to: .float32), right.cast(to: .float32))
        let found: [Float] = try product.scalars()
        #expect(found.map(Double.init) == expected, "\(sizes) in batches of \(batch)")
      }
    }
  }

  @Test("what lies between the rows of a part of a matrix is left out")
  func parts() throws {
    let whole = matrix(3, 1, 40, 60)[0]
    let (a, b) = (whole[3..<36, 5..<37], whole[4..<36, 10..<51])
    let expected: [Double] = try matmul(a, b).scalars()
    let single = whole.cast(to: .float32)
    let found: [Float] = try matmul(single[3..<36, 5..<37], single[4..<36, 10..<51]).scalars()
    #expect(found.map(Double.init) == expected)
  }
}
