// The innermost loops of convolutions, of which each level of the machine has its own: here the
// shape of the register tile differs, not only the instructions.
//
// Data are in blocks. An image lies as [channels / 16][position][16], a kernel as
// [channels out / width][..., channels in][width], where `width` is that of the register tile. Sums
// of products run over channels and taps in an order that the shape of the convolution alone
// determines, so the shape of the register tile is not seen in the result.
#ifndef CK_CONV_MICRO_H
#define CK_CONV_MICRO_H

#include <stddef.h>
#include <stdint.h>

enum {
  ck_conv_block = 16,       // channels that lie together
  ck_conv_most_rows = 6,    // the rows of the highest register tile
  ck_conv_most_width = 64,  // the columns of the widest
};

typedef struct {
  ptrdiff_t rows, width;  // of the register tile
  ptrdiff_t lanes;        // floats in a vector

  /// y[position][0..<columns] = sum over segments s and k of x[position + s + k] w[s][k][columns],
  /// added to y if `add`; positions are given by their offsets in x and y.
  void (*product)(const float *x, const ptrdiff_t *x_offsets, ptrdiff_t positions,
                  const ptrdiff_t *segments, ptrdiff_t segment_count, ptrdiff_t segment_length,
                  const float *w, float *y, const ptrdiff_t *y_offsets, ptrdiff_t columns, int add);

  /// sums[r][0..<columns] = sum over positions of x[position + r] g[position][columns], for at most
  /// `rows` rows r, which lie `stride` apart in `sums`; added if `add`. Rows of g lie `g_stride`
  /// apart, and are read up to a whole vector.
  void (*outer)(const float *x, const ptrdiff_t *x_offsets, ptrdiff_t positions, ptrdiff_t rows,
                const float *g, ptrdiff_t g_stride, float *sums, ptrdiff_t stride,
                ptrdiff_t columns, int add);

  /// Gathers [rows][columns] of the given strides to [rows][width]; the last vector of a row is
  /// filled up with zeros, any further ones are left as they are.
  void (*gather)(const float *x, ptrdiff_t row_stride, ptrdiff_t column_stride, ptrdiff_t rows,
                 ptrdiff_t columns, float *y);

  /// Copies `count` pixels of `channels` channels, `stride` apart, to blocks of `size` channels:
  /// block b of pixel i goes to y[b * plane + i * size], with zeros above the last channel.
  void (*block)(const float *x, ptrdiff_t stride, ptrdiff_t count, ptrdiff_t channels,
                ptrdiff_t size, float *y, ptrdiff_t plane);

  // The transforms of Winograd's F(2x2, 3x3). A transformed tile has 16 elements, `plane` apart.

  /// From the 16 pixels of a 4x4 patch to blocks of 16 channels, which lie `block` apart.
  void (*winograd_input)(const float *const *pixels, ptrdiff_t channels, float *v, ptrdiff_t plane,
                         ptrdiff_t block);
  /// From `count` rows of [3][3][width], the nine `tap` apart.
  void (*winograd_kernel)(const float *w, ptrdiff_t tap, ptrdiff_t count, ptrdiff_t columns,
                          float *u, ptrdiff_t plane);
  /// From `width` channels to the four pixels of a 2x2 tile; a pixel may be NULL.
  void (*winograd_output)(const float *m, ptrdiff_t plane, float *const *pixels,
                          ptrdiff_t columns);
  /// The adjoint of `winograd_output`.
  void (*winograd_output_adjoint)(const float *const *pixels, ptrdiff_t columns, float *m,
                                  ptrdiff_t plane);
  /// The adjoint of `winograd_kernel`, for `rows` rows: from u[16][...][width] to [3][3] rows
  /// `stride` apart, the nine `tap` apart.
  void (*winograd_kernel_adjoint)(const float *u, ptrdiff_t plane, ptrdiff_t rows, float *w,
                                  ptrdiff_t tap, ptrdiff_t stride, ptrdiff_t columns, int add);
} ck_conv_micro;

/// The loops for a level as `ck_cpu_level` numbers them.
const ck_conv_micro *ck_conv_micro_for(int level);

#endif
