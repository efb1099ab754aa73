import CKernels

/// The memory that arrays take, as the allocator counts it, over all threads.
///
/// For tests of leaks and of the memory that a computation needs; the views of an array count once.
public enum TensorMemory {
  /// The bytes of all arrays that exist, rounded up to the allocator's sizes.
  public static var liveBytes: Int { ck_live_bytes() }

  /// The most bytes that have existed at a time since the start or the last ``resetPeak()``.
  ///
  /// Exact for arrays above 32 KiB; small ones count in steps of 64 KiB a thread.
  public static var peakBytes: Int { ck_peak_bytes() }

  /// The bytes that are kept for the next arrays instead of being given back to the system.
  public static var cachedBytes: Int { ck_cached_bytes() }

  /// Begins to look for the peak anew.
  public static func resetPeak() { ck_reset_peak() }

  /// Gives the memory that is kept for the next arrays back to the system.
  public static func trim() { ck_trim() }
}
