// Products with a packed matrix, on the register tiles of the convolutions.
#include "include/ck_product.h"

#include "conv_micro.h"
#include "include/ck_threads.h"

enum {
  // Rows at a time, and the depth of a piece: 16 KB of the packed panel of a tile 16 wide, beside the
  // rows of a, in the first cache.
  most_rows = 96,
  piece_depth = 256,
  // Of a small product: the rows that stay in the first cache while all panels pass.
  small_rows = 24,
  most_small = ck_product_most_small,
};

static const ck_conv_micro *micro(void) { return ck_conv_micro_for(ck_cpu_level()); }

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

size_t ck_product_panels(size_t columns) {
  size_t width = (size_t)micro()->width;
  return (columns + width - 1) / width;
}

size_t ck_product_packed_count(size_t depth, size_t columns) {
  return ck_product_panels(columns) * depth * (size_t)micro()->width;
}

void ck_product_pack(const float *b, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t depth,
                     size_t columns, size_t panel, float *packed) {
  const ck_conv_micro *m = micro();
  size_t width = (size_t)m->width, first = panel * width;
  m->gather(b + (ptrdiff_t)first * column_stride, row_stride, column_stride, (ptrdiff_t)depth,
            (ptrdiff_t)smaller(width, columns - first), packed + first * depth);
}

void ck_product_packed(const float *a, size_t rows, size_t depth, const float *packed,
                       size_t columns, size_t begin, size_t end, float *c) {
  const ck_conv_micro *m = micro();
  size_t width = (size_t)m->width;
  ptrdiff_t a_offsets[most_rows], c_offsets[most_rows];
  const ptrdiff_t start = 0;
  for (size_t i = 0; i < smaller(rows, most_rows); i++) {
    a_offsets[i] = (ptrdiff_t)(i * depth);
    c_offsets[i] = (ptrdiff_t)(i * columns);
  }
  for (size_t panel = begin; panel < end; panel++) {
    size_t first = panel * width, count = smaller(width, columns - first);
    for (size_t k = 0; k < depth; k += piece_depth) {
      const float *w = packed + first * depth + k * width;
      for (size_t row = 0; row < rows; row += most_rows) {
        m->product(a + row * depth + k, a_offsets, (ptrdiff_t)smaller(most_rows, rows - row),
                   &start, 1, (ptrdiff_t)smaller(piece_depth, depth - k), w,
                   c + row * columns + first, c_offsets, (ptrdiff_t)count, k > 0);
      }
    }
  }
}

// Asks for a share of the floats at x, which lie in lines of `length`, `stride` apart: the products
// read pieces too short for the processor to see what comes next.
static void fetch(const float *x, ptrdiff_t stride, size_t lines, size_t length, size_t share,
                  size_t shares) {
  for (size_t i = lines * share / shares; i < lines * (share + 1) / shares; i++) {
    for (size_t k = 0; k < length; k += 16) __builtin_prefetch(x + (ptrdiff_t)i * stride + k);
  }
}

size_t ck_product_small_scratch(size_t depth, size_t columns) {
  return ck_product_packed_count(depth, columns) * sizeof(float);
}

void ck_product_small(const ck_product_operand *a, const ck_product_operand *b, size_t rows,
                      size_t columns, size_t depth, float *packed, float *c, ptrdiff_t c_stride) {
  const ck_conv_micro *m = micro();
  const ptrdiff_t start = 0, length = (ptrdiff_t)depth;
  // The columns of a are multiplied by rows of b, which may lie anywhere if they are whole vectors.
  const int by_columns = a->column_stride != 1;
  const int in_place = by_columns && b->column_stride == 1 && columns % (size_t)m->lanes == 0;
  ptrdiff_t a_offsets[most_small], c_offsets[small_rows];
  for (size_t i = 0; i < (by_columns ? depth : small_rows); i++)
    a_offsets[i] = (ptrdiff_t)i * (by_columns ? a->column_stride : a->row_stride);
  for (size_t i = 0; i < small_rows; i++) c_offsets[i] = (ptrdiff_t)i * c_stride;
  const size_t width = (size_t)m->width, panels = ck_product_panels(columns);
  for (size_t first = 0; first < columns && !in_place; first += width) {
    m->gather(b->at + (ptrdiff_t)first * b->column_stride, b->row_stride, b->column_stride, length,
              (ptrdiff_t)smaller(width, columns - first), packed + first * depth);
  }
  for (size_t row = 0; row < rows; row += small_rows) {
    const ptrdiff_t count = (ptrdiff_t)smaller(small_rows, rows - row);
    const float *x = a->at + (ptrdiff_t)row * a->row_stride;
    for (size_t first = 0; first < columns; first += width) {
      const ptrdiff_t panel = (ptrdiff_t)smaller(width, columns - first);
      const float *w = in_place ? b->at + first : packed + first * depth;
      float *to = c + (ptrdiff_t)row * c_stride + first;
      const float *next = x + small_rows * a->row_stride;
      if (by_columns)
        fetch(next, a->column_stride, depth, small_rows, first / width, panels);
      else
        fetch(next, a->row_stride, small_rows, depth, first / width, panels);
      if (!by_columns) {
        m->product(x, a_offsets, count, &start, 1, length, w, to, c_offsets, panel, 0);
        continue;
      }
      for (ptrdiff_t r = 0; r < count; r += m->rows) {
        m->outer(x + r, a_offsets, length, count - r < m->rows ? count - r : m->rows, w,
                 in_place ? b->row_stride : m->width, to + r * c_stride, c_stride, panel, 0);
      }
    }
  }
}
