/// Sums products over named axes, as `einsum("bij,bjk->bik", x, y)`.
///
/// Each operand has a letter an axis; letters missing from the result are summed over. Without `->`
/// the result has the letters that occur once, in alphabetic order. `...` stands for leading axes
/// that broadcast. A letter that an operand repeats takes the diagonal. Operands are combined two
/// at a time, the pair with the smallest result first.
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.einsum.html
public func einsum(_ equation: String, _ operands: Tensor...) -> Tensor {
  einsum(equation, operands)
}

/// Sums products over named axes of any number of operands.
public func einsum(
  _ equation: String, _ operands: [Tensor], preferredElementType: DType? = nil
) -> Tensor {
  einsum(equation, operands, preferredElementType: preferredElementType) {
    contract($0, $1, $2, batch: $3, preferredElementType)
  }
}

/// Sums products over named axes, each of them computed by `product` from two operands, the axes to
/// sum over, and those that go together.
package func einsum(
  _ equation: String, _ operands: [Tensor], preferredElementType: DType? = nil,
  product: EinsumProduct
) -> Tensor {
  do throws(TensorError) {
    let plan = try EinsumEquation(equation, operands)
    return plan.evaluate(operands, preferredElementType, product)
  } catch {
    record(error)
    return .placeholder(operands.first?.type ?? ShapeDtype(.scalar))
  }
}

/// A product of two operands over contracting and batch axes.
package typealias EinsumProduct = (Tensor, Tensor, ([Int], [Int]), ([Int], [Int])) -> Tensor

/// A parsed equation: the labels of each operand's axes and of the result's.
package struct EinsumEquation {
  package private(set) var inputs: [[Character]]
  package private(set) var output: [Character]

  /// Parses an equation for operands, with digits for the axes that `...` stands for.
  package init(_ equation: String, _ operands: [Tensor]) throws(TensorError) {
    func failure(_ expected: String) -> TensorError {
      TensorError(
        "einsum", .argumentInvalid(name: "equation", value: "\"\(equation)\"", expected: expected),
        operands.enumerated().map { .init("operand \($0)", $1.type) })
    }
    let text = equation.filter { !$0.isWhitespace }
    let sides = text.split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count <= 2, let left = sides.first else { throw failure("at most one ->") }
    let terms = left.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard terms.count == operands.count else { throw failure("a term for each operand") }
    inputs = []
    var broadcastRank = 0
    for (term, operand) in zip(terms, operands) {
      let named = term.filter { $0 != "." }.count
      if term.contains("...") { broadcastRank = Swift.max(broadcastRank, operand.rank - named) }
    }
    let broadcast = EinsumEquation.broadcastLabels(broadcastRank)
    for (index, (term, operand)) in zip(terms, operands).enumerated() {
      guard
        let labels = EinsumEquation.labels(
          term, broadcast, rank: operand.rank), labels.count == operand.rank
      else {
        throw failure(
          "letters for the \(operand.rank) axes of operand \(index), with at most one ...")
      }
      inputs.append(labels)
    }
    if sides.count == 2 {
      guard let labels = EinsumEquation.labels(String(sides[1]), broadcast, rank: nil),
        Set(labels).count == labels.count
      else { throw failure("each letter of the result once") }
      output = labels
    } else {
      let counts = inputs.joined().reduce(into: [Character: Int]()) { $0[$1, default: 0] += 1 }
      output =
        broadcast + counts.filter { $0.value == 1 && !broadcast.contains($0.key) }.keys.sorted()
    }
    let known = Set(inputs.joined())
    guard output.allSatisfy(known.contains) else {
      throw failure("letters in the result that an operand has")
    }
    try checkSizes(operands)
  }

  /// Labels for the axes that `...` stands for: digits, which no equation may use.
  private static func broadcastLabels(_ count: Int) -> [Character] {
    (0..<count).map { Character(UnicodeScalar(UInt8(48 + Swift.min($0, 9)))) }
  }

  /// The labels of a term; nil if it holds anything but letters and one `...`.
  private static func labels(
    _ term: String, _ broadcast: [Character], rank: Int?
  ) -> [Character]? {
    guard let dots = term.range(of: "...") else {
      return term.allSatisfy(\.isLetter) ? Array(term) : nil
    }
    let (before, after) = (term[..<dots.lowerBound], term[dots.upperBound...])
    guard before.allSatisfy(\.isLetter), after.allSatisfy(\.isLetter) else { return nil }
    let count = rank.map { $0 - before.count - after.count } ?? broadcast.count
    guard count >= 0 else { return nil }
    return Array(before) + broadcast.suffix(count) + Array(after)
  }

  /// The size of each label; 1 broadcasts for those of `...` alone.
  private func checkSizes(_ operands: [Tensor]) throws(TensorError) {
    var first: [Character: (operand: Int, axis: Int)] = [:]
    for (index, labels) in inputs.enumerated() {
      for (axis, label) in labels.enumerated() {
        let size = operands[index].shape.dimensions[axis]
        guard let other = first[label] else {
          first[label] = (index, axis)
          continue
        }
        let known = operands[other.operand].shape.dimensions[other.axis]
        if label.isNumber && known == 1 { first[label] = (index, axis) }
        guard known == size || (label.isNumber && (known == 1 || size == 1)) else {
          throw TensorError(
            "einsum", .sizesDiffer(what: "sizes of axis \(label)"),
            [
              .init("operand \(other.operand)", operands[other.operand].type, axis: other.axis),
              .init("operand \(index)", operands[index].type, axis: axis),
            ])
        }
      }
    }
  }
}

extension EinsumEquation {
  /// An operand with its labels, each of which it has once.
  private struct Term {
    var tensor: Tensor
    var labels: [Character]

    func size(_ label: Character) -> Int {
      labels.firstIndex(of: label).map { tensor.shape.dimensions[$0] } ?? 1
    }
  }

  func evaluate(
    _ operands: [Tensor], _ preferred: DType?, _ multiply: EinsumProduct
  ) -> Tensor {
    var terms = zip(operands, inputs).map { diagonal(Term(tensor: $0, labels: $1)) }
    if terms.count > 1 {
      let converted = promoted(terms.map(\.tensor))
      for index in terms.indices { terms[index].tensor = converted[index] }
    }
    while terms.count > 1 {
      let (a, b) = cheapestPair(terms)
      let rest = terms.indices.filter { $0 != a && $0 != b }.map { terms[$0] }
      let needed = Set(output).union(rest.flatMap(\.labels))
      terms = rest + [product(terms[a], terms[b], keeping: needed, multiply)]
    }
    let result = summed(terms[0], keeping: Set(output))
    let order = output.map { label in result.labels.firstIndex(of: label) ?? 0 }
    let ordered = result.tensor.transposed(order)
    return preferred.map { ordered.converted($0) } ?? ordered
  }

  /// The pair whose product has the fewest elements beyond those of its operands.
  private func cheapestPair(_ terms: [Term]) -> (Int, Int) {
    if terms.count == 2 { return (0, 1) }
    var best = (0, 1)
    var bestCost = Int.max
    for a in terms.indices {
      for b in terms.indices where b > a {
        let rest = terms.indices.filter { $0 != a && $0 != b }.flatMap { terms[$0].labels }
        let needed = Set(output).union(rest)
        let labels = Set(terms[a].labels + terms[b].labels).intersection(needed)
        let size = labels.reduce(1) { $0 * Swift.max(terms[a].size($1), terms[b].size($1)) }
        let cost = size - terms[a].tensor.elementCount - terms[b].tensor.elementCount
        if cost < bestCost { (best, bestCost) = ((a, b), cost) }
      }
    }
    return best
  }

  /// Takes the diagonal over a label that the term repeats.
  private func diagonal(_ term: Term) -> Term {
    var term = term
    while let repeated = term.labels.first(where: { label in
      term.labels.count(where: { $0 == label }) > 1
    }) {
      let places = term.labels.indices.filter { term.labels[$0] == repeated }
      let (first, second) = (places[0], places[1])
      let shape = term.tensor.shape
      let mask = Eq()(
        iota(.int32, shape, axis: first),
        iota(.int32, shape, axis: second))
      let zero = zeros(like: term.tensor)
      term.tensor = bind(ReduceSum(axes: [second]), Select()(mask, term.tensor, zero))
      term.labels.remove(at: second)
    }
    return term
  }

  /// Sums over the labels that nobody needs.
  private func summed(_ term: Term, keeping needed: Set<Character>) -> Term {
    let dropped = term.labels.indices.filter { !needed.contains(term.labels[$0]) }
    if dropped.isEmpty { return term }
    return Term(
      tensor: sum(term.tensor, axes: dropped, dtype: term.tensor.dtype),
      labels: term.labels.filter(needed.contains))
  }

  private func product(
    _ x: Term, _ y: Term, keeping needed: Set<Character>, _ multiply: EinsumProduct
  ) -> Term {
    var x = summed(x, keeping: needed.union(y.labels))
    var y = summed(y, keeping: needed.union(x.labels))
    // An axis of size 1 that broadcasts is dropped; the other operand has it.
    func withoutBroadcasting(_ term: Term, _ other: Term) -> Term {
      let dropped = term.labels.indices.filter {
        let label = term.labels[$0]
        return label.isNumber && term.tensor.shape.dimensions[$0] == 1
          && other.labels.contains(label) && other.size(label) != 1
      }
      if dropped.isEmpty { return term }
      let kept = term.labels.indices.filter { !dropped.contains($0) }.map { term.labels[$0] }
      return Term(tensor: term.tensor.squeezed(dropped), labels: kept)
    }
    x = withoutBroadcasting(x, y)
    y = withoutBroadcasting(y, x)
    let shared = x.labels.filter(y.labels.contains)
    let batch = shared.filter(needed.contains)
    let contracted = shared.filter { !needed.contains($0) }
    func places(_ term: Term, _ labels: [Character]) -> [Int] {
      labels.compactMap { term.labels.firstIndex(of: $0) }
    }
    let result = multiply(
      x.tensor, y.tensor, (places(x, contracted), places(y, contracted)),
      (places(x, batch), places(y, batch)))
    let free = x.labels.filter { !shared.contains($0) } + y.labels.filter { !shared.contains($0) }
    return Term(tensor: result, labels: batch + free)
  }
}

extension String {
  /// The first place of `pattern`.
  fileprivate func range(of pattern: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(pattern) {
        return start..<index(start, offsetBy: pattern.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
