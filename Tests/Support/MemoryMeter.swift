import CKernels

/// Finds how much memory of arrays `body` holds at most, beyond what was held before.
///
/// It counts for the whole process: nothing else should run meanwhile.
package func peakBytes<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> (
  result: R, bytes: Int
) {
  let before = Int(ck_live_bytes())
  ck_reset_peak()
  let result = try body()
  return (result, Int(ck_peak_bytes()) - before)
}
