/// A key with names and numbers that are still to be folded into it, as `flax.core.scope.LazyRng`.
///
/// A scope hands it on to its children with their names appended; only `makeRNG` computes a key, by
/// one fold-in of the first four bytes of SHA-1 over all names and numbers.
package struct LazyRNG: Sendable, Equatable {
  /// The key at the root of the stream.
  package private(set) var root: Key
  /// How the parts are told apart in what is hashed.
  package let separation: RNGs.Separation
  /// The bytes of the parts so far; nil before the first.
  private var message: [UInt8]?

  package init(_ key: Key, separation: RNGs.Separation = .none) {
    root = key
    self.separation = separation
  }

  /// The stream of the child scope `name`.
  package func appending(_ name: String) -> LazyRNG {
    appending(bytes: name.utf8)
  }

  /// The stream with a number folded in, as its big-endian bytes without leading zeros.
  package func appending(_ number: UInt) -> LazyRNG {
    appending(bytes: LazyRNG.bytes(of: number))
  }

  /// The stream with another key at its root, and the same parts to fold in.
  package func mapRoot(_ transform: (Key) -> Key) -> LazyRNG {
    var result = self
    result.root = transform(root)
    return result
  }

  /// The key of these parts: the root key if there are none.
  package var key: Key {
    guard let message else { return root }
    return root.foldIn(Int(SHA1.digest(message)[0]))
  }

  /// The key of the `counter`-th request in this scope; counters start at 1.
  package func key(counter: UInt) -> Key { appending(counter).key }

  private func appending(bytes: some Collection<UInt8>) -> LazyRNG {
    var result = self
    var message = message ?? []
    message.reserveCapacity(message.count + bytes.count + 1)
    if separation == .zeroByte { message.append(0) }
    message.append(contentsOf: bytes)
    result.message = message
    return result
  }

  private static func bytes(of number: UInt) -> [UInt8] {
    let count = (UInt.bitWidth - number.leadingZeroBitCount + 7) / 8
    return (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> UInt(8 * $0)) }
  }
}

extension LazyRNG: TensorTree {
  /// Presents the root key.
  package mutating func visitTensors(_ visitor: inout TensorVisitor) {
    root.visitTensors(&visitor)
  }
}
