// Conversion between element types, copies and fills.
#ifndef CK_CONVERT_H
#define CK_CONVERT_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

/// Converts: floats to integers truncate and saturate with NaN as 0, integers wrap, floats round
/// to nearest even, anything to bool is != 0, complex to real drops the imaginary part.
ck_unary_fn _Nullable ck_convert(ck_dtype from, ck_dtype to);

/// Gathers by stride; any dtype (it depends on the element's width alone).
ck_unary_fn _Nullable ck_copy(ck_dtype t);

/// y[r * sy + c] = x[c * sx + r] for r below `rows` and c below `columns`: rows lie one element apart
/// in x, columns in y.
typedef void (*ck_transpose_fn)(const void *x, ptrdiff_t sx, void *y, ptrdiff_t sy, size_t rows,
                                size_t columns);

/// The kernel for elements of `width` bytes: 1, 2, 4, 8 or 16.
ck_transpose_fn ck_transpose(size_t width);

/// Copies `bytes` bytes by stores that leave the caches alone. Other threads see them after a
/// `ck_stream_end` of this one.
void ck_stream(void *y, const void *x, size_t bytes);
void ck_stream_end(void);

/// Writes n copies of one element of `width` bytes (1, 2, 4, 8 or 16).
void ck_fill(void *y, const void *scalar, size_t width, size_t n);

/// y[i] = start + i, as lax.iota: integers wrap, floats round each value.
typedef void (*ck_iota_fn)(void *y, size_t n, int64_t start);
ck_iota_fn _Nullable ck_iota(ck_dtype t);

#pragma clang assume_nonnull end

#endif
