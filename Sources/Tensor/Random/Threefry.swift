/// How the elements of a draw are numbered before they are hashed.
///
/// Both are JAX's; the same key gives other numbers in each.
public enum ThreefryLayout: Hashable, Sendable {
  /// Element i hashes its own index; the default of JAX since 0.5.
  case partitionable
  /// The counters are cut in halves that are hashed together: `jax_threefry_partitionable` off.
  case original
}

/// The hash Threefry-2x32 with 20 rounds, on which all random numbers rest.
///
/// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011,
/// https://doi.org/10.1145/2063384.2063405
package enum Threefry {
  package typealias Pair = (UInt32, UInt32)

  /// Encrypts one pair of counters.
  package static func hash(_ key: Pair, _ counter: Pair) -> Pair {
    let (k0, k1) = key
    let k2 = k0 ^ k1 ^ 0x1BD1_1BDA
    var a = counter.0 &+ k0
    var b = counter.1 &+ k1
    rounds(&a, &b, 13, 15, 26, 6)
    a &+= k1
    b &+= k2 &+ 1
    rounds(&a, &b, 17, 29, 16, 24)
    a &+= k2
    b &+= k0 &+ 2
    rounds(&a, &b, 13, 15, 26, 6)
    a &+= k0
    b &+= k1 &+ 3
    rounds(&a, &b, 17, 29, 16, 24)
    a &+= k1
    b &+= k2 &+ 4
    rounds(&a, &b, 13, 15, 26, 6)
    a &+= k2
    b &+= k0 &+ 5
    return (a, b)
  }

  @inline(__always)
  private static func rounds(
    _ a: inout UInt32, _ b: inout UInt32, _ r0: UInt32, _ r1: UInt32, _ r2: UInt32, _ r3: UInt32
  ) {
    round(&a, &b, r0)
    round(&a, &b, r1)
    round(&a, &b, r2)
    round(&a, &b, r3)
  }

  @inline(__always)
  private static func round(_ a: inout UInt32, _ b: inout UInt32, _ rotation: UInt32) {
    a &+= b
    b = (b &<< rotation | b &>> (32 &- rotation)) ^ a
  }

  /// Key `index` of the `count` into which `key` splits.
  package static func split(
    _ key: Pair, _ index: Int, of count: Int, _ layout: ThreefryLayout
  ) -> Pair {
    switch layout {
    case .partitionable:
      return hash(key, (UInt32(truncatingIfNeeded: index >> 32), UInt32(truncatingIfNeeded: index)))
    case .original:
      return (word(key, 2 * index, of: count), word(key, 2 * index + 1, of: count))
    }
  }

  /// Word `index` of the `2 * half` that the original layout makes: the first half of the counters
  /// is hashed with the second, and the results are put one after the other.
  private static func word(_ key: Pair, _ index: Int, of half: Int) -> UInt32 {
    let first = index < half ? index : index - half
    let pair = hash(
      key, (UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first + half)))
    return index < half ? pair.0 : pair.1
  }
}
