/// The hash SHA-1, from which Flax derives the keys of its random streams.
///
/// It serves to tell paths apart, not to protect anything. https://doi.org/10.6028/NIST.FIPS.180-4
package enum SHA1 {
  /// The five words of the digest; big-endian, they are its 20 bytes.
  package static func digest(_ message: [UInt8]) -> [UInt32] {
    var state: State = (0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0)
    let full = message.count / 64 * 64
    message.withUnsafeBufferPointer { bytes in
      for start in stride(from: 0, to: full, by: 64) {
        compress(UnsafeBufferPointer(rebasing: bytes[start..<start + 64]), &state)
      }
    }
    // The rest, a one bit, zeros, and the number of bits in the last eight bytes.
    var tail = Array(message[full...])
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    let bitCount = UInt64(message.count) * 8
    for shift in stride(from: 56 as UInt64, through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bitCount >> shift))
    }
    tail.withUnsafeBufferPointer { bytes in
      for start in stride(from: 0, to: tail.count, by: 64) {
        compress(UnsafeBufferPointer(rebasing: bytes[start..<start + 64]), &state)
      }
    }
    return [state.0, state.1, state.2, state.3, state.4]
  }

  private typealias State = (UInt32, UInt32, UInt32, UInt32, UInt32)

  private static func compress(_ block: UnsafeBufferPointer<UInt8>, _ state: inout State) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { w in
      for t in 0..<16 {
        let high = UInt32(block[4 * t]) << 24 | UInt32(block[4 * t + 1]) << 16
        w[t] = high | UInt32(block[4 * t + 2]) << 8 | UInt32(block[4 * t + 3])
      }
      for t in 16..<80 {
        w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1)
      }
      var (a, b, c, d, e) = state
      for t in 0..<80 {
        let (f, k): (UInt32, UInt32) =
          switch t / 20 {
          case 0: ((b & c) | (~b & d), 0x5A82_7999)
          case 1: (b ^ c ^ d, 0x6ED9_EBA1)
          case 2: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
          default: (b ^ c ^ d, 0xCA62_C1D6)
          }
        let sum = rotate(a, 5) &+ f &+ e &+ k &+ w[t]
        (e, d, c, b, a) = (d, c, rotate(b, 30), a, sum)
      }
      state.0 &+= a
      state.1 &+= b
      state.2 &+= c
      state.3 &+= d
      state.4 &+= e
    }
  }

  @inline(__always)
  private static func rotate(_ x: UInt32, _ count: UInt32) -> UInt32 {
    x &<< count | x &>> (32 &- count)
  }
}
