/// Sets elements to 0 at random, and scales the others so that the mean stays.
///
///     let y = Dropout(0.5, deterministic: !train)(x)
///     try model.apply(variables, rngs: ["dropout": key]) { $0(x, train: true) }
///
/// `y = x / (1 - rate)` with probability 1 - rate, 0 otherwise: `rate` is what is lost, and nothing
/// is to be scaled afterwards. Each layer draws another mask, each call with the same key the same
/// one: give a new key in every step. "Dropout: A Simple Way to Prevent Neural Networks from
/// Overfitting", https://jmlr.org/papers/v15/srivastava14a.html Mirrors `flax.linen.Dropout`.
public final class Dropout: Module, UnaryLayer, @unchecked Sendable {
  /// The probability of 0: not that of keeping an element.
  public let rate: Double
  /// The axes along which elements share their fate.
  public let broadcastDims: [Int]
  /// Whether to return the input as it is; given here or with the call.
  public let deterministic: Bool?
  /// The stream from which the key is drawn.
  public let rngCollection: String

  /// Makes a layer that drops elements with probability `rate`.
  public init(
    _ rate: Double, broadcastDims: [Int] = [], deterministic: Bool? = nil,
    rngCollection: String = "dropout", name: String? = nil
  ) {
    self.rate = rate
    self.broadcastDims = broadcastDims
    self.deterministic = deterministic
    self.rngCollection = rngCollection
    super.init(name: name)
  }

  /// Drops elements, or returns the input if `deterministic` was given as true.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    callAsFunction(inputs, deterministic: nil)
  }

  /// Drops elements by a key, drawn from the stream unless `rng` is given.
  ///
  /// Records an error if `deterministic` is given neither here nor when the layer was made, or in
  /// both places.
  public func callAsFunction(
    _ inputs: Tensor, deterministic: Bool?, rng: Key? = nil
  ) -> Tensor {
    compact(inputs, deterministic) { inputs, deterministic in
      let isOff = mergeParam("deterministic", self.deterministic, deterministic)
      if isOff || rate == 0 { return inputs }
      guard (0...1).contains(rate), inputs.dtype.isInexact else {
        let reason =
          inputs.dtype.isInexact
          ? TensorError.Fact.argumentInvalid(
            name: "rate", value: "\(rate)", expected: "a probability from 0 to 1")
          : .dtypeUnsupported(dtype: inputs.dtype, expected: "a floating-point type")
        record(TensorError("Dropout", reason, [.init("inputs", inputs.type)]))
        return inputs
      }
      // Without this the gradient would be NaN.
      if rate == 1 { return Tensor.zeros(inputs.shape, dtype: inputs.dtype) }
      let key = rng ?? makeRNG(rngCollection)
      let keep = Random.bernoulli(key, 1 - rate, maskShape(inputs)).broadcast(to: inputs.shape)
      return which(keep, inputs / (1 - rate), Tensor.zeros(inputs.shape, dtype: inputs.dtype))
    }
  }

  private func maskShape(_ inputs: Tensor) -> Shape {
    canonicalAxes(Axes(broadcastDims), inputs, "Dropout").reduce(inputs.shape) {
      $0.replacing($1, with: 1)
    }
  }

  package override class var holdsModules: Bool { false }
}

extension Dropout: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<Dropout>, name: String?) {
    let c = configuration
    self.init(
      c.rate, broadcastDims: c.broadcastDims, deterministic: c.deterministic,
      rngCollection: c.rngCollection, name: name)
  }
}
