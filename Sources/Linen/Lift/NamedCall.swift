/// Calls `body` under a name, which the paths of errors in it show.
///
///     let weights = namedCall("scores") { softmax(matmul(q, k.transposed()) / 8) }
///     // shapes differ ... (in /Model/attention Attention, scores)
///
/// The name is no part of the paths of variables. Mirrors `flax.linen.named_call`, whose names profilers
/// show.
public func namedCall<R, E: Error>(
  _ name: String, _ body: () throws(E) -> R
) throws(E) -> R {
  guard let context = ModuleContext.current else { return try body() }
  context.callNames.append(name)
  defer { context.callNames.removeLast() }
  return try body()
}
