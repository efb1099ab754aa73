import Linen

/// Starts from the potential that a network predicts from the weights of both measures.
///
/// The geometry is the same for all problems, so that the network can learn what their solutions
/// have in common. It is trained on problems alone, without their solutions:
///
///     let meta = try MetaInitializer(geometry, key: Key(0))
///     let loss = try meta.loss(variables, a: a, b: b)      // differentiate by the variables
///     let output = try Sinkhorn(initializer: meta.with(variables))(problem)
///
/// "Meta Optimal Transport", https://arxiv.org/abs/2206.05262 Mirrors
/// `ott.initializers.nn.initializers.MetaInitializer`.
public struct MetaInitializer: SinkhornInitializer {
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
    let (n, m) = (geometry.costMatrix.shape[0], geometry.costMatrix.shape[1])
    let model = model ?? MetaMLP(potentialSize: n)
    guard model.potentialSize == n else {
      throw TensorError(
        "MetaInitializer",
        .argumentInvalid(
          name: "potentialSize", value: "\(model.potentialSize)",
          expected: "\(n), the number of places"), [.init("costMatrix", geometry.costMatrix.type)])
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
  public func initialPotential(_ problem: LinearProblem) throws -> Tensor {
    try model.apply(variables) { $0(problem.a, problem.b) }
  }

  /// Computes what training minimizes: minus the mean objective of the predictions.
  ///
  /// For weights `[batch, n]` and `[batch, m]`. A solution has the largest objective, so nobody has to
  /// solve the problems. See ``objective(_:a:b:)``.
  public func loss(_ variables: Variables, a: Tensor, b: Tensor) throws -> Tensor {
    let objectives = try vmap { (a: Tensor, b: Tensor) in
      objective(try model.apply(variables) { $0(a, b) }, a: a, b: b)
    }(a, b)
    return -mean(objectives)
  }

  /// Computes the dual objective of a potential f `[n]`, with the g that fits it best.
  ///
  /// Its gradient is what the first marginal of their plan lacks, `a - P 1`. Differs from OTT: where
  /// there is no weight f counts as -inf, as in the solver, so that the network need not learn to
  /// predict that.
  public func objective(_ f: Tensor, a: Tensor, b: Tensor) -> Tensor {
    let support = which(a .> 0, f, Tensor(-Double.infinity, dtype: f.dtype))
    let g = geometry.updatePotential(support, weights: b, axis: 0)
    return LinearProblem(geometry, a: a, b: b).klRegCost(support, g)
  }
}
