/// Does a primitive on tensors: the one point at which transforms see operations.
///
/// The highest trace among the inputs processes it; without one, the kernel runs. A mistake is
/// recorded, and placeholders of the expected types come back.
package func bind(_ operation: some Primitive, _ inputs: [Tensor]) -> [Tensor] {
  let types = inputs.map(\.type)
  let outputs: [ShapeDtype]
  do throws(TensorError) {
    outputs = try operation.infer(types)
  } catch {
    record(error)
    let placeholders = error.placeholders.isEmpty ? Array(types.prefix(1)) : error.placeholders
    return placeholders.map(Tensor.placeholder)
  }
  if let trace = topTrace(inputs) {
    return (AmbientTrace.above(trace) ?? trace).process(operation, inputs, outputs)
  }
  let arrays = inputs.compactMap(\.array)
  return operation.evaluate(arrays, outputs).map { Tensor($0) }
}

/// Does a primitive with one result.
package func bind(_ operation: some Primitive, _ inputs: Tensor...) -> Tensor {
  bind(operation, inputs)[0]
}

/// The trace begun last among those that the tensors belong to.
package func topTrace(_ tensors: [Tensor]) -> (any Trace)? {
  var top: (any Trace)?
  var level = -1
  for tensor in tensors {
    if case .tracer(let tracer) = tensor.storage, tracer.trace.level > level {
      top = tracer.trace
      level = tracer.trace.level
    }
  }
  return top
}
