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

/// A matrix with its elements `row_stride` and `column_stride` apart, of which one is 1.
typedef struct {
  const float *at;
  ptrdiff_t row_stride, column_stride;
} ck_product_operand;

/// The most rows and the largest depth of a small product.
enum { ck_product_most_small = 256 };

/// The bytes that `ck_product_small` needs.
size_t ck_product_small_scratch(size_t depth, size_t columns);

/// Writes c = a [rows, depth] b [depth, columns], whose rows lie `c_stride` apart.
///
/// For products so small that a library's own preparations cost as much as they do. Sums run over the
/// depth in order.
void ck_product_small(const ck_product_operand *a, const ck_product_operand *b, size_t rows,
                      size_t columns, size_t depth, float *scratch, float *c, ptrdiff_t c_stride);

#pragma clang assume_nonnull end

#endif
