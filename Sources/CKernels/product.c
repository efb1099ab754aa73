// Products with a packed matrix, on the register tiles of the convolutions.
#include "include/ck_product.h"

#include "conv_micro.h"
#include "include/ck_threads.h"

enum {
  // Rows at a time, and the depth of a piece: 16 KB of the packed panel of a tile 16 wide, beside the
  // rows of a, in the first cache.
  most_rows = 96,
  piece_depth = 256,
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
