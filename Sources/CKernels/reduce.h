// The frame of reductions: rows, columns and anything else, in an order of combining that depends
// on the length and the strides alone.
//
// Rows (s_reduce 1) go in blocks of 2,048 elements, each block into four vectors that are folded
// to one element; anything that is neither row nor column is packed into such blocks first. Columns
// (s_keep 1) go in strips that fit the first cache, eight rows at a time, in blocks of 256 rows.
// Blocks are combined in pairs, as a binary counter carries, so that the rounding error of a sum
// grows with the logarithm of the length.
#ifndef CK_REDUCE_FRAME_H
#define CK_REDUCE_FRAME_H

#include "elementwise.h"
#include "include/ck_reduce.h"

enum { ck_row_block = 2048, ck_column_block = 256, ck_strip_bytes = 2048, ck_levels = 32 };

CK_INLINE size_t ck_min_size(size_t a, size_t b) { return a < b ? a : b; }

// Columns. A is the accumulator, LOAD turns an element of T into one, F combines two.
#define CK_REDUCE_COLUMNS(NAME, T, A, LANES, IDENTITY, LOAD, F)                                   \
  CK_INLINE void NAME##_rows(const T *x, ptrdiff_t stride, size_t rows, size_t width, A *sum) {   \
    for (size_t i = 0; i < width; i++) sum[i] = IDENTITY;                                         \
    size_t k = 0;                                                                                 \
    for (; k + 8 <= rows; k += 8) {                                                               \
      const T *a = x + (ptrdiff_t)k * stride, *b = a + stride, *c = b + stride, *d = c + stride;  \
      const T *e = d + stride, *f = e + stride, *g = f + stride, *h = g + stride;                 \
      CK_VECTORIZE(LANES)                                                                         \
      for (size_t i = 0; i < width; i++) {                                                        \
        A low = F(F(LOAD(a[i]), LOAD(b[i])), F(LOAD(c[i]), LOAD(d[i])));                          \
        A high = F(F(LOAD(e[i]), LOAD(f[i])), F(LOAD(g[i]), LOAD(h[i])));                         \
        sum[i] = F(sum[i], F(low, high));                                                         \
      }                                                                                           \
    }                                                                                             \
    for (; k < rows; k++) {                                                                       \
      const T *a = x + (ptrdiff_t)k * stride;                                                     \
      CK_VECTORIZE(LANES)                                                                         \
      for (size_t i = 0; i < width; i++) sum[i] = F(sum[i], LOAD(a[i]));                          \
    }                                                                                             \
  }                                                                                               \
  CK_INLINE void NAME##_columns(const T *x, ptrdiff_t stride, size_t n, size_t width, A *y) {     \
    enum { strip = ck_strip_bytes / sizeof(A) };                                                  \
    A stack[ck_levels][strip];                                                                    \
    size_t top = 0;                                                                               \
    for (size_t block = 0, k = 0; k < n || block == 0; block++, k += ck_column_block) {           \
      size_t rows = ck_min_size(n - k, ck_column_block);                                          \
      NAME##_rows(x + (ptrdiff_t)k * stride, stride, rows, width, stack[top]);                    \
      for (size_t carry = block; carry & 1; carry >>= 1) {                                        \
        top--;                                                                                    \
        for (size_t i = 0; i < width; i++) stack[top][i] = F(stack[top][i], stack[top + 1][i]);   \
      }                                                                                           \
      top++;                                                                                      \
    }                                                                                             \
    for (top--; top > 0; top--) {                                                                 \
      for (size_t i = 0; i < width; i++) {                                                        \
        stack[top - 1][i] = F(stack[top - 1][i], stack[top][i]);                                  \
      }                                                                                           \
    }                                                                                             \
    memcpy(y, stack[0], width * sizeof(A));                                                       \
  }

// Rows. BLOCK reduces up to ck_row_block contiguous accumulators; TILED is 1 where elements have to
// be loaded into a tile even if contiguous, because T is not A.
#define CK_REDUCE_ROW(NAME, T, A, LANES, LOAD, F, BLOCK, TILED)                                   \
  CK_INLINE A NAME##_row(const T *x, ptrdiff_t stride, size_t n) {                                \
    T packed[ck_row_block];                                                                       \
    A tile[TILED ? ck_row_block : 1];                                                             \
    A stack[ck_levels];                                                                           \
    size_t top = 0;                                                                               \
    for (size_t block = 0, k = 0; k < n || block == 0; block++, k += ck_row_block) {              \
      size_t m = ck_min_size(n - k, ck_row_block);                                                \
      const T *source = x + (ptrdiff_t)k * stride;                                                \
      if (stride != 1 && m > 0) {                                                                 \
        ck_pack(source, stride, sizeof(T), packed, m);                                            \
        source = packed;                                                                          \
      }                                                                                           \
      if (TILED) {                                                                                \
        CK_VECTORIZE(LANES)                                                                       \
        for (size_t i = 0; i < m; i++) tile[i] = LOAD(source[i]);                                 \
      }                                                                                           \
      A value = BLOCK(TILED ? tile : (const A *)source, m);                                       \
      for (size_t carry = block; carry & 1; carry >>= 1) value = F(stack[--top], value);          \
      stack[top++] = value;                                                                       \
    }                                                                                             \
    A value = stack[--top];                                                                       \
    while (top > 0) value = F(stack[--top], value);                                               \
    return value;                                                                                 \
  }

#define CK_REDUCE_KERNEL(CLONES, NAME, T, A, STORE)                                               \
  CLONES static void NAME(const void *xv, ptrdiff_t s_reduce, size_t n_reduce,                 \
                             ptrdiff_t s_keep, size_t n_keep, void *yv) {                         \
    const T *x = xv;                                                                              \
    T *y = yv;                                                                                    \
    if (s_keep == 1 && s_reduce != 1) {                                                           \
      enum { strip = ck_strip_bytes / sizeof(A) };                                                \
      A sums[strip];                                                                              \
      for (size_t i = 0; i < n_keep; i += strip) {                                                \
        size_t width = ck_min_size(n_keep - i, strip);                                            \
        NAME##_columns(x + i, s_reduce, n_reduce, width, sums);                                   \
        for (size_t j = 0; j < width; j++) y[i + j] = STORE(sums[j]);                             \
      }                                                                                           \
    } else {                                                                                      \
      for (size_t i = 0; i < n_keep; i++) {                                                       \
        y[i] = STORE(NAME##_row(x + (ptrdiff_t)i * s_keep, s_reduce, n_reduce));                  \
      }                                                                                           \
    }                                                                                             \
  }

// CLONES is CK_CLONES or nothing.
#define CK_REDUCE(CLONES, NAME, T, A, LANES, IDENTITY, LOAD, STORE, F, BLOCK, TILED) \
  CK_REDUCE_COLUMNS(NAME, T, A, LANES, IDENTITY, LOAD, F)                            \
  CK_REDUCE_ROW(NAME, T, A, LANES, LOAD, F, BLOCK, TILED)                            \
  CK_REDUCE_KERNEL(CLONES, NAME, T, A, STORE)

#endif
