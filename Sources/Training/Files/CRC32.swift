import CKernels

/// The cyclic redundancy check of gzip, PNG and zlib.
package enum CRC32 {
  /// Computes the check of some bytes, behind those whose check is `previous`.
  package static func checksum(
    _ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0
  ) -> UInt32 {
    ck_crc32(previous, bytes.baseAddress, bytes.count)
  }

  /// Computes the check of some bytes.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    Array(bytes).withUnsafeBytes { checksum($0) }
  }
}
