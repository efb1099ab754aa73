/// Gives the transform by which boxes of metadata get an axis that the function does not see.
///
/// Only metadata change, not tensors: for what is stacked by other means than `vmap` and `scan`.
/// Mirrors `flax.linen.add_metadata_axis`.
public func addMetadataAxis(
  variableAxes: VariableAxes, metadataParams: MetadataParams = [:]
) -> MapVariables {
  let entries = variableAxes.entries
  func mapped(
    _ transform: @escaping @Sendable (Variables, Int) -> Variables
  ) -> MapVariables.Transform {
    { variables in
      Variables(
        variables.map { name, part in
          let axis = entries.first { $0.filter.contains(name) }?.axis.axis
          return (name, axis.map { transform(part, $0) } ?? part)
        })
    }
  }
  let collections = entries.reduce(CollectionFilter.none) { $0.union($1.filter) }
  return mapVariables(
    collections, transIn: mapped { $0.removingAxis(at: $1, metadataParams) },
    transOut: mapped { $0.addingAxis(at: $1, metadataParams) }, mutable: true)
}

/// Makes a module whose boxes of metadata have an axis that the module does not see.
///
/// Named `Map_variablesDense_0`, unless a name is given here or to the module.
public func addMetadataAxis<M: Module>(
  variableAxes: VariableAxes, metadataParams: MetadataParams = [:], name: String? = nil,
  _ make: () -> M
) -> Lifted<M, MapVariables> {
  Lifted(
    addMetadataAxis(variableAxes: variableAxes, metadataParams: metadataParams), name: name, make)
}
