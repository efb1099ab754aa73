// The innermost loops of convolutions for one level. Included once for each, with
//
//     CK_NAME(x)   the name x with the level's suffix
//     CK_TARGET    the attributes that select the level's instructions
//     CK_LANES     floats in a vector register: 4, 8 or 16
//     CK_VECTORS   vectors in a row of the register tile
//     CK_ROWS      rows of it: rows * vectors + vectors + 1 registers are in use
//     CK_MADD      a * b + c for vectors
//
// No attribute of the level reaches a function without it, so there are no common helpers.

enum { CK_NAME(lanes) = CK_LANES, CK_NAME(width) = CK_LANES * CK_VECTORS };

typedef float CK_NAME(vector) __attribute__((ext_vector_type(CK_LANES), aligned(4), may_alias));
#define V CK_NAME(vector)
#define INLINE static inline __attribute__((always_inline, unused)) CK_TARGET
#define FUNCTION CK_TARGET static
#define UNROLL CK_PRAGMA(clang loop unroll(full))
#define UNROLL_TWICE CK_PRAGMA(clang loop unroll_count(2))

INLINE V CK_NAME(load)(const float *x) { return *(const V *)x; }
INLINE void CK_NAME(store)(float *y, V x) { *(V *)y = x; }

// The rare parts of a vector, kept out of the loops that are unrolled.
FUNCTION __attribute__((noinline)) void CK_NAME(add_part)(const float *x, float *y,
                                                          ptrdiff_t columns, int add) {
  for (ptrdiff_t c = 0; c < columns; c++) y[c] = add ? y[c] + x[c] : x[c];
}

// Reads the first `columns` floats, with zeros beyond.
INLINE V CK_NAME(get)(const float *x, ptrdiff_t columns) {
  if (columns >= CK_LANES) return CK_NAME(load)(x);
  float part[CK_LANES] = {0};
  CK_NAME(add_part)(x, part, columns, 0);
  return CK_NAME(load)(part);
}

// Writes the first `columns` floats, added to what is there if `add`.
INLINE void CK_NAME(put)(V x, float *y, ptrdiff_t columns, int add) {
  if (columns >= CK_LANES) {
    CK_NAME(store)(y, add ? CK_NAME(load)(y) + x : x);
  } else {
    float part[CK_LANES];
    CK_NAME(store)(part, x);
    CK_NAME(add_part)(part, y, columns, add);
  }
}

// MARK: Products

// One register tile: `rows` and `vectors` are CK_ROWS and CK_VECTORS, or less.
INLINE void CK_NAME(tile)(const float *const *x, const ptrdiff_t *segments,
                          ptrdiff_t segment_count, ptrdiff_t segment_length, const float *w,
                          float *const *y, int rows, int vectors, ptrdiff_t columns, int add) {
  V sum[CK_ROWS][CK_VECTORS];
  UNROLL for (int r = 0; r < rows; r++) {
    __builtin_prefetch(y[r], 1);
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = (V)0.0f;
  }
  for (ptrdiff_t s = 0; s < segment_count; s++) {
    ptrdiff_t end = segments[s] + segment_length;
    UNROLL_TWICE for (ptrdiff_t k = segments[s]; k < end; k++, w += CK_NAME(width)) {
      V row[CK_VECTORS];
      UNROLL for (int v = 0; v < vectors; v++) row[v] = CK_NAME(load)(w + v * CK_LANES);
      UNROLL for (int r = 0; r < rows; r++) {
        V value = (V)x[r][k];
        UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = CK_MADD(value, row[v], sum[r][v]);
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      CK_NAME(put)(sum[r][v], y[r] + v * CK_LANES, columns - v * CK_LANES, add);
    }
  }
}

FUNCTION void CK_NAME(product)(const float *x, const ptrdiff_t *x_offsets, ptrdiff_t positions,
                               const ptrdiff_t *segments, ptrdiff_t segment_count,
                               ptrdiff_t segment_length, const float *w, float *y,
                               const ptrdiff_t *y_offsets, ptrdiff_t columns, int add) {
  float spare[CK_NAME(width)] = {0};
  for (ptrdiff_t i = 0; i < positions;) {
    // Positions are shared out evenly over register tiles, of which lower ones take less time.
    const ptrdiff_t left = positions - i, tiles = (left + CK_ROWS - 1) / CK_ROWS;
    const ptrdiff_t rows = (left + tiles - 1) / tiles;
    const float *from[CK_ROWS];
    float *to[CK_ROWS];
    UNROLL for (int r = 0; r < CK_ROWS; r++) {
      // Rows beyond the last one repeat it, and write nowhere.
      from[r] = x + x_offsets[r < rows ? i + r : i + rows - 1];
      to[r] = r < rows ? y + y_offsets[i + r] : spare;
    }
#define TILE(ROWS, VECTORS, COLUMNS)                                                            \
  CK_NAME(tile)(from, segments, segment_count, segment_length, w, to, ROWS, VECTORS, COLUMNS, add)
    if (columns == CK_NAME(width)) {
      if (rows > CK_ROWS - 1) TILE(CK_ROWS, CK_VECTORS, CK_NAME(width));
      else if (rows == CK_ROWS - 1) TILE(CK_ROWS - 1, CK_VECTORS, CK_NAME(width));
      else TILE(CK_ROWS - 2, CK_VECTORS, CK_NAME(width));
    }
    else if (columns <= CK_LANES) TILE(CK_ROWS, 1, columns);
    else if (columns <= 2 * CK_LANES) TILE(CK_ROWS, 2, columns);
#if CK_VECTORS == 4
    else if (columns <= 3 * CK_LANES) TILE(CK_ROWS, 3, columns);
    else TILE(CK_ROWS, 4, columns);
#endif
#undef TILE
    i += rows;
  }
}

INLINE void CK_NAME(outer_rows)(const float *x, const ptrdiff_t *x_offsets, ptrdiff_t positions,
                                int rows, int vectors, const float *g, ptrdiff_t g_stride,
                                float *sums, ptrdiff_t stride, ptrdiff_t columns, int add) {
  V sum[CK_ROWS][CK_VECTORS];
  UNROLL for (int r = 0; r < rows; r++) {
    __builtin_prefetch(sums + r * stride, 1);
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = (V)0.0f;
  }
  UNROLL_TWICE for (ptrdiff_t i = 0; i < positions; i++, g += g_stride) {
    const float *column = x + x_offsets[i];
    V row[CK_VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) row[v] = CK_NAME(load)(g + v * CK_LANES);
    UNROLL for (int r = 0; r < rows; r++) {
      V value = (V)column[r];
      UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = CK_MADD(value, row[v], sum[r][v]);
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      CK_NAME(put)(sum[r][v], sums + r * stride + v * CK_LANES, columns - v * CK_LANES, add);
    }
  }
}

FUNCTION void CK_NAME(outer)(const float *x, const ptrdiff_t *x_offsets, ptrdiff_t positions,
                             ptrdiff_t rows, const float *g, ptrdiff_t g_stride, float *sums,
                             ptrdiff_t stride, ptrdiff_t columns, int add) {
#define OUTER(ROWS, VECTORS, COLUMNS) \
  CK_NAME(outer_rows)(x, x_offsets, positions, ROWS, VECTORS, g, g_stride, sums, stride, COLUMNS, \
                      add)
#if CK_VECTORS == 4
#define WIDE(ROWS)                                                        \
  else if (columns <= 3 * CK_LANES) OUTER(ROWS, 3, columns);              \
  else OUTER(ROWS, 4, columns);
#else
#define WIDE(ROWS)
#endif
#define CASE(ROWS)                                                        \
  case ROWS:                                                              \
    if (columns == CK_NAME(width)) OUTER(ROWS, CK_VECTORS, CK_NAME(width)); \
    else if (columns <= CK_LANES) OUTER(ROWS, 1, columns);                \
    else if (columns <= 2 * CK_LANES) OUTER(ROWS, 2, columns);            \
    WIDE(ROWS)                                                            \
    break;
  switch (rows) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) }
#undef WIDE
#undef CASE
#undef OUTER
}

// MARK: Layout

// Two vectors' elements taken in turn: the lower and the upper half.
#if CK_LANES == 16
#define LOWER(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define UPPER(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif CK_LANES == 8
#define LOWER(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define UPPER(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define LOWER(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define UPPER(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

// A square of CK_LANES: interleaving row i with row i + CK_LANES / 2 turns the bits of an element's
// place by one, so as many times as there are bits transpose it.
INLINE void CK_NAME(transpose)(const float *x, ptrdiff_t stride, float *y) {
  V a[CK_LANES], b[CK_LANES];
  UNROLL for (int i = 0; i < CK_LANES; i++) a[i] = CK_NAME(load)(x + i * stride);
  UNROLL for (int turn = 1; turn < CK_LANES; turn *= 2) {
    UNROLL for (int i = 0; i < CK_LANES / 2; i++) {
      b[2 * i] = LOWER(a[i], a[i + CK_LANES / 2]);
      b[2 * i + 1] = UPPER(a[i], a[i + CK_LANES / 2]);
    }
    UNROLL for (int i = 0; i < CK_LANES; i++) a[i] = b[i];
  }
  UNROLL for (int i = 0; i < CK_LANES; i++) CK_NAME(store)(y + i * CK_NAME(width), a[i]);
}

FUNCTION void CK_NAME(gather)(const float *x, ptrdiff_t row_stride, ptrdiff_t column_stride,
                              ptrdiff_t rows, ptrdiff_t columns, float *y) {
  ptrdiff_t width = CK_NAME(width);
  if (column_stride == 1) {
    for (ptrdiff_t r = 0; r < rows; r++) {
      const float *from = x + r * row_stride;
      for (ptrdiff_t c = 0; c < columns; c += CK_LANES) {
        CK_NAME(store)(y + r * width + c, CK_NAME(get)(from + c, columns - c));
      }
    }
    return;
  }
  ptrdiff_t whole_rows = 0, whole_columns = 0;
  if (columns % CK_LANES != 0) memset(y, 0, (size_t)(rows * width) * sizeof(float));
  if (row_stride == 1) {
    whole_rows = rows - rows % CK_LANES;
    whole_columns = columns - columns % CK_LANES;
    for (ptrdiff_t r = 0; r < whole_rows; r += CK_LANES) {
      for (ptrdiff_t c = 0; c < whole_columns; c += CK_LANES) {
        CK_NAME(transpose)(x + r + c * column_stride, column_stride, y + r * width + c);
      }
    }
  }
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t c = r < whole_rows ? whole_columns : 0; c < columns; c++) {
      y[r * width + c] = x[r * row_stride + c * column_stride];
    }
  }
}

FUNCTION void CK_NAME(block)(const float *x, ptrdiff_t stride, ptrdiff_t count, ptrdiff_t channels,
                             ptrdiff_t size, float *y, ptrdiff_t plane) {
  if (stride == size && channels == size) {
    memcpy(y, x, (size_t)(count * size) * sizeof(float));
    return;
  }
  ptrdiff_t whole = channels / size, rest = channels % size;
  for (ptrdiff_t i = 0; i < count; i++, x += stride, y += size) {
    const float *from = x;
    float *to = y;
    if (size == ck_conv_block) {
      for (ptrdiff_t b = 0; b < whole; b++, from += ck_conv_block, to += plane) {
        UNROLL for (int k = 0; k < ck_conv_block; k += CK_LANES) {
          CK_NAME(store)(to + k, CK_NAME(load)(from + k));
        }
      }
    } else {
      for (ptrdiff_t b = 0; b < whole; b++, from += size, to += plane) {
        for (ptrdiff_t k = 0; k < size; k++) to[k] = from[k];
      }
    }
    if (rest > 0) {
      for (ptrdiff_t k = 0; k < size; k++) to[k] = k < rest ? from[k] : 0;
    }
  }
}

// MARK: Winograd's transforms
//
// F(2x2, 3x3): Y = A' ((G w G') * (B' x B)) A, elementwise in the middle, with
//
//     B' = 1  0 -1  0     G = 1    0    0      A' = 1  1  1  0
//          0  1  1  0         1/2  1/2  1/2         0  1 -1 -1
//          0 -1  1  0         1/2 -1/2  1/2
//          0  1  0 -1         0    0    1
//
// https://arxiv.org/abs/1509.09308 (with the signs of the last row and column of B and A turned).
// Each macro applies one matrix to a column of which the elements lie `s` apart.

#define INPUT(x, s, y, t)                          \
  do {                                             \
    (y)[0] = (x)[0] - (x)[2 * (s)];                \
    (y)[t] = (x)[s] + (x)[2 * (s)];                \
    (y)[2 * (t)] = (x)[2 * (s)] - (x)[s];          \
    (y)[3 * (t)] = (x)[s] - (x)[3 * (s)];          \
  } while (0)
#define KERNEL(x, s, y, t)                         \
  do {                                             \
    V ends = 0.5f * ((x)[0] + (x)[2 * (s)]);       \
    V middle = 0.5f * (x)[s];                      \
    (y)[0] = (x)[0];                               \
    (y)[t] = ends + middle;                        \
    (y)[2 * (t)] = ends - middle;                  \
    (y)[3 * (t)] = (x)[2 * (s)];                   \
  } while (0)
#define KERNEL_ADJOINT(x, s, y, t)                 \
  do {                                             \
    V ends = 0.5f * ((x)[s] + (x)[2 * (s)]);       \
    (y)[0] = (x)[0] + ends;                        \
    (y)[t] = 0.5f * ((x)[s] - (x)[2 * (s)]);       \
    (y)[2 * (t)] = ends + (x)[3 * (s)];            \
  } while (0)
#define OUTPUT(x, s, y, t)                         \
  do {                                             \
    (y)[0] = (x)[0] + (x)[s] + (x)[2 * (s)];       \
    (y)[t] = (x)[s] - (x)[2 * (s)] - (x)[3 * (s)]; \
  } while (0)
#define OUTPUT_ADJOINT(x, s, y, t)                 \
  do {                                             \
    (y)[0] = (x)[0];                               \
    (y)[t] = (x)[0] + (x)[s];                      \
    (y)[2 * (t)] = (x)[0] - (x)[s];                \
    (y)[3 * (t)] = -(x)[s];                        \
  } while (0)

// x[N][N] to y[M][M], by rows and columns.
#define BOTH(F, N, M, x, y)                                           \
  V half[(M) * (N)];                                                  \
  UNROLL for (int column = 0; column < (N); column++) {               \
    F((x) + column, N, half + column, N);                             \
  }                                                                   \
  UNROLL for (int row = 0; row < (M); row++) {                        \
    F(half + row * (N), 1, (y) + row * (M), 1);                       \
  }

FUNCTION void CK_NAME(winograd_input)(const float *const *pixels, ptrdiff_t channels, float *v,
                                      ptrdiff_t plane, ptrdiff_t block) {
  for (ptrdiff_t c = 0; c < channels; c += ck_conv_block, v += block) {
    UNROLL for (int k = 0; k < ck_conv_block; k += CK_LANES) {
      ptrdiff_t rest = channels - c - k;
      V x[16], y[16];
      if (rest >= CK_LANES) {
        UNROLL for (int i = 0; i < 16; i++) x[i] = CK_NAME(load)(pixels[i] + c + k);
      } else {
        for (int i = 0; i < 16; i++) x[i] = CK_NAME(get)(pixels[i] + c + k, rest);
      }
      BOTH(INPUT, 4, 4, x, y)
      UNROLL for (int i = 0; i < 16; i++) CK_NAME(store)(v + i * plane + k, y[i]);
    }
  }
}

FUNCTION void CK_NAME(winograd_kernel)(const float *w, ptrdiff_t tap, ptrdiff_t count,
                                       ptrdiff_t columns, float *u, ptrdiff_t plane) {
  for (ptrdiff_t r = 0; r < count; r++, w += CK_NAME(width), u += CK_NAME(width)) {
    for (ptrdiff_t c = 0; c < columns; c += CK_LANES) {
      V x[9], y[16];
      UNROLL for (int i = 0; i < 9; i++) x[i] = CK_NAME(load)(w + i * tap + c);
      BOTH(KERNEL, 3, 4, x, y)
      UNROLL for (int i = 0; i < 16; i++) CK_NAME(store)(u + i * plane + c, y[i]);
    }
  }
}

FUNCTION void CK_NAME(winograd_output)(const float *m, ptrdiff_t plane, float *const *pixels,
                                       ptrdiff_t columns) {
  for (ptrdiff_t c = 0; c < columns; c += CK_LANES) {
    V x[16], y[4];
    UNROLL for (int i = 0; i < 16; i++) x[i] = CK_NAME(load)(m + i * plane + c);
    BOTH(OUTPUT, 4, 2, x, y)
    UNROLL for (int i = 0; i < 4; i++) {
      if (pixels[i]) CK_NAME(put)(y[i], pixels[i] + c, columns - c, 0);
    }
  }
}

FUNCTION void CK_NAME(winograd_output_adjoint)(const float *const *pixels, ptrdiff_t columns,
                                               float *m, ptrdiff_t plane) {
  for (ptrdiff_t c = 0; c < columns; c += CK_LANES) {
    V x[4], y[16];
    UNROLL for (int i = 0; i < 4; i++) {
      x[i] = pixels[i] ? CK_NAME(get)(pixels[i] + c, columns - c) : (V)0.0f;
    }
    BOTH(OUTPUT_ADJOINT, 2, 4, x, y)
    UNROLL for (int i = 0; i < 16; i++) CK_NAME(store)(m + i * plane + c, y[i]);
  }
}

FUNCTION void CK_NAME(winograd_kernel_adjoint)(const float *u, ptrdiff_t plane, ptrdiff_t rows,
                                               float *w, ptrdiff_t tap, ptrdiff_t stride,
                                               ptrdiff_t columns, int add) {
  for (ptrdiff_t r = 0; r < rows; r++, u += CK_NAME(width), w += stride) {
    for (ptrdiff_t c = 0; c < columns; c += CK_LANES) {
      V x[16], y[9];
      UNROLL for (int i = 0; i < 16; i++) x[i] = CK_NAME(load)(u + i * plane + c);
      BOTH(KERNEL_ADJOINT, 4, 3, x, y)
      UNROLL for (int i = 0; i < 9; i++) CK_NAME(put)(y[i], w + i * tap + c, columns - c, add);
    }
  }
}

static const ck_conv_micro CK_NAME(micro) = {
    .rows = CK_ROWS,
    .width = CK_NAME(width),
    .lanes = CK_LANES,
    .product = CK_NAME(product),
    .outer = CK_NAME(outer),
    .gather = CK_NAME(gather),
    .block = CK_NAME(block),
    .winograd_input = CK_NAME(winograd_input),
    .winograd_kernel = CK_NAME(winograd_kernel),
    .winograd_output = CK_NAME(winograd_output),
    .winograd_output_adjoint = CK_NAME(winograd_output_adjoint),
    .winograd_kernel_adjoint = CK_NAME(winograd_kernel_adjoint),
};

#undef BOTH
#undef OUTPUT_ADJOINT
#undef OUTPUT
#undef KERNEL_ADJOINT
#undef KERNEL
#undef INPUT
#undef UPPER
#undef LOWER
#undef UNROLL_TWICE
#undef UNROLL
#undef FUNCTION
#undef INLINE
#undef V
