// Scans along an axis, and the index of the largest or smallest element.
#include "include/ck_reduce.h"

#include "complex.h"

#define CK_PLUS(a, b) ((a) + (b))
#define CK_TIMES(a, b) ((a) * (b))

// A is the type of the running value.
#define CK_SCAN(S, OP, A, LOAD, STORE, F)                                                     \
  static void OP##_##S##_kernel(const void *xv, ptrdiff_t sx, void *yv, ptrdiff_t sy,         \
                                size_t n, int reverse) {                                      \
    const ck_t_##S *x = xv;                                                                   \
    ck_t_##S *y = yv;                                                                         \
    if (n == 0) return;                                                                       \
    ptrdiff_t i = reverse ? (ptrdiff_t)n - 1 : 0, step = reverse ? -1 : 1;                    \
    A value = (A)LOAD(x[i * sx]);                                                             \
    y[i * sy] = (ck_t_##S)STORE(value);                                                       \
    for (size_t k = 1; k < n; k++) {                                                          \
      i += step;                                                                              \
      value = F(value, (A)LOAD(x[i * sx]));                                                   \
      y[i * sy] = (ck_t_##S)STORE(value);                                                     \
    }                                                                                         \
  }
#define CK_SCAN_WRAPPING(S, OP, F) CK_SCAN(S, OP, ck_w_##S, , , F)
#define CK_SCAN_PLAIN(S, OP, F) CK_SCAN(S, OP, ck_t_##S, , , F)
#define CK_SCAN_HALF(S, OP, F) CK_SCAN(S, OP, float, ck_widen_##S, ck_narrow_##S, F)

#define CK_SCANS(OP, INTEGER, F, G)           \
  CK_FOR_INT(INTEGER, OP, F)                  \
  CK_FOR_HALF(CK_SCAN_HALF, OP, G)            \
  CK_FOR_WIDE(CK_SCAN_PLAIN, OP, G)
CK_SCANS(cumsum, CK_SCAN_WRAPPING, CK_PLUS, CK_PLUS)
CK_LOOKUP_COMPLEX(scan, cumsum, CK_FOR_NUMBER)
CK_SCANS(cumprod, CK_SCAN_WRAPPING, CK_TIMES, CK_TIMES)
CK_LOOKUP_COMPLEX(scan, cumprod, CK_FOR_NUMBER)
CK_SCANS(cummax, CK_SCAN_PLAIN, __builtin_elementwise_max, __builtin_elementwise_maximum)
CK_LOOKUP(scan, cummax, CK_FOR_NUMBER)
CK_SCANS(cummin, CK_SCAN_PLAIN, __builtin_elementwise_min, __builtin_elementwise_minimum)
CK_LOOKUP(scan, cummin, CK_FOR_NUMBER)

// The first of equals stays, and a NaN beats all but an earlier one. Rows go one at a time, columns
// in tiles, so that they are read along the rows they lie in.
#define CK_ARG(S, OP, A, LOAD, BEATS)                                                         \
  CK_INLINE void OP##_##S##_tile(const ck_t_##S *x, ptrdiff_t s_reduce, size_t n_reduce,      \
                                 size_t m, int32_t *y) {                                      \
    A best[ck_tile];                                                                          \
    for (size_t i = 0; i < m; i++) {                                                          \
      best[i] = n_reduce > 0 ? (A)LOAD(x[i]) : 0;                                             \
      y[i] = 0;                                                                               \
    }                                                                                         \
    for (size_t k = 1; k < n_reduce; k++) {                                                   \
      const ck_t_##S *row = x + (ptrdiff_t)k * s_reduce;                                      \
      for (size_t i = 0; i < m; i++) {                                                        \
        A value = (A)LOAD(row[i]);                                                            \
        int better = BEATS(value, best[i]);                                                   \
        best[i] = better ? value : best[i];                                                   \
        y[i] = better ? (int32_t)k : y[i];                                                    \
      }                                                                                       \
    }                                                                                         \
  }                                                                                           \
  static void OP##_##S##_kernel(const void *x, ptrdiff_t s_reduce, size_t n_reduce,           \
                                ptrdiff_t s_keep, size_t n_keep, void *y) {                   \
    size_t tile = s_keep == 1 && s_reduce != 1 ? ck_tile : 1;                                 \
    for (size_t i = 0; i < n_keep; i += tile) {                                               \
      size_t m = n_keep - i < tile ? n_keep - i : tile;                                       \
      const ck_t_##S *first = (const ck_t_##S *)x + (ptrdiff_t)i * s_keep;                    \
      if (tile == 1) OP##_##S##_tile(first, s_reduce, n_reduce, 1, (int32_t *)y + i);         \
      else OP##_##S##_tile(first, s_reduce, n_reduce, m, (int32_t *)y + i);                   \
    }                                                                                         \
  }
#define CK_GREATER(a, b) ((a) > (b))
#define CK_LESS(a, b) ((a) < (b))
#define CK_GREATER_OR_NAN(a, b) ((a) > (b) || ((a) != (a) && (b) == (b)))
#define CK_LESS_OR_NAN(a, b) ((a) < (b) || ((a) != (a) && (b) == (b)))

#define CK_ARG_PLAIN(S, OP, BEATS) CK_ARG(S, OP, ck_t_##S, , BEATS)
#define CK_ARG_HALF(S, OP, BEATS) CK_ARG(S, OP, float, ck_widen_##S, BEATS)
#define CK_ARGS(OP, INTEGER, FLOAT)       \
  CK_FOR_BITS(CK_ARG_PLAIN, OP, INTEGER)  \
  CK_FOR_HALF(CK_ARG_HALF, OP, FLOAT)     \
  CK_FOR_WIDE(CK_ARG_PLAIN, OP, FLOAT)    \
  CK_LOOKUP(reduce, OP, CK_FOR_ALL)
CK_ARGS(argmax, CK_GREATER, CK_GREATER_OR_NAN)
CK_ARGS(argmin, CK_LESS, CK_LESS_OR_NAN)
