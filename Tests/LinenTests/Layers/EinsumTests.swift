import Linen
import Testing

/// An equation with what Flax makes of it (Fixtures/einsum.py).
struct EinsumCase: Decodable, Sendable, CustomTestStringConvertible {
  let equation: String
  let kernel: [Int]
  let input: [Int]
  let bias: [Int]
  let shape: [Int]
  let output: [Double]

  var testDescription: String { "\(equation) \(kernel) \(input)" }
}

@Suite("Einsum")
struct EinsumTests {
  private static let cases = Result { try layerFixture("einsum", as: [EinsumCase].self) }

  @Test(arguments: 0..<21)
  func equation(_ index: Int) throws {
    let row = try Self.cases.get()[index]
    let x = Random.normal(Key(index), Shape(row.input))
    let layer = Einsum(Shape(row.kernel), row.equation, biasInit: .normal(stddev: 1))
    let (y, variables) = try layer.initializeWithOutput(Key(100 + index)) { $0(x) }
    #expect(shapes(variables["params"]) == ["kernel": row.kernel, "bias": row.bias])
    try expect(y, row.shape, row.output)
  }

  @Test func everyCaseRuns() throws { #expect(try Self.cases.get().count == 21) }

  private static let equations: [(String, [Int], [Int], [Int], [Int], [Int])] = [
    ("abc,cde->abde", [3, 4, 5], [5, 6, 7], [3, 4, 6, 7], [6, 7], [1, 1, 6, 7]),
    ("abcd,abcd->abcd", [3, 4, 5, 6], [3, 4, 5, 6], [3, 4, 5, 6], [3, 4, 5, 6], [3, 4, 5, 6]),
    ("abcd,abcd->abd", [3, 4, 5, 6], [3, 4, 5, 6], [3, 4, 6], [3, 4, 6], [3, 4, 6]),
    ("abcd,cdef->abef", [3, 4, 5, 6], [5, 6, 7, 8], [3, 4, 7, 8], [7, 8], [1, 1, 7, 8]),
    ("abcd,eafc->bfed", [3, 4, 5, 6], [7, 3, 8, 5], [4, 8, 7, 6], [8, 7], [1, 8, 7, 1]),
    ("abcd,cbedf->abfe", [3, 4, 5, 6], [5, 4, 7, 6, 8], [3, 4, 8, 7], [4, 8, 7], [1, 4, 8, 7]),
    ("ab...,bc...->ac...", [3, 4, 6], [4, 5, 6], [3, 5, 6], [5, 6], [1, 5, 6]),
    (
      "d...ab,bc...->ad...c", [8, 6, 7, 3, 4], [4, 5, 6, 7], [3, 8, 6, 7, 5], [6, 7, 5],
      [1, 1, 6, 7, 5]
    ),
    ("d...ab,bc...->adc", [8, 6, 7, 3, 4], [4, 5, 6, 7], [3, 8, 5], [5], [1, 1, 5]),
    ("abd...,bc...->ac...", [3, 4, 6], [4, 5, 6], [3, 5, 6], [5, 6], [1, 5, 6]),
    ("a...d,ej...f->adef", [3, 4, 5, 6], [7, 4, 5, 8], [3, 6, 7, 8], [7, 8], [1, 1, 7, 8]),
    ("ab...d,ej...f->ad...f", [3, 4, 5, 6], [7, 4, 5, 8], [3, 6, 5, 8], [5, 8], [1, 1, 5, 8]),
  ]

  @Test(arguments: EinsumTests.equations.indices)
  func einsumInitApply(_ index: Int) throws {
    let (equation, inputs, kernel, result, bias, broadcast) = Self.equations[index]
    let x = Random.normal(Key(0), Shape(inputs))
    let layer = Einsum(Shape(kernel), equation, biasInit: .normal())
    let variables = try layer.initialize(Key(1)) { $0(x) }
    #expect(shapes(variables) == ["params/kernel": kernel, "params/bias": bias])
    let y = try layer.apply(variables) { $0(x) }
    #expect(y.shape.dimensions == result)
    let product = einsum(equation, x, variables["params"]["kernel"])
    let added: Tensor = variables["params"]["bias"]
    try expectNear(y, product + added.reshaped(to: Shape(broadcast)), tolerance: 1e-5)
  }

  @Test(arguments: [
    (["abd,bce->ace", "abd,bc...->ac...", "abd...,bc...->ac..."], [3, 4, 6], [4, 5, 6]),
    (
      ["abcd,ejcf->adef", "ab...d,ej...f->adef", "ab...d,e...f->adef", "a...d,ej...f->adef"],
      [3, 4, 5, 6], [7, 4, 5, 8]
    ),
    (["abcd,ejcf->adcf", "ab...d,ej...f->ad...f"], [3, 4, 5, 6], [7, 4, 5, 8]),
  ])
  func einsumEllipsisEquivalence(
    _ equations: [String], _ inputs: [Int], _ kernel: [Int]
  ) throws {
    let x = Random.uniform(Key(0), Shape(inputs))
    let results = try equations.map { equation in
      try Einsum(Shape(kernel), equation, biasInit: .normal())
        .initializeWithOutput(Key(1)) { $0(x) }
    }
    for (y, variables) in results.dropFirst() {
      try expectEqual(variables, results[0].1)
      try expectNear(y, results[0].0, tolerance: 1e-5)
    }
  }
}
