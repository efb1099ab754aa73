/// What the axes of variables are laid out over: their tree, with a ``PartitionSpec`` for each tensor.
///
/// Those without a box are not laid out: `P()`. Other values are left out. Mirrors
/// `flax.linen.get_partition_spec`.
public func getPartitionSpec(_ variables: Variables) -> Variables {
  variables.mappingLayouts { $0 }
}

/// How variables are laid out over a mesh: their tree, with a ``NamedSharding`` for each tensor.
///
/// Mirrors `flax.linen.get_sharding`.
public func getSharding(_ variables: Variables, _ mesh: Mesh) -> Variables {
  variables.mappingLayouts { NamedSharding(mesh, $0) }
}

/// Translates logical names in a tree of specifications, as `getPartitionSpec` gives it, to those of a
/// mesh.
///
/// Mirrors `flax.linen.logical_to_mesh`.
public func logicalToMesh(_ specs: Variables, rules: LogicalRules? = nil) -> Variables {
  specs.mappingSpecs { logicalToMeshAxes($0, rules: rules) }
}

/// Translates logical names in a tree of specifications to layouts over a mesh.
///
/// Mirrors `flax.linen.logical_to_mesh_sharding`.
public func logicalToMeshSharding(
  _ specs: Variables, _ mesh: Mesh, rules: LogicalRules? = nil
) -> Variables {
  specs.mappingSpecs { NamedSharding(mesh, logicalToMeshAxes($0, rules: rules)) }
}

extension Variables {
  /// The tree with what `make` gives for the specification of each tensor.
  fileprivate func mappingLayouts<T: Sendable>(_ make: (PartitionSpec) -> T) -> Variables {
    switch node {
    case .tensor: return Variables(value: make(PartitionSpec()))
    case .boxed(let box as any PartitionedMetadata):
      return Variables(value: make(box.partitionSpec))
    case .boxed(let box): return box.value.mappingLayouts(make)
    case .tuple(let elements):
      return Variables(tuple: elements.map { $0.mappingLayouts(make) })
    case .dictionary(let entries):
      let parts = entries.filter { if case .value = $0.value.node { false } else { true } }
      return Variables(parts.map { ($0.key, $0.value.mappingLayouts(make)) })
    case .value: return self
    }
  }

  /// The tree with what `transform` makes of each specification in it.
  fileprivate func mappingSpecs<T: Sendable>(_ transform: (PartitionSpec) -> T) -> Variables {
    switch node {
    case .value(let spec as PartitionSpec): Variables(value: transform(spec))
    case .tuple(let elements): Variables(tuple: elements.map { $0.mappingSpecs(transform) })
    case .dictionary(let entries): Variables(entries.mapValues { $0.mappingSpecs(transform) })
    case .tensor, .boxed, .value: self
    }
  }
}
