import Linen
import Testing

/// A layer in one configuration with inputs, over which the laws of all layers run.
struct LayerRow: Sendable, CustomTestStringConvertible {
  /// The class, and what is special about the configuration.
  let name: String
  let module: Module
  let inputs: [Tensor]
  /// The streams of a call, besides `params` for the first variables.
  let rngs: [String: Key]
  /// The collections that a call writes.
  let mutable: CollectionFilter?
  /// Whether the gradient is that of the function: not where parts of it count as constants.
  let hasTrueGradient: Bool
  /// Calls the layer; gives the leaves of its result.
  let call: @Sendable ([Tensor]) -> [Tensor]
  /// The row with a copy of the module.
  let copied: @Sendable () -> LayerRow

  init<M: Configurable>(
    _ name: String, _ module: M, _ inputs: [Tensor], rngs: [String: Key] = [:],
    mutable: CollectionFilter? = nil, hasTrueGradient: Bool = true,
    _ call: @escaping @Sendable (M, [Tensor]) -> [Tensor]
  ) {
    self.name = name
    self.module = module
    self.inputs = inputs
    self.rngs = rngs
    self.mutable = mutable
    self.hasTrueGradient = hasTrueGradient
    self.call = { inputs in call(module, inputs) }
    copied = {
      LayerRow(
        name, module.copy(), inputs, rngs: rngs, mutable: mutable,
        hasTrueGradient: hasTrueGradient, call)
    }
  }

  /// A layer of one tensor.
  init(_ name: String, _ module: some UnaryLayer & Configurable, _ input: Tensor) {
    self.init(name, module, [input]) { layer, inputs in [layer(inputs[0])] }
  }

  var testDescription: String { name }

  /// The name of the class.
  var className: String { String("\(type(of: module))".prefix { $0 != "<" }) }

  /// The first variables.
  func initialize() throws -> Variables {
    try module.initialize(RNGs(rngs.merging(["params": Key(1)]) { first, _ in first })) { _ in
      call(inputs)
    }
  }

  /// The results of a call, and then all that it has written.
  func evaluate(_ variables: Variables, _ inputs: [Tensor]) throws -> [Tensor] {
    guard let mutable else {
      return try module.apply(variables, rngs: RNGs(rngs)) { _ in call(inputs) }
    }
    let (outputs, updates) = try module.apply(variables, rngs: RNGs(rngs), mutable: mutable) { _ in
      call(inputs)
    }
    return outputs + treeLeaves(updates)
  }

  /// Inputs like the row's, but others: floats are moved and stretched, integers stay.
  func inputs(variant: Int) -> [Tensor] {
    inputs.map { x in
      x.dtype.isFloatingPoint ? x * (1 + 0.25 * Double(variant)) - 0.125 * Double(variant) : x
    }
  }
}

/// Normal numbers of a shape, the same in every run.
func sample(_ shape: Shape, seed: Int = 7) -> Tensor { Random.normal(Key(seed), shape) }
