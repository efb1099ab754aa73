import Tensor

/// A step in the making of parameter updates from gradients, with a state: what an optimizer is.
///
/// A value without state of its own: `initialize` makes the state, `update` takes it and gives the
/// next.
///
/// Mirrors `optax.GradientTransformationExtraArgs`.
///
///     let optimizer = chain(clipByGlobalNorm(1), adam(0.001))
///     var state = optimizer.initialize(params)
///     (updates, state) = optimizer.update(gradients, state, params: params)
///     params = applyUpdates(params, updates)
public struct GradientTransformation: Sendable {
  /// What an update may use besides gradients and state.
  public struct Arguments: Sendable {
    /// The parameters, structured as the gradients.
    public var params: AnyTensorTree?
    /// Further values by name, such as `value`, that of the loss.
    public var values: [String: Tensor]

    /// Names the arguments of an update.
    public init(params: AnyTensorTree? = nil, values: [String: Tensor] = [:]) {
      self.params = params
      self.values = values
    }
  }

  /// Makes the state for parameters.
  public typealias Initialize = @Sendable (_ params: AnyTensorTree) -> OptimizerState
  /// Makes updates and the next state from gradients, or what other transformations made of them.
  public typealias Update =
    @Sendable (_ updates: AnyTensorTree, _ state: OptimizerState, _ arguments: Arguments) -> (
      updates: AnyTensorTree, state: OptimizerState
    )

  private let initializeTree: Initialize
  private let updateTree: Update

  /// Creates a transformation of two functions.
  public init(initialize: @escaping Initialize, update: @escaping Update) {
    initializeTree = initialize
    updateTree = update
  }

  /// Creates a transformation that remembers nothing.
  public init(
    stateless transform: @escaping @Sendable (AnyTensorTree, Arguments) -> AnyTensorTree
  ) {
    self.init(
      initialize: { _ in .empty },
      update: { updates, state, arguments in
        (transform(updates, arguments), state)
      })
  }

  /// Makes the state with which training these parameters begins.
  public func initialize(_ params: some TensorTree) -> OptimizerState {
    initializeTree(AnyTensorTree(params))
  }

  /// Makes the updates to add to the parameters, and the next state.
  ///
  /// Some transformations need the parameters, such as weight decay, or further values, such as
  /// ``polyakSGD(maxLearningRate:scaling:fMin:eps:variant:)`` the loss. Records an error if they are
  /// missing or the trees' structures differ.
  public func update<Updates: TensorTree>(
    _ updates: Updates, _ state: OptimizerState, params: Updates? = nil,
    values: [String: Tensor] = [:]
  ) -> (updates: Updates, state: OptimizerState) {
    let tree = AnyTensorTree(updates)
    var arguments = Arguments(params: params.map { AnyTensorTree($0) }, values: values)
    if let params = arguments.params {
      guard tree.matches(params) else { return (updates, state) }
      // Shares the paths, so that later comparisons take no time.
      arguments.params = tree.replacing(params.leaves)
    }
    let result = updateTree(tree, state, arguments)
    guard tree.matches(result.updates) else { return (updates, state) }
    return (result.updates.restored(like: updates), result.state)
  }

  package func update(
    _ updates: AnyTensorTree, _ state: OptimizerState, _ arguments: Arguments
  ) -> (updates: AnyTensorTree, state: OptimizerState) {
    updateTree(updates, state, arguments)
  }
}

extension GradientTransformation.Arguments {
  /// The parameters; records an error if they were not given.
  package func params(for name: String, like updates: AnyTensorTree) -> AnyTensorTree {
    if let params { return params }
    record(
      TensorError(
        name, .other("the update needs the parameters"),
        hint: "pass params: to update"))
    return updates
  }

  /// A further value; records an error if it was not given.
  package func value(_ key: String, for name: String) -> Tensor {
    if let value = values[key] { return value }
    record(
      TensorError(
        name, .other("the update needs the value \"\(key)\""),
        hint: "pass values: [\"\(key)\": ...] to update"))
    return Tensor(0.0)
  }
}
