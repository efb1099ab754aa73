/// Forward-mode differentiation: pairs of a value and its tangent.
///
/// The pushforward of each operation is its jvp rule; values stay visible, so that ordinary `if` on
/// data works. Source: https://docs.jax.dev/en/latest/autodidax.html
final class JVPTrace: Trace, @unchecked Sendable {
  let level = TraceLevel.next()
  let name: String
  let showsValues = true
  /// Confined to the thread that runs the transform; false once that has ended.
  var isOpen = true

  init(name: String) { self.name = name }

  /// The value and tangent of a tensor; one that is not of this trace has tangent zero.
  func split(_ tensor: Tensor) -> (primal: Tensor, tangent: Tensor?) {
    if case .tracer(let tracer) = tensor.storage, tracer.trace === self, let value = tracer.value {
      return (value, tracer.tangent)
    }
    return (tensor, nil)
  }

  /// The pair of a value and a tangent.
  func join(_ primal: Tensor, _ tangent: Tensor?) -> Tensor {
    guard let tangent else { return primal }
    return Tensor(Tracer(self, primal.type, value: primal, tangent: tangent))
  }

  func process(
    _ operation: any Primitive, _ inputs: [Tensor], _ outputs: [ShapeDtype]
  ) -> [Tensor] {
    guard isOpen else { return escaped(operation, inputs, outputs) }
    var primals: [Tensor] = []
    var tangents: [Tensor?] = []
    primals.reserveCapacity(inputs.count)
    tangents.reserveCapacity(inputs.count)
    for input in inputs {
      let (primal, tangent) = split(input)
      primals.append(primal)
      tangents.append(tangent)
    }
    let results = operation.jvp(primals, tangents)
    return zip(results.primals, results.tangents).map(join)
  }
}
