/// Whether operations are being counted, as tables of modules do, rather than done.
///
/// The counts are those of JAX. Where a function or a derivative takes fewer steps here than there, it
/// takes JAX's while it is counted.
package enum Counting {
  package static var isOn: Bool { ContextSlot.counting.pointer != nil }

  /// Runs `body`, whose operations are counted.
  package static func on<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    try ContextSlot.counting.with(mark, body)
  }

  /// An integer constant, which has no value while operations are counted: JAX converts it to the type
  /// of what it meets, and that is seen.
  package static func integer(_ value: Int) -> Tensor {
    isOn ? Tensor(ShapeDtype(.scalar, .int32, isWeak: true)) : Tensor(value)
  }

  private static let mark = Mark()

  private final class Mark: Sendable {}
}
