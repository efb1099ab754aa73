/// A function at a point: its value there, and its derivative as a linear graph.
///
/// Reverse mode is this graph run backwards: the jvp is done on values that are known and tangents
/// that are recorded, so that all that is nonlinear is computed once and stands in the graph as a
/// constant.
struct Linearization<Output: TensorTree> {
  let value: Output
  /// The derivative: from the tangents of the inputs to those of the results that vary.
  private let graph: Graph
  /// For each result the place of its tangent among the graph's results; nil if it does not vary.
  private let places: [Int?]
  /// Which inputs have tangents: those of a floating-point type.
  private let varying: [Bool]
  private let inputTypes: [ShapeDtype]
  private let trace: JVPTrace

  init(
    name: String, _ inputs: [Tensor], _ function: ([Tensor]) throws -> Output
  ) rethrows {
    let tape = StagingTrace(name: name, isTape: true)
    let trace = JVPTrace(name: name)
    self.trace = trace
    inputTypes = inputs.map(\.type)
    varying = inputTypes.map(\.dtype.isInexact)
    let duals = zip(inputs, varying).map { input, varies in
      varies ? trace.join(input, tape.input(input.type)) : input
    }
    defer { trace.isOpen = false }
    let output = try function(duals)
    var tangents: [Tensor] = []
    var places: [Int?] = []
    value = treeMap(output) { leaf in
      let (primal, tangent) = trace.split(leaf)
      places.append(tangent == nil ? nil : tangents.count)
      if let tangent { tangents.append(tangent) }
      return primal
    }
    self.places = places
    graph = tape.finish(tangents)
  }

  /// The derivative as a value of its own.
  var closedPullback: ClosedPullback {
    ClosedPullback(graph, places: places, varying: varying, inputTypes: inputTypes)
  }

  /// The value of a tensor that the function has made, without its tangent.
  func primal(_ tensor: Tensor) -> Tensor { trace.split(tensor).primal }

  /// The tangents of the results for tangents of the inputs.
  func pushforward(_ tangents: [Tensor]) -> Output {
    let results = graph.evaluate(zip(tangents, varying).filter(\.1).map(\.0))
    var index = 0
    return treeMap(value) { leaf in
      defer { index += 1 }
      return places[index].map { results[$0] } ?? zeros(like: leaf)
    }
  }

  /// The cotangents of the inputs for cotangents of the results; zeros for integers.
  func pullback(_ cotangents: [Tensor]) -> [Tensor] {
    var varyingCotangents: [Tensor?] = []
    for (cotangent, place) in zip(cotangents, places) where place != nil {
      varyingCotangents.append(cotangent)
    }
    var results = graph.transpose(varyingCotangents)[...]
    return zip(inputTypes, varying).map { type, varies in
      (varies ? results.popFirst() ?? nil : nil) ?? Tensor.placeholder(type)
    }
  }
}
