/// Layers and functions one after the other: each gets what the one before it gives.
///
///     let mlp = Sequential {
///       Dense(4)
///       relu
///       Dense(2)
///       Lambda { logSoftmax($0, axis: 0) }
///     }
///
/// Layers made outside of a module are named by their place: `layers_0`, `layers_2`. Layers of your
/// own conform to ``UnaryLayer``. A part that takes several tensors is a ``MultipleInputLayer``; one
/// that also gives several, for the next part to take, is a ``TupleLayer`` or a function of a list.
/// Mirrors `flax.linen.Sequential`.
public final class Sequential: Module, UnaryLayer, TupleLayer, @unchecked Sendable {
  /// The parts in order.
  public let layers: [Part]

  /// A layer or function.
  public enum Part: Sendable {
    /// A module.
    case layer(any UnaryLayer)
    /// A module that takes and gives several tensors.
    case tupleLayer(any TupleLayer)
    /// A function, which may make modules itself.
    case function(@Sendable (Tensor) -> Tensor)
    /// A function of several tensors that gives several.
    case tuple(@Sendable ([Tensor]) -> [Tensor])
  }

  /// Makes a chain of what `parts` lists.
  public convenience init(name: String? = nil, @PartsBuilder _ parts: () -> [Part]) {
    self.init(parts(), name: name)
  }

  /// Makes a chain of layers.
  public convenience init(_ layers: [any UnaryLayer], name: String? = nil) {
    self.init(layers.map(Part.layer), name: name)
  }

  /// Makes a chain of parts.
  public init(_ layers: [Part], name: String? = nil) {
    self.layers = layers
    super.init(name: name)
  }

  /// Applies the parts in order.
  ///
  /// Records an error if there are none, or the last one gives several tensors.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      let outputs = run([inputs])
      if outputs.count != 1 {
        record(LinenError(.other("Sequential gives \(outputs.count) tensors, expected 1.")))
      }
      return outputs.first ?? inputs
    }
  }

  /// Applies the parts in order, the first one to several tensors.
  ///
  /// Records an error if there are none, or a part takes another number of tensors.
  public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
    compact(inputs) { inputs in run(inputs) }
  }

  private func run(_ inputs: [Tensor]) -> [Tensor] {
    if layers.isEmpty {
      record(LinenError(.other("Empty Sequential module \(name ?? "None").")))
    }
    return layers.reduce(inputs) { apply($1, to: $0) }
  }

  private func apply(_ part: Part, to inputs: [Tensor]) -> [Tensor] {
    switch part {
    case .tupleLayer(let layer): return layer(inputs)
    case .layer(let layer as Sequential): return layer(inputs)
    case .layer(let layer as any MultipleInputLayer): return [layer(inputs)]
    case .layer(let layer) where inputs.count == 1: return [layer(inputs[0])]
    case .function(let function) where inputs.count == 1: return [function(inputs[0])]
    case .tuple(let function): return function(inputs)
    case .layer, .function:
      record(LinenError(.other("A part of Sequential takes 1 tensor, not \(inputs.count).")))
      return Array(inputs.prefix(1))
    }
  }

  /// Collects the parts of a ``Sequential``.
  @resultBuilder
  public enum PartsBuilder {
    /// Takes a layer.
    public static func buildExpression(_ layer: any UnaryLayer) -> [Part] { [.layer(layer)] }

    /// Takes a layer that takes and gives several tensors.
    @_disfavoredOverload
    public static func buildExpression(_ layer: any TupleLayer) -> [Part] { [.tupleLayer(layer)] }

    /// Takes a function.
    public static func buildExpression(_ function: Lambda) -> [Part] { [function.part] }

    /// Takes a function.
    public static func buildExpression(
      _ function: @escaping @Sendable (Tensor) -> Tensor
    ) -> [Part] {
      [.function(function)]
    }

    /// Takes an activation, such as `ActivationFunction.relu`.
    public static func buildExpression(_ activation: ActivationFunction) -> [Part] {
      [.function(activation.function)]
    }

    /// Takes a function of several tensors.
    public static func buildExpression(
      _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
    ) -> [Part] {
      [.tuple(function)]
    }

    /// Takes layers.
    public static func buildExpression(_ layers: [any UnaryLayer]) -> [Part] {
      layers.map(Part.layer)
    }

    /// Joins parts.
    public static func buildBlock(_ parts: [Part]...) -> [Part] { parts.flatMap { $0 } }

    /// Joins the parts of a loop.
    public static func buildArray(_ parts: [[Part]]) -> [Part] { parts.flatMap { $0 } }

    /// Takes parts that depend on a condition.
    public static func buildOptional(_ parts: [Part]?) -> [Part] { parts ?? [] }

    /// Takes the parts of the branch chosen.
    public static func buildEither(first parts: [Part]) -> [Part] { parts }

    /// Takes the parts of the branch chosen.
    public static func buildEither(second parts: [Part]) -> [Part] { parts }
  }
}

extension Sequential: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<Sequential>, name: String?) {
    let c = configuration
    self.init(c.layers, name: name)
  }
}

/// A function as a part of a ``Sequential``, where braces alone would belong to the line before.
public struct Lambda: Sendable {
  let part: Sequential.Part

  /// Wraps a function of one tensor.
  public init(_ function: @escaping @Sendable (Tensor) -> Tensor) { part = .function(function) }

  /// Wraps a function of several tensors that gives several.
  @_disfavoredOverload
  public init(_ function: @escaping @Sendable ([Tensor]) -> [Tensor]) { part = .tuple(function) }
}

extension Sequential.Part: ModuleHolder {
  func forEachModule(_ body: (String, Module) -> Void) {
    switch self {
    case .layer(let layer): body("", layer)
    case .tupleLayer(let layer): body("", layer)
    case .function, .tuple: break
    }
  }
}

extension Sequential.Part: PythonPrinted {
  var pythonText: String {
    switch self {
    case .layer(let layer): layer.description
    case .tupleLayer(let layer): layer.description
    case .function, .tuple: "function"
    }
  }
}
