import CKernels

/// Runs `body(index, thread)` for each index below `count` over the pool's threads.
///
/// Returns when all are done. `thread` is below ``threadCount``, and no two calls that run at the
/// same time share it. Nested calls run serially.
package func parallelFor(_ count: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
  guard count > 1 else {
    if count == 1 { body(0, 0) }
    return
  }
  withoutActuallyEscaping(body) { body in
    withUnsafePointer(to: body) { context in
      ck_parallel_for(
        count,
        { context, index, thread in
          context?.assumingMemoryBound(to: ((Int, Int) -> Void).self).pointee(index, Int(thread))
        },
        UnsafeMutableRawPointer(mutating: context))
    }
  }
}

/// Splits 0..<count into pieces of `grain` and runs them over the pool's threads.
///
/// The pieces depend on `count` and `grain` alone, so that results do not depend on the threads.
package func parallelRanges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  guard count > grain else {
    if count > 0 { body(0..<count) }
    return
  }
  parallelFor((count + grain - 1) / grain) { piece, _ in
    body(piece * grain..<min(count, (piece + 1) * grain))
  }
}

/// The number of threads that kernels use: the processors, or LINEN_NUM_THREADS of the environment.
///
/// Results do not depend on it. Setting it waits for work under way; at least 1.
public var threadCount: Int {
  get { Int(ck_num_threads()) }
  set { ck_set_num_threads(Int32(clamping: max(newValue, 1))) }
}
