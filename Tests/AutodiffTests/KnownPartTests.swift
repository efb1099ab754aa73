import Autodiff
import Testing

/// Of operations that hold functions, what does not depend on a tensor without a value is computed.
@Suite struct KnownPartTests {
  private let unknown = Tensor(ShapeDtype([2]))

  /// The values of the tensors that have any.
  private func values(_ tensors: [Tensor]) throws -> [[Float]?] {
    try tensors.map { $0.isConcrete ? try $0.scalars(as: Float.self) : nil }
  }

  @Test func scanKeepsKnownCarriesAndOutputs() throws {
    let known = Tensor([1.0, 2])
    // The third carry starts known and takes from the second; the second output takes from it.
    let (carry, outputs) = try scan([known, unknown, known], known) {
      (carry: [Tensor], x: Tensor) -> ([Tensor], [Tensor]) in
      let (a, b, c) = (carry[0], carry[1], carry[2])
      let double: Tensor = a + a
      return ([double, a + b, b + c], [a + x, c * x, x * x])
    }
    #expect(try values(carry) == [[4, 8], nil, nil])
    #expect(try values(outputs) == [[2, 3, 4, 6], nil, [1, 4]])
    #expect(carry[2].type == ShapeDtype([2]))
    #expect(outputs[1].type == ShapeDtype([2, 2]))
  }

  /// A carry without a value has none afterwards either, though the body forgets it.
  @Test func scanFollowsCarriesStepByStep() throws {
    let (zero, three) = (Tensor([0.0, 0]), Tensor([3.0, 3]))
    let (carry, _) = try scan([unknown, zero, zero, three], EmptyTree(), length: 3) {
      (carry: [Tensor], _: EmptyTree) -> ([Tensor], EmptyTree) in
      ([carry[3], carry[0], carry[1], carry[3]], EmptyTree())
    }
    let carried: [[Float]?] = try values(carry)
    #expect(carried == [nil, nil, nil, [3, 3]])
  }

  @Test func whileLoopKeepsWhatItsConditionDecides() throws {
    func double(_ steps: Tensor) throws -> [Tensor] {
      try whileLoop([steps, Tensor([1.0, 1]), unknown], while: { $0[0] .> 0 }) {
        (carry: [Tensor]) -> [Tensor] in
        let double: Tensor = carry[1] + carry[1]
        return [carry[0] - 1, double, carry[2] + carry[1]]
      }
    }
    #expect(try values(double(Tensor(3.0))) == [[0], [8, 8], nil])
    #expect(try values(double(Tensor(ShapeDtype([])))) == [nil, nil, nil])
  }

  private func doubleAndSum(_ x: [Tensor]) -> [Tensor] {
    let double: Tensor = x[0] + x[0]
    return [double, x[0] + x[1]]
  }

  @Test func checkpointKeepsWhatItsFunctionKnows() throws {
    let function = checkpoint { doubleAndSum($0) }
    #expect(try values(function([Tensor([1.0, 2]), unknown])) == [[2, 4], nil])
  }

  @Test func customRulesKeepWhatTheirFunctionsKnow() throws {
    let function = customJVP(
      { doubleAndSum($0) }, rule: { (doubleAndSum($0), doubleAndSum($1)) })
    #expect(try values(function([Tensor([1.0, 2]), unknown])) == [[2, 4], nil])
  }

  /// A choice of the body's own becomes part of a loop that is done in part.
  @Test func nestedOperationsArePartlyDone() throws {
    let (_, outputs) = try scan(unknown, Tensor([1.0, -1])) {
      (carry: Tensor, x: Tensor) -> (Tensor, [Tensor]) in
      let pair = try cond(
        x .> 0, [x, carry], then: { (pair: [Tensor]) -> [Tensor] in [pair[0] * 10.0, pair[1]] },
        else: { $0 })
      return (pair[1] + carry, pair)
    }
    #expect(try values(outputs) == [[10, -1], nil])
    #expect(outputs[1].type == ShapeDtype([2, 2]))
  }
}
