import Testing

@testable import Tensor

/// The algorithms for convolutions compute the same, on any number of threads and on every level of
/// the machine.
@Suite(.serialized) struct ConvolutionAlgorithmTests {
  @Test(arguments: ConvolutionCase.small + ConvolutionCase.others, ConvolutionCase.Form.allCases)
  func directIsNearFloat64(_ convolution: ConvolutionCase, _ form: ConvolutionCase.Form) throws {
    let error = try error(convolution, form, .direct)
    #expect(error < 7e-6)
  }

  @Test(arguments: ConvolutionCase.small, ConvolutionCase.Form.allCases)
  func winogradIsNearFloat64(_ convolution: ConvolutionCase, _ form: ConvolutionCase.Form) throws {
    let error = try error(convolution, form, .winograd)
    #expect(error < (form == .kernelGradient ? 1.5e-5 : 3e-6))
  }

  /// The largest error, relative to the root of the mean square.
  private func error(
    _ convolution: ConvolutionCase, _ form: ConvolutionCase.Form, _ algorithm: ConvAlgorithm
  ) throws -> Double {
    let result = try values(
      #require(Convolution.planned(try convolution.problem(form), algorithm)))
    let exact = try values(float64(convolution.problem(form, .float64)))
    try #require(result.count == exact.count)
    let square = exact.reduce(0) { $0 + $1 * $1 } / Double(exact.count)
    let error = zip(result, exact).reduce(0) { Swift.max($0, ($1.0 - $1.1).magnitude) }
    return result.allSatisfy(\.isFinite) ? error / square.squareRoot() : .infinity
  }

  /// A sum over the taps, place by place.
  private func float64(_ problem: ConvProblem) -> NDArray {
    Convolution.general(problem, as: Double.self)
  }

  private func values(_ array: NDArray) -> [Double] {
    let wide = array.converted(to: .float64).contiguous()
    return Array(UnsafeBufferPointer(start: wide.pointer(as: Double.self), count: wide.count))
  }

  private func bits(_ array: NDArray) -> [UInt32] {
    let plain = array.contiguous()
    return Array(UnsafeBufferPointer(start: plain.pointer(as: UInt32.self), count: plain.count))
  }

  @Test(arguments: ConvolutionCase.small + ConvolutionCase.others, ConvolutionCase.Form.allCases)
  func bitsDoNotDependOnThreads(
    _ convolution: ConvolutionCase, _ form: ConvolutionCase.Form
  ) throws {
    let before = threadCount
    defer { threadCount = before }
    let problem = try convolution.problem(form)
    for algorithm in [ConvAlgorithm.direct, .winograd] {
      var results: [[UInt32]?] = []
      for count in 1...3 {
        threadCount = count
        results.append(Convolution.planned(problem, algorithm).map(bits))
      }
      #expect(results[1] == results[0])
      #expect(results[2] == results[0])
    }
  }

  @Test(
    .enabled(if: Convolution.machineLevel > 3),
    arguments: ConvolutionCase.small + ConvolutionCase.others, ConvolutionCase.Form.allCases)
  func bitsDoNotDependOnTheLevel(
    _ convolution: ConvolutionCase, _ form: ConvolutionCase.Form
  ) throws {
    let problem = try convolution.problem(form)
    for algorithm in [ConvAlgorithm.direct, .winograd] {
      let lower = Convolution.planned(problem, algorithm, level: 3).map(bits)
      #expect(Convolution.planned(problem, algorithm).map(bits) == lower)
    }
  }

  /// The lowest level multiplies and adds in two steps.
  @Test(arguments: ConvolutionCase.small, ConvolutionCase.Form.allCases)
  func lowestLevelIsNear(_ convolution: ConvolutionCase, _ form: ConvolutionCase.Form) throws {
    let problem = try convolution.problem(form)
    for algorithm in [ConvAlgorithm.direct, .winograd] {
      let lower = try values(#require(Convolution.planned(problem, algorithm, level: 1)))
      let plain = try values(#require(Convolution.planned(problem, algorithm)))
      let square = plain.reduce(0) { $0 + $1 * $1 } / Double(plain.count)
      let error = zip(lower, plain).reduce(0) { Swift.max($0, ($1.0 - $1.1).magnitude) }
      #expect(error < 1.5e-5 * square.squareRoot())
    }
  }

  @Test(arguments: ConvolutionCase.others)
  func winogradRefusesOtherKernels(_ convolution: ConvolutionCase) throws {
    guard
      convolution.kernel.dropLast(2) != [3, 3]
        || convolution.window.contains(where: { $0.stride > 1 })
    else { return }
    for form in ConvolutionCase.Form.allCases {
      #expect(Convolution.planned(try convolution.problem(form), .winograd) == nil)
    }
  }

  /// What a layer of each kind is computed by, forward and backward.
  @Test(arguments: [
    (
      ConvolutionCase("3x3", [8, 16, 16, 32], [3, 3, 32, 32], .same, .same), ConvAlgorithm.winograd
    ),
    (
      ConvolutionCase("3x3, stride 2", [8, 16, 16, 32], [3, 3, 32, 32], .halving, .halving),
      .direct
    ),
    (ConvolutionCase("1x1", [8, 16, 16, 32], [1, 1, 32, 64], .init(), .init()), .direct),
    (ConvolutionCase("colours", [8, 16, 16, 4], [3, 3, 4, 32], .same, .same), .direct),
    (ConvolutionCase("one tile", [8, 2, 2, 32], [3, 3, 32, 32], .same, .same), .direct),
    (ConvolutionCase("dilated", [8, 16, 16, 32], [3, 3, 32, 32], .wide, .wide), .direct),
    (ConvolutionCase("line", [8, 64, 32], [3, 32, 32], .same), .direct),
  ])
  func choice(_ convolution: ConvolutionCase, _ forward: ConvAlgorithm) throws {
    #expect(ConvAlgorithm(for: try convolution.problem(.forward)) == forward)
    #expect(ConvAlgorithm(for: try convolution.problem(.inputGradient)) != .patches)
    #expect(ConvAlgorithm(for: try convolution.problem(.kernelGradient)) != .patches)
  }

  @Test func nearlyEmptyVectorsAndSinglePlacesAreProductsOfPatches() throws {
    let narrow = ConvolutionCase("narrow", [8, 8, 8, 32], [3, 3, 32, 1], .same, .same)
    let single = ConvolutionCase("single", [8, 3, 3, 32], [3, 3, 32, 32], .init(), .init())
    #expect(ConvAlgorithm(for: try narrow.problem(.forward)) == .patches)
    #expect(ConvAlgorithm(for: try narrow.problem(.inputGradient)) == .direct)
    #expect(ConvAlgorithm(for: try narrow.problem(.kernelGradient)) == .patches)
    #expect(ConvAlgorithm(for: try single.problem(.forward)) == .patches)
  }

  /// Each form is seen for what it is, whatever memory it reads.
  @Test(arguments: ConvolutionCase.small + ConvolutionCase.others)
  func kernelGradientsAreRecognized(_ convolution: ConvolutionCase) throws {
    for form in ConvolutionCase.Form.allCases {
      let problem = try convolution.problem(form)
      #expect(problem.isKernelGradient == (form == .kernelGradient))
    }
  }
}

extension ConvWindow.Axis {
  fileprivate static let same = ConvWindow.Axis(low: 1, high: 1)
  fileprivate static let halving = ConvWindow.Axis(stride: 2, low: 0, high: 1)
  fileprivate static let wide = ConvWindow.Axis(low: 2, high: 2, kernelDilation: 2)
}
