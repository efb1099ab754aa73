import Tensor
import Testing

/// Values of jnp.pad.
@Suite struct PaddingTests {
  private static let rows: [(PadMode, [Float])] = [
    (
      .linearRamp,
      [
        0, 0, 0, 0, 0, 0, 0.5, 1, 5, 2, 0, 2, 4, -3, 7, 0, 1, 2, -1.5, 3.5, 0, 0, 0, 0, 0,
      ]
    ),
    (
      .maximum,
      [
        7, 7, 4, 5, 7, 5, 5, 1, 5, 2, 7, 7, 4, -3, 7, 7, 7, 4, 5, 7, 7, 7, 4, 5, 7,
      ]
    ),
    (
      .minimum,
      [
        -3, -3, 1, -3, 2, 1, 1, 1, 5, 2, -3, -3, 4, -3, 7, -3, -3, 1, -3, 2, -3, -3, 1, -3, 2,
      ]
    ),
    (
      .mean,
      [
        2.6666667461395264, 2.6666667461395264, 2.5, 1, 4.5, 2.6666667461395264,
        2.6666667461395264, 1, 5, 2, 2.6666667461395264, 2.6666667461395264, 4, -3, 7,
        2.6666667461395264, 2.6666667461395264, 2.5, 1, 4.5, 2.6666667461395264,
        2.6666667461395264, 2.5, 1, 4.5,
      ]
    ),
    (
      .median,
      [
        2.5, 2.5, 2.5, 1, 4.5, 2, 2, 1, 5, 2, 4, 4, 4, -3, 7, 2.5, 2.5, 2.5, 1, 4.5, 2.5, 2.5, 2.5,
        1, 4.5,
      ]
    ),
  ]

  @Test(arguments: rows) func statisticsAndRamps(mode: PadMode, expected: [Float]) throws {
    let x = Tensor([[1.0, 5, 2], [4, -3, 7]])
    let padded = try withErrors { pad(x, [(1, 2), (2, 0)], mode: mode) }
    #expect(padded.shape == [5, 5])
    #expect(try padded.scalars(as: Float.self) == expected)
  }

  @Test(arguments: [
    (PadMode.reflect, [2, 1, 2, 3, 2, 1, 2, 3, 2]), (.symmetric, [1, 1, 2, 3, 3, 2, 1, 1, 2]),
  ])
  func mirrorsStandAtTheEndsOfTheTensor(mode: PadMode, expected: [Int]) throws {
    let padded = try withErrors { pad(Tensor([1, 2, 3]), [(1, 5)], mode: mode) }
    #expect(try padded.scalars(as: Int.self) == expected)
  }

  @Test(arguments: [
    (PadMode.linearRamp, 0, [0, 0, 0, 1, 2, 4, 9, 4, 0]),
    (.linearRamp, 20, [20, 13, 7, 1, 2, 4, 9, 14, 20]),
    (.mean, 0, [4, 4, 4, 1, 2, 4, 9, 4, 4]), (.median, 0, [3, 3, 3, 1, 2, 4, 9, 3, 3]),
  ])
  func integersAreRounded(mode: PadMode, constant: Int, expected: [Int]) throws {
    let padded = try withErrors {
      pad(Tensor([1, 2, 4, 9]), [(3, 2)], mode: mode, constant: Tensor(constant))
    }
    #expect(padded.dtype == .defaultInteger)
    #expect(try padded.scalars(as: Int.self) == expected)
  }
}
