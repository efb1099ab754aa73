import CKernels

/// Runs the C samplers over an array, cut into pieces for threads where there is enough to do.
package enum Sampling {
  /// A threefry block costs about a nanosecond; below this many elements one thread does the work.
  private static let grain = 1 << 14

  /// Calls `body` with the layout as the samplers know it and the range to fill, which counts
  /// elements, or pairs of counters in the original layout, so that each is hashed once.
  package static func fill(
    _ count: Int, width: Int, _ layout: ThreefryLayout,
    _ body: (_ layout: Int32, _ begin: Int, _ end: Int) -> Void
  ) {
    switch layout {
    case .partitionable:
      parallelRanges(count, grain: grain) {
        body(CK_PARTITIONABLE, $0.lowerBound, $0.upperBound)
      }
    case .original:
      parallelRanges(ck_random_pairs(Int32(width), count), grain: grain) {
        body(CK_ORIGINAL_PAIRS, $0.lowerBound, $0.upperBound)
      }
    }
  }
}
