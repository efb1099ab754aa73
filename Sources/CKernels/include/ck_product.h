// Products of float32 matrices with one whose elements were put in order once, for many products.
#ifndef CK_PRODUCT_H
#define CK_PRODUCT_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

/// The panels of columns that a packed matrix of `columns` columns has.
size_t ck_product_panels(size_t columns);

/// The floats of a packed matrix.
size_t ck_product_packed_count(size_t depth, size_t columns);

/// Packs a panel of b [depth, columns], whose elements lie `row_stride` and `column_stride` apart.
void ck_product_pack(const float *b, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t depth,
                     size_t columns, size_t panel, float *packed);

/// Writes panels begin..<end of c [rows, columns] = a [rows, depth] b.
///
/// Sums run over the depth in an order that the sizes alone determine.
void ck_product_packed(const float *a, size_t rows, size_t depth, const float *packed,
                       size_t columns, size_t begin, size_t end, float *c);

#pragma clang assume_nonnull end

#endif
