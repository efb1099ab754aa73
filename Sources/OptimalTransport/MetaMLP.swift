import Linen

/// A network from the weights of two measures to a potential of their transport.
///
///     let model = MetaMLP(potentialSize: 64)
///     let variables = try model.initialize(Key(0)) { $0(a, b) }
///     let f = try model.apply(variables) { $0(a, b) }   // [n], [m] to [64]
///
/// `z = [a, b]`, then `numHiddenLayers` times `z = relu(W z + c)`, then a linear layer. Computes in
/// the dtype of `a`. Parameters: `Dense_0`, `Dense_1`, ... "Meta Optimal Transport",
/// https://arxiv.org/abs/2206.05262 Mirrors `ott.initializers.nn.initializers.MetaMLP`.
public final class MetaMLP: Module, @unchecked Sendable {
  /// The number of places of the first measure.
  public let potentialSize: Int
  /// The size of each hidden layer.
  public let numHiddenUnits: Int
  /// The number of hidden layers.
  public let numHiddenLayers: Int

  /// Makes a network that gives a potential of `potentialSize` numbers.
  public init(
    potentialSize: Int, numHiddenUnits: Int = 512, numHiddenLayers: Int = 3, name: String? = nil
  ) {
    self.potentialSize = potentialSize
    self.numHiddenUnits = numHiddenUnits
    self.numHiddenLayers = numHiddenLayers
    super.init(name: name)
  }

  /// Predicts the potential from weights `[n]` and `[m]`.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    compact(a, b) { a, b in
      var z = concatenate([a, b])
      for _ in 0..<numHiddenLayers { z = relu(Dense(numHiddenUnits, dtype: a.dtype)(z)) }
      return Dense(potentialSize, dtype: a.dtype)(z)
    }
  }
}

extension MetaMLP: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<MetaMLP>, name: String?) {
    let c = configuration
    self.init(
      potentialSize: c.potentialSize, numHiddenUnits: c.numHiddenUnits,
      numHiddenLayers: c.numHiddenLayers, name: name)
  }
}
