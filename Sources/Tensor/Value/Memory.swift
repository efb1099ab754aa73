import CKernels

/// The memory of arrays, over all threads: what is in use, and what is kept for reuse.
///
/// Sizes are rounded up to the allocator's classes, at most a quarter more than was asked for.
public enum Memory {
  /// The bytes of the arrays that exist.
  public static var liveBytes: Int { ck_live_bytes() }

  /// The most bytes that arrays had at one time, since the start or the last ``resetPeak()``.
  ///
  /// Exact for arrays above 32 KiB; smaller ones count in steps of 64 KiB a thread.
  public static var peakBytes: Int { ck_peak_bytes() }

  /// The bytes of freed arrays that are kept, so that new ones need not come from the system.
  public static var cachedBytes: Int { ck_cached_bytes() }

  /// Begins to look for the peak anew, from what is live now.
  public static func resetPeak() { ck_reset_peak() }

  /// Gives the memory that is kept back to the system; the lists of other threads stay.
  public static func trim() { ck_trim() }
}
