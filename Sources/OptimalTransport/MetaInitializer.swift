import Linen

/// Starts from the potential that a network predicts from the weights of both measures.
///
/// The geometry is the same for all problems, so that the network can learn what their solutions
/// have in common. It is trained on problems alone, without their solutions:
///
///     let meta = try MetaInitializer(geometry, key: Key(0))
///     let loss = meta.loss(variables, a: a, b: b)      // differentiate by the variables
///     let solution = try Sinkhorn().solve(problem, from: meta.with(variables))
///
/// https://arxiv.org/abs/2206.05262 Mirrors `ott.initializers.nn.initializers.MetaInitializer`.
public struct MetaInitializer: TransportInitializer {
  /// The places and the cost of all problems.
  public let geometry: Geometry
  /// The network.
  public let model: MetaMLP
  /// The network's parameters.
  public let variables: Variables

  /// Creates an initializer with a new network, of OTT's sizes unless another is given.
  ///
  /// - Throws: an error if the network's potentials don't have the size of the first measure.
  public init(_ geometry: Geometry, model: MetaMLP? = nil, key: Key) throws {
    let (n, m) = (geometry.cost.shape[0], geometry.cost.shape[1])
    let model = model ?? MetaMLP(potentialSize: n)
    guard model.potentialSize == n else {
      throw TensorError(
        "MetaInitializer",
        .argumentInvalid(
          name: "potentialSize", value: "\(model.potentialSize)",
          expected: "\(n), the number of places"), [.init("cost", geometry.cost.type)])
    }
    self.geometry = geometry
    self.model = model
    variables = try model.initialize(key) { $0(Tensor.zeros([n]), Tensor.zeros([m])) }
  }

  private init(_ geometry: Geometry, _ model: MetaMLP, _ variables: Variables) {
    self.geometry = geometry
    self.model = model
    self.variables = variables
  }

  /// Gives an initializer with other parameters.
  public func with(_ variables: Variables) -> MetaInitializer {
    MetaInitializer(geometry, model, variables)
  }

  /// Predicts the potential.
  public func potential(_ problem: TransportProblem) throws -> Tensor {
    try model.apply(variables) { $0(problem.a, problem.b) }
  }

  /// What training minimizes: minus the mean of the dual objective at the predictions.
  ///
  /// For weights `[batch, n]` and `[batch, m]`. With g computed from the prediction f the dual
  /// objective is `<f, a> + <g, b>`, up to a constant; the solution alone has the largest.
  public func loss(_ variables: Variables, a: Tensor, b: Tensor) throws -> Tensor {
    let duals = try vmap { (a: Tensor, b: Tensor) in
      let f = try model.apply(variables) { $0(a, b) }
      let g = geometry.secondPotential(f, weights: b)
      // Where there is no weight, g is -inf and counts for nothing.
      let finite = which(b .> 0, g, Tensor(0, dtype: g.dtype))
      return sum(f * a) + sum(finite * b)
    }(a, b)
    return -mean(duals)
  }
}
