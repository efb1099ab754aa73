import CKernels
import COpenBLAS

/// The set-up of OpenBLAS: one thread a call, since the pool splits the work, and the kernels that
/// fit the processor.
public enum BLAS {
  /// Runs once, before the first product.
  package static func prepare() { _ = setUp }

  private static let setUp: Void = {
    ck_blas_repair_kernel_set()
    openblas_set_num_threads(1)
  }()

  /// The name of OpenBLAS's kernel set in use, such as `SkylakeX`.
  public static var kernelSet: String {
    prepare()
    return openblas_get_corename().map { String(cString: $0) } ?? "unknown"
  }
}
