/// Vectorization: tensors of which one axis counts the members of a batch.
///
/// Each operation is done once for all members, by its batching rule.
final class BatchTrace: Trace, @unchecked Sendable {
  let level = TraceLevel.next()
  let name = "vmap"
  let showsValues = false
  let size: Int
  /// The name by which collectives mean this axis.
  let axisName: String?
  /// Confined to the thread that runs the transform; false once that has ended.
  var isOpen = true

  init(size: Int, axisName: String? = nil) {
    self.size = size
    self.axisName = axisName
  }

  /// The stacked values of a tensor and the axis that counts the members; nil if all have the same.
  func split(_ tensor: Tensor) -> (stacked: Tensor, axis: Int?) {
    if case .tracer(let tracer) = tensor.storage, tracer.trace === self, let value = tracer.value {
      return (value, tracer.index)
    }
    return (tensor, nil)
  }

  /// One member's view of stacked values.
  func join(_ stacked: Tensor, _ axis: Int?) -> Tensor {
    guard let axis else { return stacked }
    let type = stacked.type.with(shape: stacked.shape.removing([axis]))
    return Tensor(Tracer(self, type, value: stacked, index: axis))
  }

  func process(
    _ operation: any Primitive, _ inputs: [Tensor], _ outputs: [ShapeDtype]
  ) -> [Tensor] {
    guard isOpen else { return escaped(operation, inputs, outputs) }
    let parts = inputs.map(split)
    guard NamedAxes.areInUse else { return results(operation, parts) }
    if let axisName, let collective = operation as? any Collective,
      collective.axis.name == axisName
    {
      let results = collective.collect(parts.map(\.stacked), parts.map(\.axis), size: size)
      return zip(results.outputs, results.axes).map(join)
    }
    return NamedAxes.rule(axisName) { results(operation, parts) }
  }

  private func results(
    _ operation: any Primitive, _ parts: [(stacked: Tensor, axis: Int?)]
  ) -> [Tensor] {
    let results = operation.batch(parts.map(\.stacked), parts.map(\.axis), size: size)
    return zip(results.outputs, results.axes).map(join)
  }
}
