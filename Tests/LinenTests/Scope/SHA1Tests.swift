import Linen
import Testing

private func hexadecimal(_ message: [UInt8]) -> String {
  SHA1.digest(message).map { word in
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }.joined()
}

/// The examples of FIPS 180 and of the NIST's validation programme.
@Suite struct SHA1Tests {
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
        + "lmnopqrsmnopqrstnopqrstu", "a49b2446a02c645bf419f995b67091253a04a259"
    ),
  ])
  func hashesTheStandardsTexts(text: String, digest: String) {
    #expect(hexadecimal(Array(text.utf8)) == digest)
  }

  @Test func hashesAMillionLetters() {
    let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(hexadecimal(message) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  // hashlib.sha1(b"\x5a" * n), around the lengths at which another block begins.
  @Test(arguments: [
    (55, SHA1Tests.digests[0]), (56, SHA1Tests.digests[1]), (63, SHA1Tests.digests[2]),
    (64, SHA1Tests.digests[3]), (65, SHA1Tests.digests[4]),
  ])
  func padsAtTheEdgesOfABlock(count: Int, digest: String) {
    #expect(hexadecimal([UInt8](repeating: 0x5A, count: count)) == digest)
  }

  static let digests = [
    "55b80d96c523566d3c8a3b8de03a5549fd04915c",
    "bfe3466cd0dcd5e29b11e7885010fa7c61b737a6",
    "7db05d8e931f0a6731328e4923fbda65ced2f5db",
    "eece723b8a411e8c53e7bf49514234da5d394236",
    "f9619e0496c7fbeff2f2b4f3f93ed379329fe7d6",
  ]
}
