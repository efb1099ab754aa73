// The choice of OpenBLAS's kernels.
#ifndef CK_BLAS_H
#define CK_BLAS_H

/// Switches OpenBLAS to its AVX-512 kernels where it did not know the processor.
///
/// Call once, before the first product, with no other thread in BLAS. Does nothing unless the
/// processor has AVX-512 F, DQ, BW and VL, OpenBLAS fell back to a smaller set, and the user has not
/// chosen one by OPENBLAS_CORETYPE. Returns 1 if it switched.
int ck_blas_repair_kernel_set(void);

#endif
