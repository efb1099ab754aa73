// Convolutions of 3x3 kernels by Winograd's minimal filtering, F(2x2, 3x3).
//
// A tile of 2x2 outputs depends on a patch of 4x4 inputs. Transformed, both have 16 elements, and
// the convolution becomes 16 products of matrices, [tiles, channels in] [channels in, channels
// out], with 16 products where there were 36. Gradients of the kernel run the same steps backward,
// from the transformed patches and the outputs' adjoint transforms to the adjoint of the kernel's.
// A thread takes a block of tiles from the input to the result, so that what is transformed stays
// in its second cache.
#include "conv.h"

#include <string.h>

enum {
  patch = 16,                // elements of a transformed tile
  most_tiles = 96,           // of a block
  least_tiles = 48,          // below which reading the kernel would be felt
  input_bytes = 768 << 10,   // transformed patches of a block
  piece_blocks = 6,         // of 16 channels: 24 KB of a packed kernel in the widest panel
  gradient_tiles = 128,      // of a block of a kernel gradient
  gradient_blocks = 4,       // of 16 channels, whose patches are transformed together
};

// Distances between the 16 elements, in floats.
static ptrdiff_t input_plane(const ck_conv_plan *plan) {
  return ck_odd_lines(plan->tiles_per_block * ck_conv_block);
}
static ptrdiff_t output_plane(const ck_conv_plan *plan) {
  return ck_odd_lines(plan->tiles_per_block * plan->width);
}
static ptrdiff_t kernel_plane(const ck_conv_plan *plan) {
  return plan->blocks * ck_conv_block * plan->width;
}

// MARK: Plan

// Where a thread's memory holds what; in floats or, for tables, in elements.
typedef struct {
  ptrdiff_t input, output, sums, zeros, positions, segments;
} extent;

static extent extent_of(const ck_conv_plan *plan) {
  extent e = {.zeros = ck_round_up(plan->geometry.in_channels, 16),
              .positions = ck_round_up(plan->tiles_per_block, 16)};
  if (plan->pack_items > 0) {
    e.input = plan->blocks * patch * input_plane(plan);
    e.output = patch * output_plane(plan);
    e.segments = ck_round_up(plan->blocks, 16);
  } else {
    e.input = ck_smaller(plan->blocks, gradient_blocks) * patch * input_plane(plan);
    e.output = plan->panels_per_chunk * patch * output_plane(plan);
    e.sums = patch * ck_conv_most_rows * plan->width;
  }
  return e;
}

int ck_conv_winograd_plan(ck_conv_plan *plan, int gradient) {
  const ck_conv2d *g = &plan->geometry;
  if (g->kernel_h != 3 || g->kernel_w != 3 || g->stride_h != 1 || g->stride_w != 1 ||
      g->dilation_h != 1 || g->dilation_w != 1 || plan->rows.phase_count != 1 ||
      plan->columns.phase_count != 1) {
    return 0;
  }
  plan->block = ck_conv_block;
  plan->blocks = ck_divide_up(g->in_channels, ck_conv_block);
  plan->tiles = g->batch * ck_divide_up(g->out_height, 2) * ck_divide_up(g->out_width, 2);
  ptrdiff_t tile_bytes = patch * ck_conv_block * plan->blocks * (ptrdiff_t)sizeof(float);
  ptrdiff_t limit = ck_smaller(most_tiles, ck_larger(least_tiles, input_bytes / tile_bytes));
  if (gradient) limit = gradient_tiles;
  plan->tiles_per_block =
      ck_round_up(ck_conv_part(plan->tiles, limit), ck_conv_micro_for(plan->level)->rows);
  plan->groups = ck_divide_up(plan->tiles, plan->tiles_per_block);
  ck_conv_plan_chunks(plan, gradient ? ck_conv_plan_sums(plan, plan->groups) : plan->groups);
  plan->items = (size_t)((gradient ? (ptrdiff_t)plan->sum_count : plan->groups) * plan->chunks);
  plan->packed_bytes =
      gradient ? 0 : (size_t)(plan->panels * patch * kernel_plane(plan)) * sizeof(float);
  extent e = extent_of(plan);
  plan->scratch_bytes = (size_t)(e.input + e.output + e.sums + e.zeros) * sizeof(float) +
                        (size_t)(2 * e.positions + e.segments) * sizeof(ptrdiff_t);
  return 1;
}

// MARK: Tiles

// A tile's image, and its place among the outputs.
typedef struct {
  ptrdiff_t image, row, column;
} tile;

static tile tile_at(const ck_conv2d *g, ptrdiff_t index) {
  ptrdiff_t columns = ck_divide_up(g->out_width, 2), rows = ck_divide_up(g->out_height, 2);
  return (tile){.image = index / (rows * columns), .row = index / columns % rows * 2,
                .column = index % columns * 2};
}

// The input pixels under a tile, zeros outside.
static void list_input(const ck_conv2d *g, tile t, const float *x, const float *zeros,
                       const float **pixels) {
  ptrdiff_t top = t.row - g->pad_top, left = t.column - g->pad_left;
  for (ptrdiff_t i = 0; i < 4; i++) {
    ptrdiff_t row = top + i;
    const float *line = x + ((t.image * g->height + row) * g->width + left) * g->in_channels;
    for (ptrdiff_t j = 0; j < 4; j++) {
      int inside = row >= 0 && row < g->height && left + j >= 0 && left + j < g->width;
      pixels[4 * i + j] = inside ? line + j * g->in_channels : zeros;
    }
  }
}

// The offsets of a tile's outputs, -1 outside.
static void list_output(const ck_conv2d *g, tile t, ptrdiff_t *offsets) {
  for (ptrdiff_t i = 0; i < 4; i++) {
    ptrdiff_t row = t.row + i / 2, column = t.column + i % 2;
    int inside = row < g->out_height && column < g->out_width;
    offsets[i] = inside ? ((t.image * g->out_height + row) * g->out_width + column) *
                              g->out_channels
                        : -1;
  }
}

// Transforms the patches of `count` tiles, of the channels of some blocks.
static void transform_input(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t begin,
                            ptrdiff_t count, ptrdiff_t first_block, ptrdiff_t blocks,
                            const float *x, const float *zeros, float *v) {
  const ck_conv2d *g = &plan->geometry;
  ptrdiff_t plane = input_plane(plan), first = first_block * ck_conv_block;
  ptrdiff_t channels = ck_smaller(blocks * ck_conv_block, g->in_channels - first);
  for (ptrdiff_t t = 0; t < count; t++) {
    const float *pixels[16];
    list_input(g, tile_at(g, begin + t), x + first, zeros, pixels);
    micro->winograd_input(pixels, channels, v + t * ck_conv_block, plane, patch * plane);
  }
}

// MARK: Products

// [panel][16][blocks * 16][width]
void ck_conv_winograd_pack(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t panel,
                           const float *kernel, const ptrdiff_t *strides, float *packed) {
  const ck_conv2d *g = &plan->geometry;
  float taps[9 * ck_conv_block * ck_conv_most_width];
  ptrdiff_t size = ck_conv_block * plan->width, plane = kernel_plane(plan);
  float *to = packed + panel * patch * plane;
  kernel += panel * plan->width * strides[3];
  ptrdiff_t columns = ck_conv_panel_columns(plan, panel);
  for (ptrdiff_t b = 0; b < plan->blocks; b++, to += size) {
    ptrdiff_t channels = ck_smaller(ck_conv_block, g->in_channels - b * ck_conv_block);
    if (channels < ck_conv_block) memset(taps, 0, sizeof taps);
    for (ptrdiff_t i = 0; i < 9; i++) {
      micro->gather(kernel + i / 3 * strides[0] + i % 3 * strides[1] +
                        b * ck_conv_block * strides[2],
                    strides[2], strides[3], channels, columns, taps + i * size);
    }
    micro->winograd_kernel(taps, size, ck_conv_block, columns, to, plane);
  }
}

void ck_conv_winograd_apply(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t item,
                            const float *x, const float *packed, void *scratch, float *y) {
  const ck_conv2d *g = &plan->geometry;
  extent e = extent_of(plan);
  float *v = scratch, *m = v + e.input, *zeros = m + e.output;
  ptrdiff_t *v_offsets = (ptrdiff_t *)(zeros + e.zeros), *m_offsets = v_offsets + e.positions;
  ptrdiff_t *segments = m_offsets + e.positions;
  ptrdiff_t begin = item / plan->chunks * plan->tiles_per_block;
  ptrdiff_t tiles = ck_smaller(plan->tiles_per_block, plan->tiles - begin);
  ptrdiff_t first, count = ck_conv_panels(plan, item % plan->chunks, &first);
  ptrdiff_t v_plane = input_plane(plan), m_plane = output_plane(plan), u_plane = kernel_plane(plan);
  memset(zeros, 0, (size_t)e.zeros * sizeof(float));
  for (ptrdiff_t t = 0; t < tiles; t++) {
    v_offsets[t] = t * ck_conv_block;
    m_offsets[t] = t * plan->width;
  }
  for (ptrdiff_t b = 0; b < plan->blocks; b++) segments[b] = b * patch * v_plane;
  transform_input(plan, micro, begin, tiles, 0, plan->blocks, x, zeros, v);
  for (ptrdiff_t panel = first; panel < first + count; panel++) {
    ptrdiff_t columns = ck_conv_panel_columns(plan, panel);
    ptrdiff_t whole_columns = ck_smaller(plan->width, ck_round_up(columns, 16));
    for (ptrdiff_t i = 0; i < patch; i++) {
      const float *u = packed + (panel * patch + i) * u_plane;
      for (ptrdiff_t b = 0; b < plan->blocks; b += piece_blocks) {
        micro->product(v + i * v_plane, v_offsets, tiles, segments + b,
                       ck_smaller(piece_blocks, plan->blocks - b), ck_conv_block,
                       u + b * ck_conv_block * plan->width, m + i * m_plane, m_offsets,
                       whole_columns, b > 0);
      }
    }
    for (ptrdiff_t t = 0; t < tiles; t++) {
      ptrdiff_t offsets[4];
      float *pixels[4];
      list_output(g, tile_at(g, begin + t), offsets);
      for (int i = 0; i < 4; i++) {
        pixels[i] = offsets[i] < 0 ? NULL : y + offsets[i] + panel * plan->width;
      }
      micro->winograd_output(m + t * plan->width, m_plane, pixels, columns);
    }
  }
}

// MARK: Kernel gradient

// Transforms the cotangents of `count` tiles, of one panel.
static void transform_cotangent(const ck_conv_plan *plan, const ck_conv_micro *micro,
                                ptrdiff_t begin, ptrdiff_t count, ptrdiff_t panel, const float *dy,
                                float *m) {
  const ck_conv2d *g = &plan->geometry;
  for (ptrdiff_t t = 0; t < count; t++) {
    ptrdiff_t offsets[4];
    const float *pixels[4];
    list_output(g, tile_at(g, begin + t), offsets);
    for (int i = 0; i < 4; i++) {
      pixels[i] = offsets[i] < 0 ? NULL : dy + offsets[i] + panel * plan->width;
    }
    micro->winograd_output_adjoint(pixels, ck_conv_panel_columns(plan, panel),
                                   m + t * plan->width, output_plane(plan));
  }
}

void ck_conv_winograd_kernel_gradient(const ck_conv_plan *plan, const ck_conv_micro *micro,
                                      ptrdiff_t item, const float *x, const float *dy,
                                      void *scratch, float *sums) {
  const ck_conv2d *g = &plan->geometry;
  extent e = extent_of(plan);
  float *v = scratch, *m = v + e.input, *u = m + e.output, *zeros = u + e.sums;
  ptrdiff_t *v_offsets = (ptrdiff_t *)(zeros + e.zeros);
  ptrdiff_t sum = item / plan->chunks, sum_count = (ptrdiff_t)plan->sum_count;
  ptrdiff_t first, count = ck_conv_panels(plan, item % plan->chunks, &first);
  ptrdiff_t begin = plan->groups * sum / sum_count, end = plan->groups * (sum + 1) / sum_count;
  ptrdiff_t v_plane = input_plane(plan), m_plane = output_plane(plan);
  ptrdiff_t u_plane = ck_conv_most_rows * plan->width, tap = g->in_channels * g->out_channels;
  memset(zeros, 0, (size_t)e.zeros * sizeof(float));
  for (ptrdiff_t t = 0; t < plan->tiles_per_block; t++) v_offsets[t] = t * ck_conv_block;
  sums += sum * 9 * tap;
  for (ptrdiff_t block = begin; block < end; block++) {
    ptrdiff_t first_tile = block * plan->tiles_per_block;
    ptrdiff_t tiles = ck_smaller(plan->tiles_per_block, plan->tiles - first_tile);
    for (ptrdiff_t p = 0; p < count; p++) {
      transform_cotangent(plan, micro, first_tile, tiles, first + p, dy, m + p * patch * m_plane);
    }
    for (ptrdiff_t b = 0; b < plan->blocks; b += gradient_blocks) {
      ptrdiff_t blocks = ck_smaller(gradient_blocks, plan->blocks - b);
      transform_input(plan, micro, first_tile, tiles, b, blocks, x, zeros, v);
      for (ptrdiff_t p = 0; p < count; p++) {
        ptrdiff_t columns = ck_conv_panel_columns(plan, first + p);
        ptrdiff_t whole_columns = ck_smaller(plan->width, ck_round_up(columns, 16));
        for (ptrdiff_t k = 0; k < blocks; k++) {
          ptrdiff_t channel = (b + k) * ck_conv_block;
          ptrdiff_t channels = ck_smaller(ck_conv_block, g->in_channels - channel);
          ptrdiff_t parts = ck_divide_up(channels, micro->rows);
          for (ptrdiff_t part = 0; part < parts; part++) {
            ptrdiff_t row = channels * part / parts, rows = channels * (part + 1) / parts - row;
            for (ptrdiff_t i = 0; i < patch; i++) {
              micro->outer(v + (k * patch + i) * v_plane + row, v_offsets, tiles, rows,
                           m + (p * patch + i) * m_plane, plan->width, u + i * u_plane,
                           plan->width,
                           whole_columns, 0);
            }
            micro->winograd_kernel_adjoint(
                u, u_plane, rows,
                sums + (channel + row) * g->out_channels + (first + p) * plan->width, tap,
                g->out_channels, columns, block > begin);
          }
        }
      }
    }
  }
}
