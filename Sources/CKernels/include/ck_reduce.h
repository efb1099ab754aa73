// Reductions along one axis, and scans.
#ifndef CK_REDUCE_H
#define CK_REDUCE_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

/// y[i] = reduction over k in 0..<n_reduce of x[k * s_reduce + i * s_keep], for i in 0..<n_keep.
///
/// Fast where s_reduce or s_keep is 1. No element gives the identity. Sums of f16 and bf16 are
/// held in float32 and rounded at the end. The order of adding depends on n_reduce and on which of
/// the strides is 1, not on n_keep: splitting the kept axis over threads changes no bit.
typedef void (*ck_reduce_fn)(const void *x, ptrdiff_t s_reduce, size_t n_reduce, ptrdiff_t s_keep,
                             size_t n_keep, void *y);

ck_reduce_fn _Nullable ck_reduce_sum(ck_dtype t);
ck_reduce_fn _Nullable ck_reduce_prod(ck_dtype t);
ck_reduce_fn _Nullable ck_reduce_max(ck_dtype t);  // NaN where any is NaN
ck_reduce_fn _Nullable ck_reduce_min(ck_dtype t);
ck_reduce_fn _Nullable ck_reduce_and(ck_dtype t);  // bool and integers, bitwise
ck_reduce_fn _Nullable ck_reduce_or(ck_dtype t);

/// The index (int32_t) of the first largest or smallest element; the first NaN wins over all.
ck_reduce_fn _Nullable ck_argmax(ck_dtype t);
ck_reduce_fn _Nullable ck_argmin(ck_dtype t);

/// y[i * sy] = x[0] op ... op x[i * sx], from the end where `reverse` is not 0. x may be y.
typedef void (*ck_scan_fn)(const void *x, ptrdiff_t sx, void *y, ptrdiff_t sy, size_t n,
                           int reverse);

ck_scan_fn _Nullable ck_cumsum(ck_dtype t);
ck_scan_fn _Nullable ck_cumprod(ck_dtype t);
ck_scan_fn _Nullable ck_cummax(ck_dtype t);
ck_scan_fn _Nullable ck_cummin(ck_dtype t);

#pragma clang assume_nonnull end

#endif
