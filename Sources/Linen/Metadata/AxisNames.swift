/// The names of a variable's axes as a variable of its own: those of a tensor, or of each in a tree.
///
/// What ``Module/paramWithAxes(_:_:_:dtype:axes:)`` keeps in the collection `params_axes`. Mirrors
/// `flax.linen.partitioning.AxisMetadata`.
public indirect enum AxisNames: Hashable, Sendable {
  /// Of a tensor.
  case spec(PartitionSpec)
  /// Of the parts of a tuple.
  case tuple([AxisNames])
  /// Of the entries of a dictionary.
  case dictionary([String: AxisNames])

  /// The names with `change` made to those of each tensor.
  func map(_ change: (PartitionSpec) -> PartitionSpec) -> AxisNames {
    switch self {
    case .spec(let spec): .spec(change(spec))
    case .tuple(let parts): .tuple(parts.map { $0.map(change) })
    case .dictionary(let entries): .dictionary(entries.mapValues { $0.map(change) })
    }
  }

  /// The specifications as a tree.
  fileprivate var specs: Variables {
    switch self {
    case .spec(let spec): Variables(value: spec)
    case .tuple(let parts): Variables(tuple: parts.map(\.specs))
    case .dictionary(let entries):
      Variables(entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value.specs) })
    }
  }
}

extension AxisNames: ExpressibleByArrayLiteral {
  /// The names of the axes of a tensor.
  public init(arrayLiteral names: PartitionSpec.Axis...) { self = .spec(PartitionSpec(names)) }
}

/// Finds the specifications of variables in a collection of axis names such as `params_axes`: their
/// tree, as `getPartitionSpec` gives it.
///
/// Mirrors `flax.linen.partitioning.get_axis_names`.
public func getAxisNames(_ collection: Variables) -> Variables {
  let suffix = "_axes"
  return Variables(
    flattened: collection.flattened().map { path, value in
      var path = path
      if let name = path.popLast() {
        path.append(name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name)
      }
      return (path, value.value(as: AxisNames.self)?.specs ?? value)
    })
}

extension Module {
  /// Declares a parameter and the logical names of its axes, which are kept in `params_axes`.
  ///
  /// Without names none are kept. For the rest see ``param(_:_:_:dtype:)``; boxes of metadata, as of
  /// ``withLogicalPartitioning(_:_:mesh:rules:)``, are the newer way. Mirrors
  /// `flax.linen.partitioning.param_with_axes`.
  public final func paramWithAxes(
    _ name: String, _ initializer: Initializer, _ shape: Shape, dtype: DType = .defaultFloat,
    axes: PartitionSpec?
  ) -> Tensor {
    let value = param(name, initializer, shape, dtype: dtype)
    guard let axes else { return value }
    sowAxes("params", name, .spec(axes))
    return withLogicalConstraint(value, axes)
  }

  /// Declares a parameter that is a tree, and the logical names of the axes of each tensor.
  public final func paramWithAxes<T: TensorTree & Sendable>(
    _ name: String, axes: AxisNames?, _ initial: (Key) -> T
  ) -> T {
    let value = param(name, initial)
    if let axes { sowAxes("params", name, axes) }
    return value
  }

  /// Declares a variable of a collection and the logical names of its axes, which are kept in the
  /// collection with `_axes` at the end of its name.
  ///
  /// For the rest see ``variable(_:_:unbox:_:)``. Mirrors
  /// `flax.linen.partitioning.variable_with_axes`.
  public final func variableWithAxes(
    _ collection: String, _ name: String, axes: PartitionSpec?,
    fallback: RulesFallback = .axisIsUnsharded, _ initial: () -> Tensor
  ) -> Variable<Tensor> {
    let variable = variable(collection, name) {
      withLogicalConstraint(initial(), axes, fallback: fallback)
    }
    if let axes { sowAxes(collection, name, .spec(axes)) }
    return variable
  }

  private func sowAxes(_ collection: String, _ name: String, _ axes: AxisNames) {
    sow("\(collection)_axes", "\(name)_axes", axes, initial: { axes }) { old, new in
      if old != new {
        record(
          LinenError(
            .other(
              "If axis names are sown twice, expected them to match. Got \(old) and \(new).")))
      }
      return new
    }
  }
}
