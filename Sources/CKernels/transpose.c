// Copies that exchange two axes, in blocks that are read and written by whole cache lines.
#include "include/ck_convert.h"
#include "level.h"

typedef uint16_t vector_u16 __attribute__((ext_vector_type(8), aligned(2)));
typedef uint32_t vector_u32 __attribute__((ext_vector_type(8), aligned(4)));
typedef uint64_t vector_u64 __attribute__((ext_vector_type(4), aligned(8)));
typedef struct {
  uint64_t words[2];
} pair;

// Interleave the elements of two vectors, in units of 1, 2 and 4, within 128 bits where vectors are
// wider, and last exchange the halves.
#define CK_ZIP(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define CK_LOW1(a, b) CK_ZIP(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define CK_HIGH1(a, b) CK_ZIP(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define CK_LOW2(a, b) CK_ZIP(a, b, 0, 1, 8, 9, 2, 3, 10, 11)
#define CK_HIGH2(a, b) CK_ZIP(a, b, 4, 5, 12, 13, 6, 7, 14, 15)
#define CK_LOW4(a, b) CK_ZIP(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define CK_HIGH4(a, b) CK_ZIP(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#define CK_LANE_LOW1(a, b) CK_ZIP(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define CK_LANE_HIGH1(a, b) CK_ZIP(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define CK_LANE_LOW2(a, b) CK_ZIP(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define CK_LANE_HIGH2(a, b) CK_ZIP(a, b, 2, 3, 10, 11, 6, 7, 14, 15)

/// A block of 8 x 8: three rounds of interleaving.
#define CK_BLOCK8(T, V, A, B, C, D)                                                      \
  CK_INLINE void block_##T(const T *x, ptrdiff_t sx, T *y, ptrdiff_t sy) {               \
    V a[8], b[8];                                                                        \
    for (int i = 0; i < 8; i++) a[i] = *(const V *)(x + i * sx);                         \
    for (int i = 0; i < 8; i += 2) {                                                     \
      b[i] = A(a[i], a[i + 1]);                                                  \
      b[i + 1] = B(a[i], a[i + 1]);                                              \
    }                                                                                    \
    for (int i = 0; i < 8; i += 4) {                                                     \
      for (int j = i; j < i + 2; j++) {                                                  \
        a[i + 2 * (j - i)] = C(b[j], b[j + 2]);                                  \
        a[i + 2 * (j - i) + 1] = D(b[j], b[j + 2]);                              \
      }                                                                                  \
    }                                                                                    \
    CK_STORE_##T(y, sy, a)                                                               \
  }
// With vectors of 128 bits rows come out in order; with lanes, row i and row i + 4 together.
#define CK_STORE_uint16_t(y, sy, a)                                           \
  for (int i = 0; i < 4; i++) {                                               \
    *(vector_u16 *)(y + 2 * i * sy) = CK_LOW4(a[i], a[i + 4]);           \
    *(vector_u16 *)(y + (2 * i + 1) * sy) = CK_HIGH4(a[i], a[i + 4]);    \
  }
#define CK_STORE_uint32_t(y, sy, a)                                           \
  for (int i = 0; i < 4; i++) {                                               \
    *(vector_u32 *)(y + i * sy) = CK_LOW4(a[i], a[i + 4]);               \
    *(vector_u32 *)(y + (i + 4) * sy) = CK_HIGH4(a[i], a[i + 4]);        \
  }
CK_BLOCK8(uint16_t, vector_u16, CK_LOW1, CK_HIGH1, CK_LOW2, CK_HIGH2)
CK_BLOCK8(uint32_t, vector_u32, CK_LANE_LOW1, CK_LANE_HIGH1, CK_LANE_LOW2, CK_LANE_HIGH2)

/// A block of 4 x 4.
CK_INLINE void block_uint64_t(const uint64_t *x, ptrdiff_t sx, uint64_t *y, ptrdiff_t sy) {
  vector_u64 a[4], b[4];
  for (int i = 0; i < 4; i++) a[i] = *(const vector_u64 *)(x + i * sx);
  for (int i = 0; i < 4; i += 2) {
    b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 4, 2, 6);
    b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 1, 5, 3, 7);
  }
  for (int i = 0; i < 2; i++) {
    *(vector_u64 *)(y + i * sy) = __builtin_shufflevector(b[i], b[i + 2], 0, 1, 4, 5);
    *(vector_u64 *)(y + (i + 2) * sy) = __builtin_shufflevector(b[i], b[i + 2], 2, 3, 6, 7);
  }
}

CK_INLINE void block_uint8_t(const uint8_t *x, ptrdiff_t sx, uint8_t *y, ptrdiff_t sy) {
  for (int r = 0; r < 16; r++) {
    for (int c = 0; c < 16; c++) y[r * sy + c] = x[c * sx + r];
  }
}

CK_INLINE void block_pair(const pair *x, ptrdiff_t sx, pair *y, ptrdiff_t sy) {
  for (int r = 0; r < 4; r++) {
    for (int c = 0; c < 4; c++) y[r * sy + c] = x[c * sx + r];
  }
}

// STEP is the size of a block, LINE a multiple of it that fills cache lines. Columns go in strips, so
// that the lines that a strip reads next are those beside.
#define CK_TRANSPOSE(T, STEP, LINE)                                                              \
  CK_CLONES static void transpose_##T(const void *xv, ptrdiff_t sx, void *yv, ptrdiff_t sy,      \
                                      size_t rows, size_t columns) {                             \
    enum { strip = 256 };                                                                        \
    const T *x = xv;                                                                             \
    T *y = yv;                                                                                   \
    size_t whole_rows = rows - rows % STEP, whole_columns = columns - columns % STEP;            \
    for (size_t first = 0; first < whole_columns; first += strip) {                              \
      size_t last = first + strip < whole_columns ? first + strip : whole_columns;               \
      for (size_t row = 0; row < whole_rows; row += LINE) {                                      \
        size_t end = row + LINE < whole_rows ? row + LINE : whole_rows;                          \
        for (size_t column = first; column < last; column += LINE) {                             \
          size_t limit = column + LINE < last ? column + LINE : last;                            \
          for (size_t r = row; r < end; r += STEP) {                                             \
            for (size_t c = column; c < limit; c += STEP) {                                      \
              block_##T(x + (ptrdiff_t)c * sx + r, sx, y + (ptrdiff_t)r * sy + c, sy);           \
            }                                                                                    \
          }                                                                                      \
        }                                                                                        \
      }                                                                                          \
    }                                                                                            \
    for (size_t r = 0; r < whole_rows; r++) {                                                    \
      for (size_t c = whole_columns; c < columns; c++) {                                         \
        y[(ptrdiff_t)r * sy + (ptrdiff_t)c] = x[(ptrdiff_t)c * sx + (ptrdiff_t)r];               \
      }                                                                                          \
    }                                                                                            \
    for (size_t r = whole_rows; r < rows; r++) {                                                 \
      for (size_t c = 0; c < columns; c++) {                                                     \
        y[(ptrdiff_t)r * sy + (ptrdiff_t)c] = x[(ptrdiff_t)c * sx + (ptrdiff_t)r];               \
      }                                                                                          \
    }                                                                                            \
  }
CK_TRANSPOSE(uint8_t, 16, 64)
CK_TRANSPOSE(uint16_t, 8, 32)
CK_TRANSPOSE(uint32_t, 8, 16)
CK_TRANSPOSE(uint64_t, 4, 8)
CK_TRANSPOSE(pair, 4, 4)

ck_transpose_fn ck_transpose(size_t width) {
  switch (width) {
    case 1: return transpose_uint8_t;
    case 2: return transpose_uint16_t;
    case 4: return transpose_uint32_t;
    case 8: return transpose_uint64_t;
    default: return transpose_pair;
  }
}
