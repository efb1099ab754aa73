import CKernels

/// The algorithms that the C kernels plan: direct, and Winograd's.
///
/// A plan's items and the order of its sums depend on the shapes alone, so that results don't depend
/// on the threads.
extension Convolution {
  /// The level of instructions that the kernels use on this machine.
  static var machineLevel: Int32 { ck_cpu_level() }

  /// Computes a problem by a planned algorithm; nil where that is not for it.
  ///
  /// `level` is at most the machine's, which 0 stands for.
  static func planned(
    _ problem: ConvProblem, _ algorithm: ConvAlgorithm, level: Int32 = 0
  ) -> NDArray? {
    let code: Int32
    switch algorithm {
    case .patches: return nil
    case .direct: code = CK_CONV_DIRECT
    case .winograd: code = CK_CONV_WINOGRAD
    }
    guard problem.isPlanar, problem.groups == 1 else { return nil }
    return problem.isKernelGradient
      ? plannedKernelGradient(problem, code, level) : plannedApplication(problem, code, level)
  }

  /// A forward pass, or an input gradient, whose window is a forward one over a dilated input.
  private static func plannedApplication(
    _ problem: ConvProblem, _ algorithm: Int32, _ level: Int32
  ) -> NDArray? {
    var geometry = ConvGeometry(
      image: problem.inSizes, kernel: problem.kernelSizes, places: problem.outSizes,
      problem.window.map { ($0.stride, $0.low, $0.kernelDilation) }, batch: problem.batch,
      features: problem.features, outFeatures: problem.outFeatures
    ).c
    let missing = 2 - problem.rank
    let ones = [Int](repeating: 1, count: missing)
    let inputDilation = ones + problem.window.map(\.inputDilation)
    var plan = ck_conv_plan()
    guard
      ck_conv_plan_apply(
        &plan, algorithm, &geometry, inputDilation[0], inputDilation[1], level) == 1
    else { return nil }
    let x = problem.lhs.contiguous()
    let kernel = problem.rhs
    let strides = [Int](repeating: 0, count: missing) + kernel.strides
    let result = NDArray(
      uninitialized: problem.output.dtype, [problem.batch, problem.outCount, problem.outFeatures])
    let packed = ck_alloc(plan.packed_bytes)
    defer {
      ck_free(packed, plan.packed_bytes)
      withExtendedLifetime((x, kernel)) {}
    }
    let (px, pk, py) = (
      x.pointer(as: Float.self), kernel.pointer(as: Float.self), result.pointer(as: Float.self)
    )
    let weights = packed.assumingMemoryBound(to: Float.self)
    withUnsafePointer(to: plan) { plan in
      strides.withUnsafeBufferPointer { strides in
        guard let strides = strides.baseAddress else { return }
        parallelFor(plan.pointee.pack_items) { item, _ in
          ck_conv_pack(plan, item, pk, strides, weights)
        }
      }
      parallelFor(plan.pointee.items, scratchBytes: plan.pointee.scratch_bytes) { item, scratch in
        ck_conv_apply(plan, item, px, weights, scratch, py)
      }
    }
    return problem.result(channelsLast: result)
  }

  private static func plannedKernelGradient(
    _ problem: ConvProblem, _ algorithm: Int32, _ level: Int32
  ) -> NDArray? {
    var geometry = ConvGeometry(
      image: problem.inSizes, kernel: problem.outSizes, places: problem.kernelSizes,
      problem.window.map { ($0.kernelDilation, $0.low, $0.stride) }, batch: problem.features,
      features: problem.batch, outFeatures: problem.outFeatures
    ).c
    var plan = ck_conv_plan()
    guard ck_conv_plan_kernel_gradient(&plan, algorithm, &geometry, level) == 1 else { return nil }
    let x = problem.exchangedLhs.contiguous()
    let dy = problem.exchangedRhs.contiguous()
    let count = problem.outCount * problem.batch * problem.outFeatures
    let result = NDArray(uninitialized: problem.output.dtype, [count])
    let sums =
      plan.sum_count == 1
      ? result : NDArray(uninitialized: problem.output.dtype, [plan.sum_count, count])
    defer { withExtendedLifetime((x, dy, sums)) {} }
    let (px, pd, ps, pr) = (
      x.pointer(as: Float.self), dy.pointer(as: Float.self), sums.pointer(as: Float.self),
      result.pointer(as: Float.self)
    )
    withUnsafePointer(to: plan) { plan in
      parallelFor(plan.pointee.items, scratchBytes: plan.pointee.scratch_bytes) { item, scratch in
        ck_conv_kernel_gradient(plan, item, px, pd, scratch, ps)
      }
      if plan.pointee.sum_count > 1 {
        parallelFor(plan.pointee.sum_items) { item, _ in ck_conv_add_sums(plan, item, ps, pr) }
      }
    }
    return problem.result(spatialFirst: result)
  }
}

/// Runs `body(index, scratch)` for each index below `count`, with memory of each thread's own.
private func parallelFor(
  _ count: Int, scratchBytes: Int, _ body: (Int, UnsafeMutableRawPointer) -> Void
) {
  let threads = count > 1 ? threadCount : 1
  let memory = ck_alloc(threads * scratchBytes)
  defer { ck_free(memory, threads * scratchBytes) }
  parallelFor(count) { index, thread in
    if thread < threads {
      body(index, memory + thread * scratchBytes)
    } else {
      // The number of threads has just been raised.
      let own = ck_alloc(scratchBytes)
      defer { ck_free(own, scratchBytes) }
      body(index, own)
    }
  }
}
