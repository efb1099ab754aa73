/// The derivative of a function at a point, to be run backwards: a tree of the tensors that it needs.
///
/// Being a tree, it can go through transforms, as the residual of a custom rule or the result of a
/// branch.
package struct ClosedPullback: TensorTree {
  private var residuals: [Tensor]
  /// Linear: from the residuals and the tangents of the inputs to those of the results.
  private let graph: Subgraph
  /// For each result the place of its tangent among the graph's results; nil if it does not vary.
  private let places: [Int?]
  private let varying: [Bool]
  private let inputTypes: [ShapeDtype]

  init(_ graph: Graph, places: [Int?], varying: [Bool], inputTypes: [ShapeDtype]) {
    let (closed, captures) = graph.hoistingCapturesFirst()
    self.graph = Subgraph(closed)
    residuals = captures
    self.places = places
    self.varying = varying
    self.inputTypes = inputTypes
  }

  /// Presents what the derivative needs.
  package mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(fixed: graph)
    residuals.visitTensors(&visitor)
  }

  /// The cotangents of the inputs for those of the first results; zeros for integers.
  package func callAsFunction(_ cotangents: [Tensor]) -> [Tensor] {
    var ofVarying: [Tensor?] = []
    for (index, place) in places.enumerated() where place != nil {
      ofVarying.append(index < cotangents.count ? cotangents[index] : nil)
    }
    let tangents = varying.filter { $0 }.map { _ in nil as Tensor? }
    var results = graph.graph.transpose(ofVarying, known: residuals + tangents)
      .dropFirst(residuals.count)
    return zip(inputTypes, varying).map { type, varies in
      (varies ? results.popFirst() ?? nil : nil) ?? Tensor.placeholder(type)
    }
  }
}

/// Evaluates `function` on a list of tensors, and gives its value and its derivative there.
/// - Throws: what `function` throws.
package func closedVJP<Output: TensorTree>(
  _ inputs: [Tensor], _ function: ([Tensor]) throws -> Output
) rethrows -> (value: Output, pullback: ClosedPullback) {
  let linearization = try Linearization(name: "vjp", inputs, function)
  return (linearization.value, linearization.closedPullback)
}
