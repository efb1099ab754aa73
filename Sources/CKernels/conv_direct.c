// Convolutions without a patch matrix or a transform.
//
// A thread copies a group of images, or some rows of one, into planes of 16 channels with zeros
// around. There the input under a row of the kernel is one run of floats, so a row of taps is read
// like the depth of a matrix product, from as many places as the register tile has rows. Products
// go over pieces of the depth of which the packed kernel stays in the first cache. Where no zeros
// are needed, the images themselves serve as the one plane.
#include "conv.h"

#include <string.h>

enum {
  group_bytes = 512 << 10,  // the planes of a group stay in the second cache
  group_positions = 2048,
  piece_depth = 96,         // of a product: 24 KB of packed kernel in the widest panel
  piece_positions = 96,     // of a kernel gradient
  in_place_channels = 64,   // with more, a kernel gradient's columns of x compete for cache lines
};

// MARK: Groups

// The images and rows of places of a group.
typedef struct {
  ptrdiff_t image, images, row, rows;
  ptrdiff_t height, width;  // of a plane of one image
} group;

static ptrdiff_t elements(const ck_conv_axis *axis, ptrdiff_t places) {
  return (places - 1) * axis->step + axis->span;
}

// Whether every tap of every place meets the input.
static int is_inside(const ck_conv_axis *axis, ptrdiff_t size, ptrdiff_t stride) {
  return axis->origin >= 0 && axis->origin + (axis->places - 1) * stride + axis->span <= size;
}

static void plan_blocks(ck_conv_plan *plan, int gradient) {
  const ck_conv2d *g = &plan->geometry;
  ck_conv_axis *rows = &plan->rows, *columns = &plan->columns;
  plan->in_place = is_inside(rows, g->height, g->stride_h) &&
                   is_inside(columns, g->width, g->stride_w) &&
                   (!gradient || g->in_channels <= in_place_channels);
  if (plan->in_place) {
    rows->input_step = columns->input_step = 1;
    rows->step = g->stride_h;
    columns->step = g->stride_w;
  }
  // Blocks of 16 channels, or as many fewer as fill the last one.
  plan->blocks = plan->in_place ? 1 : ck_divide_up(g->in_channels, ck_conv_block);
  plan->block = ck_divide_up(g->in_channels, plan->blocks);
}

static void plan_groups(ck_conv_plan *plan) {
  const ck_conv2d *g = &plan->geometry;
  const ck_conv_axis *rows = &plan->rows, *columns = &plan->columns;
  ptrdiff_t depth = plan->block * plan->blocks;
  ptrdiff_t row_floats = elements(columns, columns->places) * depth;
  ptrdiff_t budget = group_bytes / (ptrdiff_t)sizeof(float);
  ptrdiff_t image_floats = elements(rows, rows->places) * row_floats;
  ptrdiff_t image_positions = rows->places * columns->places;
  ptrdiff_t images = ck_smaller(budget / ck_larger(1, image_floats),
                                group_positions / ck_larger(1, image_positions));
  ptrdiff_t row_limit = rows->places;
  if (images < 1) {
    // As many rows as fit, but enough of them that those read twice hardly count.
    ptrdiff_t fitting = (budget / row_floats - rows->span) / rows->step + 1;
    row_limit = ck_smaller(fitting, group_positions / columns->places);
    row_limit = ck_larger(row_limit, 2);
  }
  if (g->batch < 4 && image_positions >= 256) {
    row_limit = ck_smaller(row_limit, ck_divide_up(rows->places, 4));
  }
  plan->rows_per_group = ck_conv_part(rows->places, ck_smaller(row_limit, rows->places));
  plan->images_per_group = 1;
  plan->groups = g->batch * ck_divide_up(rows->places, plan->rows_per_group);
  if (plan->rows_per_group == rows->places) {
    plan->images_per_group = ck_conv_part(g->batch, images);
    plan->groups = ck_divide_up(g->batch, plan->images_per_group);
  }
  plan->positions = plan->images_per_group * plan->rows_per_group * columns->places;
  if (!plan->in_place) plan->plane = ck_odd_lines(plan->images_per_group * elements(rows, plan->rows_per_group) *
                             elements(columns, columns->places) * plan->block);
}

static group group_at(const ck_conv_plan *plan, ptrdiff_t index) {
  ptrdiff_t bands = ck_divide_up(plan->rows.places, plan->rows_per_group);
  group r = {.image = index / bands * plan->images_per_group,
             .row = index % bands * plan->rows_per_group};
  r.images = ck_smaller(plan->images_per_group, plan->geometry.batch - r.image);
  r.rows = ck_smaller(plan->rows_per_group, plan->rows.places - r.row);
  r.height = plan->in_place ? plan->geometry.height : elements(&plan->rows, r.rows);
  r.width = plan->in_place ? plan->geometry.width : elements(&plan->columns, plan->columns.places);
  return r;
}

// Copies a group's input into planes, with zeros where there is none; returns them, or the input.
static const float *group_planes(const ck_conv_plan *plan, const ck_conv_micro *micro, const group *r,
                       const float *x, float *planes) {
  const ck_conv2d *g = &plan->geometry;
  const ck_conv_axis *rows = &plan->rows, *columns = &plan->columns;
  if (plan->in_place) {
    ptrdiff_t row = rows->origin + r->row * rows->step;
    return x + ((r->image * g->height + row) * g->width + columns->origin) * g->in_channels;
  }
  // The elements of a line that lie in the image.
  ptrdiff_t step = columns->input_step, begin = 0, end = 0;
  if (columns->origin < 0) begin = ck_divide_up(-columns->origin, step);
  if (g->width > columns->origin) end = ck_divide_up(g->width - columns->origin, step);
  end = ck_smaller(end, r->width);
  begin = ck_smaller(begin, end);
  size_t before = (size_t)(begin * plan->block) * sizeof(float);
  size_t after = (size_t)((r->width - end) * plan->block) * sizeof(float);
  for (ptrdiff_t n = 0; n < r->images; n++) {
    for (ptrdiff_t i = 0; i < r->height; i++) {
      ptrdiff_t row = rows->origin + r->row * rows->step * rows->input_step + i * rows->input_step;
      float *line = planes + (n * r->height + i) * r->width * plan->block;
      int inside = row >= 0 && row < g->height && begin < end;
      for (ptrdiff_t b = 0; b < plan->blocks; b++) {
        float *to = line + b * plan->plane;
        memset(to, 0, inside ? before : before + after +
                                            (size_t)((end - begin) * plan->block) * sizeof(float));
        if (inside) memset(to + end * plan->block, 0, after);
      }
      if (!inside) continue;
      const float *from = x + (((r->image + n) * g->height + row) * g->width + columns->origin +
                               begin * step) * g->in_channels;
      micro->block(from, step * g->in_channels, end - begin, g->in_channels, plan->block,
                   line + begin * plan->block, plan->plane);
    }
  }
  return planes;
}

// The offsets in the planes, and in y or dy, of a group's places of one phase; returns how many.
static ptrdiff_t list_positions(const ck_conv_plan *plan, const group *r, ptrdiff_t row_phase,
                                ptrdiff_t column_phase, ptrdiff_t *x_offsets,
                                ptrdiff_t *y_offsets) {
  const ck_conv2d *g = &plan->geometry;
  const ck_conv_axis *rows = &plan->rows, *columns = &plan->columns;
  ptrdiff_t end = ck_smaller(r->rows, rows->phases[row_phase].places - r->row);
  ptrdiff_t width = columns->phases[column_phase].places, count = 0;
  for (ptrdiff_t n = 0; n < r->images; n++) {
    for (ptrdiff_t i = 0; i < end; i++) {
      ptrdiff_t out_row = row_phase + rows->phase_count * (r->row + i);
      ptrdiff_t x = (n * r->height + i * rows->step) * r->width * plan->block;
      ptrdiff_t y = (((r->image + n) * g->out_height + out_row) * g->out_width + column_phase) *
                    g->out_channels;
      for (ptrdiff_t j = 0; j < width; j++, count++) {
        x_offsets[count] = x + j * columns->step * plan->block;
        y_offsets[count] = y + j * columns->phase_count * g->out_channels;
      }
    }
  }
  return count;
}

// MARK: Products

// Whether the taps of a row of the kernel lie side by side in a plane.
static int is_dense(const ck_conv_phase *columns) {
  return columns->taps == 1 || columns->spacing == 1;
}

// The offsets in the planes of the runs of floats under one place; returns how many.
static ptrdiff_t list_segments(const ck_conv_plan *plan, const group *r,
                               const ck_conv_phase *rows, const ck_conv_phase *columns,
                               ptrdiff_t *segments, ptrdiff_t *length) {
  int dense = is_dense(columns);
  ptrdiff_t count = 0, in_row = dense ? 1 : columns->taps;
  *length = dense ? columns->taps * plan->block : plan->block;
  for (ptrdiff_t b = 0; b < plan->blocks; b++) {
    for (ptrdiff_t i = 0; i < rows->taps; i++) {
      ptrdiff_t row = rows->origin - plan->rows.origin + i * rows->spacing;
      for (ptrdiff_t j = 0; j < in_row; j++) {
        ptrdiff_t column = columns->origin - plan->columns.origin + j * columns->spacing;
        segments[count++] = b * plan->plane + (row * r->width + column) * plan->block;
      }
    }
  }
  return count;
}

static ptrdiff_t panel_floats(const ck_conv_plan *plan) {
  const ck_conv2d *g = &plan->geometry;
  return g->kernel_h * g->kernel_w * plan->block * plan->blocks * plan->width;
}

// Where a thread's memory holds what; in floats or, for tables, in elements.
typedef struct {
  ptrdiff_t planes, panel, positions, segments;
} extent;

static extent extent_of(const ck_conv_plan *plan) {
  const ck_conv2d *g = &plan->geometry;
  return (extent){.planes = plan->blocks * plan->plane,
                  .panel = piece_positions * plan->width,
                  .positions = ck_round_up(plan->positions, 16),
                  .segments = ck_round_up(plan->blocks * g->kernel_h * g->kernel_w, 16)};
}

int ck_conv_direct_plan(ck_conv_plan *plan, int gradient) {
  if (plan->rows.span < 1 || plan->columns.span < 1) return 0;
  plan_blocks(plan, gradient);
  plan_groups(plan);
  ck_conv_plan_chunks(plan, gradient ? ck_conv_plan_sums(plan, plan->groups) : plan->groups);
  plan->items = (size_t)((gradient ? (ptrdiff_t)plan->sum_count : plan->groups) * plan->chunks);
  plan->packed_bytes =
      gradient ? 0 : (size_t)(plan->panels * panel_floats(plan)) * sizeof(float);
  extent e = extent_of(plan);
  plan->scratch_bytes = (size_t)(e.planes + e.panel) * sizeof(float) +
                        (size_t)(2 * e.positions + e.segments) * sizeof(ptrdiff_t);
  return 1;
}

// [panel][phase][block][taps][channels of the block][width]
void ck_conv_direct_pack(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t panel,
                         const float *kernel, const ptrdiff_t *strides, float *packed) {
  const ck_conv2d *g = &plan->geometry;
  float *to = packed + panel * panel_floats(plan);
  kernel += panel * plan->width * strides[3];
  ptrdiff_t size = plan->block * plan->width;
  for (ptrdiff_t p = 0; p < plan->rows.phase_count * plan->columns.phase_count; p++) {
    const ck_conv_phase *rows = &plan->rows.phases[p / plan->columns.phase_count];
    const ck_conv_phase *columns = &plan->columns.phases[p % plan->columns.phase_count];
    for (ptrdiff_t b = 0; b < plan->blocks; b++) {
      ptrdiff_t channels = ck_smaller(plan->block, g->in_channels - b * plan->block);
      for (ptrdiff_t i = 0; i < rows->taps; i++) {
        for (ptrdiff_t j = 0; j < columns->taps; j++, to += size) {
          micro->gather(kernel + (rows->tap + i * rows->tap_step) * strides[0] +
                            (columns->tap + j * columns->tap_step) * strides[1] +
                            b * plan->block * strides[2],
                        strides[2], strides[3], channels, ck_conv_panel_columns(plan, panel), to);
          memset(to + channels * plan->width, 0,
                 (size_t)(size - channels * plan->width) * sizeof(float));
        }
      }
    }
  }
}

void ck_conv_direct_apply(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t item,
                          const float *x, const float *packed, void *scratch, float *y) {
  extent e = extent_of(plan);
  ptrdiff_t *x_offsets = (ptrdiff_t *)((float *)scratch + e.planes);
  ptrdiff_t *y_offsets = x_offsets + e.positions;
  ptrdiff_t *segments = y_offsets + e.positions;
  group r = group_at(plan, item / plan->chunks);
  ptrdiff_t first, count = ck_conv_panels(plan, item % plan->chunks, &first);
  const float *planes = group_planes(plan, micro, &r, x, scratch);
  for (ptrdiff_t p = 0; p < plan->rows.phase_count * plan->columns.phase_count; p++) {
    ptrdiff_t row_phase = p / plan->columns.phase_count, column_phase = p % plan->columns.phase_count;
    const ck_conv_phase *rows = &plan->rows.phases[row_phase];
    const ck_conv_phase *columns = &plan->columns.phases[column_phase];
    ptrdiff_t positions = list_positions(plan, &r, row_phase, column_phase, x_offsets, y_offsets);
    ptrdiff_t length, segment_count = list_segments(plan, &r, rows, columns, segments, &length);
    // Whole segments, or parts of one.
    ptrdiff_t piece = ck_larger(1, piece_depth / ck_larger(1, length));
    ptrdiff_t parts = ck_larger(1, ck_divide_up(length, piece_depth));
    for (ptrdiff_t panel = first; panel < first + count; panel++) {
      ptrdiff_t width = ck_conv_panel_columns(plan, panel);
      float *to = y + panel * plan->width;
      const float *w = packed + panel * panel_floats(plan);
      for (ptrdiff_t s = 0; s < segment_count; s += piece) {
        for (ptrdiff_t part = 0; part < parts; part++) {
          ptrdiff_t begin = length * part / parts, end = length * (part + 1) / parts;
          micro->product(planes + begin, x_offsets, positions, segments + s,
                         ck_smaller(piece, segment_count - s), end - begin,
                         w + (s * length + begin) * plan->width, to, y_offsets, width,
                         s > 0 || part > 0);
        }
      }
      if (segment_count == 0) {
        for (ptrdiff_t i = 0; i < positions; i++) {
          memset(to + y_offsets[i], 0, (size_t)width * sizeof(float));
        }
      }
    }
    packed += rows->taps * columns->taps * plan->blocks * plan->block * plan->width;
  }
}

// MARK: Kernel gradient

// Adds the products of one piece of positions, over all taps and input channels.
static void add_piece(const ck_conv_plan *plan, const ck_conv_micro *micro, const group *r,
                      const float *planes, const ptrdiff_t *x_offsets, ptrdiff_t positions,
                      const float *dy, ptrdiff_t dy_stride, ptrdiff_t columns, float *sums,
                      int add) {
  const ck_conv2d *g = &plan->geometry;
  // With one block, a row of the kernel is as many rows of the product, side by side in both.
  const ck_conv_phase *taps = &plan->columns.phases[0];
  ptrdiff_t run = plan->blocks == 1 && is_dense(taps) ? g->kernel_w : 1;
  for (ptrdiff_t b = 0; b < plan->blocks; b++) {
    ptrdiff_t channels = ck_smaller(plan->block, g->in_channels - b * plan->block);
    ptrdiff_t rows = run * channels, parts = ck_divide_up(rows, micro->rows);
    for (ptrdiff_t i = 0; i < g->kernel_h; i++) {
      for (ptrdiff_t j = 0; j < g->kernel_w; j += run) {
        const float *x = planes + b * plan->plane +
                         (i * plan->rows.phases[0].spacing * r->width + j * taps->spacing) *
                             plan->block;
        float *to = sums + ((i * g->kernel_w + j) * g->in_channels + b * plan->block) *
                               g->out_channels;
        for (ptrdiff_t part = 0; part < parts; part++) {
          ptrdiff_t begin = rows * part / parts, end = rows * (part + 1) / parts;
          micro->outer(x + begin, x_offsets, positions, end - begin, dy, dy_stride,
                       to + begin * g->out_channels, g->out_channels, columns, add);
        }
      }
    }
  }
}

void ck_conv_direct_kernel_gradient(const ck_conv_plan *plan, const ck_conv_micro *micro,
                                    ptrdiff_t item, const float *x, const float *dy,
                                    void *scratch, float *sums) {
  const ck_conv2d *g = &plan->geometry;
  extent e = extent_of(plan);
  float *panel_memory = (float *)scratch + e.planes;
  ptrdiff_t *x_offsets = (ptrdiff_t *)(panel_memory + e.panel);
  ptrdiff_t *y_offsets = x_offsets + e.positions;
  ptrdiff_t sum = item / plan->chunks, sum_count = (ptrdiff_t)plan->sum_count;
  ptrdiff_t first, count = ck_conv_panels(plan, item % plan->chunks, &first);
  ptrdiff_t begin = plan->groups * sum / sum_count, end = plan->groups * (sum + 1) / sum_count;
  // Rows of dy that make one panel of whole vectors are read where they lie.
  int dense = plan->panels == 1 && g->out_channels % micro->lanes == 0;
  sums += sum * g->kernel_h * g->kernel_w * g->in_channels * g->out_channels;
  for (ptrdiff_t index = begin; index < end; index++) {
    group r = group_at(plan, index);
    const float *planes = group_planes(plan, micro, &r, x, scratch);
    ptrdiff_t positions = list_positions(plan, &r, 0, 0, x_offsets, y_offsets);
    ptrdiff_t pieces = ck_divide_up(positions, piece_positions);
    for (ptrdiff_t panel = first; panel < first + count; panel++) {
      ptrdiff_t columns = ck_conv_panel_columns(plan, panel);
      for (ptrdiff_t piece = 0; piece < pieces; piece++) {
        ptrdiff_t from = positions * piece / pieces, to = positions * (piece + 1) / pieces;
        const float *g_piece = dy + y_offsets[from] + panel * plan->width;
        if (!dense) {
          micro->gather(g_piece, g->out_channels, 1, to - from, columns, panel_memory);
        }
        add_piece(plan, micro, &r, planes, x_offsets + from, to - from,
                  dense ? g_piece : panel_memory, dense ? g->out_channels : plan->width, columns,
                  sums + panel * plan->width, index > begin || piece > 0);
      }
    }
  }
}
