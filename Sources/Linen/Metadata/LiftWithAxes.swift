/// Lifts `vmap` and tells collections of axis names, such as `params_axes`, of the new axis.
///
/// Made by ``vmapWithAxes(variableAxes:splitRNGs:inAxes:outAxes:axisSize:axisName:partitioningAxisNames:name:_:)``.
public struct VMapWithAxes: CallLift {
  /// `Map_variablesVmapDense`, as there is one transform inside the other.
  public static let prefix = "Map_variablesVmap"

  let vmap: VMap
  let axes: [LabelledAxis]

  /// Runs `body` once for all members.
  public func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, _ body: ([Scope], A) -> R
  ) -> R {
    axes.enter(target) { vmap.apply($0, arguments, body) }
  }
}

/// Lifts `scan` and tells collections of axis names, such as `params_axes`, of the new axis.
///
/// Made by ``scanWithAxes(variableAxes:variableBroadcast:variableCarry:splitRNGs:inAxes:outAxes:length:reverse:axisName:axesCollections:name:_:)``.
public struct ScanWithAxes: ModuleLift {
  /// `Map_variablesScanDense`, as there is one transform inside the other.
  public static let prefix = "Map_variablesScan"

  let scan: Scan
  let axes: [LabelledAxis]
}

/// An axis that a transform adds to the variables of a collection.
struct LabelledAxis: Sendable {
  let collection: String
  let index: Int
  let name: String

  private var axis: PartitionSpec.Axis { .name(name) }

  /// Changes the collection of axis names on the way in and out.
  func lift(isWritten: Bool) -> MapVariables {
    func mapped(
      _ change: @escaping @Sendable (PartitionSpec) -> PartitionSpec
    ) -> MapVariables.Transform {
      { variables in variables.mappingAxisNames { $0.map(change) } }
    }
    let (index, axis) = (index, axis)
    return mapVariables(
      .names(["\(collection)_axes"]),
      transIn: mapped { names in
        var names = names
        guard names.axes.indices.contains(index), names.axes[index] == axis else {
          record(
            LinenError(
              .other(
                "Expected axis \(axis) at position \(index) in axis metadata \(names.tupleText).")))
          return names
        }
        names.axes.remove(at: index)
        return names
      },
      transOut: mapped { names in
        var names = names
        names.axes.insert(axis, at: Swift.min(index, names.axes.count))
        return names
      }, mutable: isWritten)
  }
}

extension [LabelledAxis] {
  /// Runs `body` inside of the changes of all collections.
  fileprivate func enter<R>(_ target: LiftedScopes, _ body: (LiftedScopes) -> R) -> R {
    guard let axis = last else { return body(target) }
    let isWritten = target.scopes.contains {
      $0.shared.mutable.contains("\(axis.collection)_axes")
    }
    return axis.lift(isWritten: isWritten).run(target) { scopes in
      Array(dropLast()).enter(target.inside(scopes), body)
    }
  }
}

extension Variables {
  /// The tree with `change` made to all names of axes in it.
  fileprivate func mappingAxisNames(_ change: (AxisNames) -> AxisNames) -> Variables {
    switch node {
    case .value(let names as AxisNames): Variables(value: change(names))
    case .dictionary(let entries): Variables(entries.mapValues { $0.mappingAxisNames(change) })
    case .tuple(let elements):
      Variables(tuple: elements.map { $0.mappingAxisNames(change) })
    case .tensor, .boxed, .value: self
    }
  }
}

/// Makes a module whose calls are mapped over an axis, which collections of axis names are told of.
///
/// `partitioningAxisNames` names the axis for each collection; for the other arguments see
/// ``vmap(variableAxes:splitRNGs:inAxes:outAxes:axisSize:axisName:metadataParams:)``. Mirrors
/// `flax.linen.partitioning.vmap_with_axes`.
public func vmapWithAxes<M: Module>(
  variableAxes: VariableAxes, splitRNGs: SplitRNGs = [:], inAxes: ArgumentAxes = 0,
  outAxes: ArgumentAxes = 0, axisSize: Int? = nil, axisName: String? = nil,
  partitioningAxisNames: [String: String] = [:], name: String? = nil, _ make: () -> M
) -> Lifted<M, VMapWithAxes> {
  let names = partitioningAxisNames.keys.sorted()
  let shared = VariableAxes(entries: names.map { (["\($0)_axes"], nil) })
  let vmap = vmap(
    variableAxes: VariableAxes(entries: shared.entries + variableAxes.entries),
    splitRNGs: splitRNGs, inAxes: inAxes, outAxes: outAxes, axisSize: axisSize, axisName: axisName)
  let axes = names.compactMap { collection in
    variableAxes.axis(of: collection).map {
      LabelledAxis(collection: collection, index: $0, name: partitioningAxisNames[collection] ?? "")
    }
  }
  return Lifted(VMapWithAxes(vmap: vmap, axes: axes), name: name, make)
}

/// Makes a module whose calls are loops over an axis, which collections of axis names are told of.
///
/// `axisName` names the axis, in the collections that belong to `axesCollections`; for the other
/// arguments see
/// ``scan(variableAxes:variableBroadcast:variableCarry:splitRNGs:inAxes:outAxes:length:reverse:unroll:metadataParams:checkConstancyInvariants:)``.
/// Mirrors `flax.linen.partitioning.scan_with_axes`.
public func scanWithAxes<M: Module>(
  variableAxes: VariableAxes = [:], variableBroadcast: CollectionFilter = false,
  variableCarry: CollectionFilter = false, splitRNGs: SplitRNGs = [:], inAxes: ArgumentAxes = 0,
  outAxes: ArgumentAxes = 0, length: Int? = nil, reverse: Bool = false,
  axisName: String = "layers", axesCollections: [String] = ["params"], name: String? = nil,
  _ make: () -> M
) -> Lifted<M, ScanWithAxes> {
  let shared = CollectionFilter.names(Set(axesCollections.map { "\($0)_axes" }))
  let scan = scan(
    variableAxes: variableAxes, variableBroadcast: variableBroadcast.union(shared),
    variableCarry: variableCarry, splitRNGs: splitRNGs, inAxes: inAxes, outAxes: outAxes,
    length: length, reverse: reverse)
  let axes = axesCollections.compactMap { collection in
    variableAxes.axis(of: collection).map {
      LabelledAxis(collection: collection, index: $0, name: axisName)
    }
  }
  return Lifted(ScanWithAxes(scan: scan, axes: axes), name: name, make)
}

extension Lifted where Transform == ScanWithAxes {
  /// Loops a function of the module, of the carry, and of a slice of each input.
  ///
  /// The function gives the next carry and an output.
  public func callAsFunction<C: TensorTree, each A: TensorTree, Y: TensorTree>(
    _ carry: C, _ inputs: repeat each A, body: (M, C, repeat each A) -> (C, Y)
  ) -> (carry: C, outputs: Y) {
    guard let scopes = liftedScopes else { return body(module, carry, repeat each inputs) }
    return transform.axes.enter(scopes) { scopes in
      transform.scan.apply(scopes, carry, ArgumentList(repeat each inputs)) { _, carry, slices in
        let result = body(module, carry, repeat each slices.values)
        return result
      }
    }
  }

  /// Loops a function that gives the next carry alone.
  public func callAsFunction<C: TensorTree, each A: TensorTree>(
    _ carry: C, _ inputs: repeat each A, body: (M, C, repeat each A) -> C
  ) -> C {
    guard let scopes = liftedScopes else { return body(module, carry, repeat each inputs) }
    return transform.axes.enter(scopes) { scopes in
      transform.scan.apply(scopes, carry, ArgumentList(repeat each inputs)) { _, carry, slices in
        let next = body(module, carry, repeat each slices.values)
        return (next, EmptyTree())
      }.0
    }
  }
}
