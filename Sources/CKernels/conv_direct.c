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
  piece_depth = 128,        // of a product: 32 KB of packed kernel in the widest panel
  piece_positions = 96,     // of a kernel gradient: with the input under them, in the first cache
  run_positions = 48,       // of a product: their input stays in the first while all panels pass
  in_place_channels = 64,   // with more, a kernel gradient's columns of x compete for cache lines
};

// MARK: Groups

// The images, and the places in them, of a group: whole images, rows of one, or a part of a row.
typedef struct {
  ptrdiff_t image, images, row, rows, column, columns;
  ptrdiff_t height, width;  // of one image in a plane
} group;

// The elements of a plane under some places.
static ptrdiff_t elements(const ck_conv_axis *axis, ptrdiff_t places) {
  return (places - 1) * axis->step + axis->span;
}

// The places that so many elements are under.
static ptrdiff_t places_in(const ck_conv_axis *axis, ptrdiff_t elements) {
  return elements < axis->span ? 0 : (elements - axis->span) / axis->step + 1;
}

// The input index of element 0 of a plane that begins at a place.
static ptrdiff_t input_index(const ck_conv_axis *axis, ptrdiff_t place) {
  return axis->origin + place * axis->step * axis->input_step;
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
  ptrdiff_t budget = group_bytes / (ptrdiff_t)sizeof(float) / depth;
  // A batch of one or two is cut so that there is work for a few threads.
  ptrdiff_t parts = g->batch < 4 && rows->places * columns->places >= 256 ? 4 : 1;
  ptrdiff_t pair = elements(rows, ck_smaller(2, rows->places));
  ptrdiff_t images = 1, row_count = 1, column_count = columns->places;
  if (columns->places > group_positions || pair * elements(columns, columns->places) > budget ||
      rows->places < parts) {
    // Even two rows are too much. With one, a group's outputs still follow each other in y.
    column_count = ck_smaller(group_positions, places_in(columns, budget / rows->span));
    column_count = ck_smaller(column_count, ck_divide_up(columns->places, parts));
    column_count = ck_conv_part(columns->places, column_count);
  } else {
    ptrdiff_t width = elements(columns, columns->places);
    row_count = ck_smaller(group_positions / columns->places, places_in(rows, budget / width));
    row_count = ck_smaller(ck_larger(2, row_count), ck_divide_up(rows->places, parts));
    if (row_count >= rows->places) {
      images = ck_smaller(budget / (elements(rows, rows->places) * width),
                          group_positions / (rows->places * columns->places));
      images = ck_conv_part(g->batch, images);
    }
    row_count = ck_conv_part(rows->places, row_count);
  }
  plan->images_per_group = images;
  plan->rows_per_group = row_count;
  plan->columns_per_group = column_count;
  plan->groups = ck_divide_up(g->batch, images) * ck_divide_up(rows->places, row_count) *
                 ck_divide_up(columns->places, column_count);
  plan->positions = images * row_count * column_count;
  if (plan->in_place) return;
  plan->plane = ck_odd_lines(images * elements(rows, row_count) *
                             elements(columns, column_count) * plan->block);
}

static group group_at(const ck_conv_plan *plan, ptrdiff_t index) {
  const ck_conv_axis *rows = &plan->rows, *columns = &plan->columns;
  ptrdiff_t in_row = ck_divide_up(columns->places, plan->columns_per_group);
  ptrdiff_t in_image = ck_divide_up(rows->places, plan->rows_per_group);
  group r = {.image = index / in_row / in_image * plan->images_per_group,
             .row = index / in_row % in_image * plan->rows_per_group,
             .column = index % in_row * plan->columns_per_group};
  r.images = ck_smaller(plan->images_per_group, plan->geometry.batch - r.image);
  r.rows = ck_smaller(plan->rows_per_group, rows->places - r.row);
  r.columns = ck_smaller(plan->columns_per_group, columns->places - r.column);
  r.height = plan->in_place ? plan->geometry.height : elements(rows, r.rows);
  r.width = plan->in_place ? plan->geometry.width : elements(columns, r.columns);
  return r;
}

// Copies one line of the input into the planes, with zeros where there is none.
static void copy_line(const ck_conv_plan *plan, const ck_conv_micro *micro, const group *r,
                      const float *x, ptrdiff_t image, ptrdiff_t row, float *line) {
  const ck_conv2d *g = &plan->geometry;
  ptrdiff_t first = input_index(&plan->columns, r->column), step = plan->columns.input_step;
  // The elements that lie in the image.
  ptrdiff_t begin = first < 0 ? ck_smaller(ck_divide_up(-first, step), r->width) : 0;
  ptrdiff_t end = first < g->width ? ck_divide_up(g->width - first, step) : 0;
  end = row >= 0 && row < g->height ? ck_smaller(end, r->width) : 0;
  end = ck_larger(begin, end);
  for (ptrdiff_t b = 0; b < plan->blocks; b++) {
    float *to = line + b * plan->plane;
    memset(to, 0, (size_t)(begin * plan->block) * sizeof(float));
    memset(to + end * plan->block, 0, (size_t)((r->width - end) * plan->block) * sizeof(float));
  }
  if (begin == end) return;
  ptrdiff_t pixel = (image * g->height + row) * g->width + first + begin * step;
  micro->block(x + pixel * g->in_channels, step * g->in_channels, end - begin, g->in_channels,
               plan->block, line + begin * plan->block, plan->plane);
}

// Copies a group's input into planes, and returns them; or returns the input itself.
static const float *group_planes(const ck_conv_plan *plan, const ck_conv_micro *micro,
                                 const group *r, const float *x, float *planes) {
  const ck_conv2d *g = &plan->geometry;
  ptrdiff_t first = input_index(&plan->rows, r->row);
  if (plan->in_place) {
    ptrdiff_t line = r->image * g->height + first;
    return x + (line * g->width + input_index(&plan->columns, r->column)) * g->in_channels;
  }
  for (ptrdiff_t n = 0; n < r->images; n++) {
    for (ptrdiff_t i = 0; i < r->height; i++) {
      copy_line(plan, micro, r, x, r->image + n, first + i * plan->rows.input_step,
                planes + (n * r->height + i) * r->width * plan->block);
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
  ptrdiff_t row_count = ck_smaller(r->rows, rows->phases[row_phase].places - r->row);
  ptrdiff_t column_count = ck_smaller(r->columns, columns->phases[column_phase].places - r->column);
  ptrdiff_t count = 0;
  for (ptrdiff_t n = 0; n < r->images; n++) {
    for (ptrdiff_t i = 0; i < row_count; i++) {
      ptrdiff_t row = row_phase + rows->phase_count * (r->row + i);
      ptrdiff_t column = column_phase + columns->phase_count * r->column;
      ptrdiff_t x = (n * r->height + i * rows->step) * r->width * plan->block;
      ptrdiff_t y = (((r->image + n) * g->out_height + row) * g->out_width + column) *
                    g->out_channels;
      for (ptrdiff_t j = 0; j < column_count; j++, count++) {
        x_offsets[count] = x + j * columns->step * plan->block;
        y_offsets[count] = y + j * columns->phase_count * g->out_channels;
      }
    }
  }
  return count;
}

// What the next products read, at positions begin..<end: `length` floats of each.
typedef struct {
  const float *x;
  const ptrdiff_t *offsets;
  ptrdiff_t begin, end, length;
} upcoming;

// Asks for a share of it. The products read pieces too short for the processor to see what follows,
// and a few lines at a time don't hold them up.
static void fetch(const upcoming *next, ptrdiff_t share, ptrdiff_t shares) {
  ptrdiff_t lines = ck_divide_up(next->length, 16), count = (next->end - next->begin) * lines;
  for (ptrdiff_t i = count * share / shares; i < count * (share + 1) / shares; i++) {
    __builtin_prefetch(next->x + next->offsets[next->begin + i / lines] + i % lines * 16);
  }
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
  if (!gradient) e.panel = 0;
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
    // As many positions at a time as keep their input and output near while all panels pass.
    for (ptrdiff_t i = 0; i < positions; i += run_positions) {
      ptrdiff_t run = ck_smaller(run_positions, positions - i);
      for (ptrdiff_t panel = first; panel < first + count; panel++) {
        ptrdiff_t width = ck_conv_panel_columns(plan, panel);
        float *to = y + panel * plan->width;
        const float *w = packed + panel * panel_floats(plan);
        if (plan->in_place) {
          upcoming next = {planes, x_offsets, i + run, ck_smaller(i + 2 * run, positions),
                           plan->block};
          fetch(&next, panel - first, count);
        }
        for (ptrdiff_t s = 0; s < segment_count; s += piece) {
          for (ptrdiff_t part = 0; part < parts; part++) {
            ptrdiff_t begin = length * part / parts, end = length * (part + 1) / parts;
            micro->product(planes + begin, x_offsets + i, run, segments + s,
                           ck_smaller(piece, segment_count - s), end - begin,
                           w + (s * length + begin) * plan->width, to, y_offsets + i, width,
                           s > 0 || part > 0);
          }
        }
        for (ptrdiff_t k = i; k < i + run && segment_count == 0; k++) {
          memset(to + y_offsets[k], 0, (size_t)width * sizeof(float));
        }
      }
    }
    packed += rows->taps * columns->taps * plan->blocks * plan->block * plan->width;
  }
}

// MARK: Kernel gradient

// The register tiles' products that a piece takes for one panel.
static ptrdiff_t products_of(const ck_conv_plan *plan, const ck_conv_micro *micro) {
  const ck_conv2d *g = &plan->geometry;
  return ck_divide_up(g->in_channels, micro->rows) * g->kernel_h * g->kernel_w;
}

// What the next piece reads, in as many shares as there are products in this one.
typedef struct {
  upcoming x, dy;
  ptrdiff_t share, shares;
} upcoming_piece;

static void fetch_both(const upcoming_piece *next, ptrdiff_t share) {
  fetch(&next->x, next->share + share, next->shares);
  fetch(&next->dy, next->share + share, next->shares);
}

// Adds the products of one piece of positions, over all taps and input channels.
static void add_piece(const ck_conv_plan *plan, const ck_conv_micro *micro, const group *r,
                      const float *planes, const ptrdiff_t *x_offsets, ptrdiff_t positions,
                      const float *dy, ptrdiff_t dy_stride, ptrdiff_t columns, float *sums,
                      int add, const upcoming_piece *next) {
  const ck_conv2d *g = &plan->geometry;
  // With one block, a row of the kernel is as many rows of the product, side by side in both.
  const ck_conv_phase *taps = &plan->columns.phases[0];
  ptrdiff_t run = plan->blocks == 1 && is_dense(taps) ? g->kernel_w : 1, done = 0;
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
          fetch_both(next, done++);
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
    for (ptrdiff_t piece = 0; piece < pieces; piece++) {
      ptrdiff_t from = positions * piece / pieces, to = positions * (piece + 1) / pieces;
      for (ptrdiff_t panel = first; panel < first + count; panel++) {
        ptrdiff_t columns = ck_conv_panel_columns(plan, panel);
        const float *g_piece = dy + y_offsets[from] + panel * plan->width;
        ptrdiff_t end = ck_smaller(2 * to - from, positions), products = products_of(plan, micro);
        upcoming_piece next = {{planes, x_offsets, to, plan->in_place ? end : to, plan->block},
                               {dy, y_offsets, to, end, g->out_channels},
                               (panel - first) * products, count * products};
        if (!dense) {
          micro->gather(g_piece, g->out_channels, 1, to - from, columns, panel_memory);
        }
        add_piece(plan, micro, &r, planes, x_offsets + from, to - from,
                  dense ? g_piece : panel_memory, dense ? g->out_channels : plan->width, columns,
                  sums + panel * plan->width, index > begin || piece > 0, &next);
      }
    }
  }
}
