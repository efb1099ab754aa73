// Plans of convolutions, and the choice between the algorithms' code.
#include "conv.h"

#include <string.h>

#include "include/ck_threads.h"

enum {
  items_wanted = 8,         // enough to keep a few threads evenly busy
  channels_of_chunk = 64,   // output channels below which reading the input again would be felt
  sum_bytes = 4 << 20,      // of all partial sums
  sum_item = 1 << 14,       // elements
};

ptrdiff_t ck_conv_part(ptrdiff_t count, ptrdiff_t limit) {
  ptrdiff_t parts = ck_divide_up(count, ck_larger(1, limit));
  if (parts > 2) parts = ck_round_up(parts, parts > 8 ? 8 : 4);
  return ck_divide_up(count, ck_smaller(parts, count));
}

void ck_conv_plan_chunks(ck_conv_plan *plan, ptrdiff_t items) {
  ptrdiff_t least = ck_larger(1, channels_of_chunk / plan->width);
  ptrdiff_t chunks = ck_smaller(ck_divide_up(items_wanted, items),
                                ck_divide_up(plan->panels, least));
  plan->panels_per_chunk = ck_divide_up(plan->panels, ck_larger(1, chunks));
  plan->chunks = ck_divide_up(plan->panels, plan->panels_per_chunk);
}

ptrdiff_t ck_conv_plan_sums(ck_conv_plan *plan, ptrdiff_t limit) {
  const ck_conv2d *g = &plan->geometry;
  ptrdiff_t elements = g->kernel_h * g->kernel_w * g->in_channels * g->out_channels;
  ptrdiff_t most = ck_smaller(limit, sum_bytes / (elements * (ptrdiff_t)sizeof(float)));
  ptrdiff_t sums = 1;
  while (sums * 2 <= most && sums < 2 * items_wanted) sums *= 2;
  plan->sum_count = (size_t)sums;
  plan->sum_items = sums > 1 ? (size_t)ck_divide_up(elements, sum_item) : 0;
  return sums;
}

static ptrdiff_t common_divisor(ptrdiff_t a, ptrdiff_t b) {
  while (b != 0) {
    ptrdiff_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// The outputs p = phase + input_dilation * place meet the taps k for which
// phase + k * dilation - pad is a multiple of the input dilation.
static ck_conv_phase phase_at(ptrdiff_t phase, ptrdiff_t outputs, ptrdiff_t kernel, ptrdiff_t pad,
                              ptrdiff_t dilation, ptrdiff_t input_dilation) {
  ptrdiff_t common = common_divisor(dilation, input_dilation);
  ck_conv_phase p = {
      .places = outputs > phase ? ck_divide_up(outputs - phase, input_dilation) : 0,
      .tap_step = input_dilation / common,
      .spacing = dilation / common,
  };
  ptrdiff_t first = 0;
  while (first < p.tap_step && (phase + first * dilation - pad) % input_dilation != 0) first++;
  if (first < p.tap_step && first < kernel) {
    p.tap = first;
    p.taps = ck_divide_up(kernel - first, p.tap_step);
    p.origin = (phase + first * dilation - pad) / input_dilation;
  }
  return p;
}

static int plan_axis(ck_conv_axis *axis, ptrdiff_t outputs, ptrdiff_t kernel, ptrdiff_t stride,
                     ptrdiff_t pad, ptrdiff_t dilation, ptrdiff_t input_dilation) {
  if (input_dilation > ck_conv_most_phases || (stride > 1 && input_dilation > 1)) return 0;
  axis->phase_count = input_dilation;
  ptrdiff_t low = PTRDIFF_MAX, high = PTRDIFF_MIN;
  for (ptrdiff_t i = 0; i < input_dilation; i++) {
    ck_conv_phase p = phase_at(i, outputs, kernel, pad, dilation, input_dilation);
    axis->phases[i] = p;
    axis->places = ck_larger(axis->places, p.places);
    if (p.taps == 0) continue;
    low = ck_smaller(low, p.origin);
    high = ck_larger(high, p.origin + (p.taps - 1) * p.spacing);
  }
  axis->origin = low;
  axis->span = high - low + 1;
  // What lies between the places of a single tap is left out.
  axis->input_step = axis->span == 1 ? stride : 1;
  axis->step = axis->span == 1 ? 1 : stride;
  return 1;
}

static int make(ck_conv_plan *plan, int algorithm, const ck_conv2d *g, ptrdiff_t dilation_h,
                ptrdiff_t dilation_w, int level, int gradient) {
  memset(plan, 0, sizeof *plan);
  plan->geometry = *g;
  plan->algorithm = algorithm;
  plan->level = level > 0 ? level : ck_cpu_level();
  if (g->batch < 1 || g->height < 1 || g->width < 1 || g->in_channels < 1 || g->out_height < 1 ||
      g->out_width < 1 || g->out_channels < 1 || g->kernel_h < 1 || g->kernel_w < 1) {
    return 0;
  }
  if (!plan_axis(&plan->rows, g->out_height, g->kernel_h, g->stride_h, g->pad_top, g->dilation_h,
                 dilation_h) ||
      !plan_axis(&plan->columns, g->out_width, g->kernel_w, g->stride_w, g->pad_left,
                 g->dilation_w, dilation_w)) {
    return 0;
  }
  plan->width = ck_conv_micro_for(plan->level)->width;
  plan->panels = ck_divide_up(g->out_channels, plan->width);
  plan->pack_items = gradient ? 0 : (size_t)plan->panels;
  return algorithm == CK_CONV_WINOGRAD ? ck_conv_winograd_plan(plan, gradient)
                                       : ck_conv_direct_plan(plan, gradient);
}

int ck_conv_plan_apply(ck_conv_plan *plan, int algorithm, const ck_conv2d *geometry,
                       ptrdiff_t input_dilation_h, ptrdiff_t input_dilation_w, int level) {
  return make(plan, algorithm, geometry, input_dilation_h, input_dilation_w, level, 0);
}

int ck_conv_plan_kernel_gradient(ck_conv_plan *plan, int algorithm, const ck_conv2d *geometry,
                                 int level) {
  return make(plan, algorithm, geometry, 1, 1, level, 1);
}

void ck_conv_pack(const ck_conv_plan *plan, size_t item, const float *kernel,
                  const ptrdiff_t *strides, float *packed) {
  const ck_conv_micro *micro = ck_conv_micro_for(plan->level);
  if (plan->algorithm == CK_CONV_WINOGRAD) {
    ck_conv_winograd_pack(plan, micro, (ptrdiff_t)item, kernel, strides, packed);
  } else {
    ck_conv_direct_pack(plan, micro, (ptrdiff_t)item, kernel, strides, packed);
  }
}

void ck_conv_apply(const ck_conv_plan *plan, size_t item, const float *x, const float *packed,
                   void *scratch, float *y) {
  const ck_conv_micro *micro = ck_conv_micro_for(plan->level);
  if (plan->algorithm == CK_CONV_WINOGRAD) {
    ck_conv_winograd_apply(plan, micro, (ptrdiff_t)item, x, packed, scratch, y);
  } else {
    ck_conv_direct_apply(plan, micro, (ptrdiff_t)item, x, packed, scratch, y);
  }
}

void ck_conv_kernel_gradient(const ck_conv_plan *plan, size_t item, const float *x,
                             const float *dy, void *scratch, float *sums) {
  const ck_conv_micro *micro = ck_conv_micro_for(plan->level);
  if (plan->algorithm == CK_CONV_WINOGRAD) {
    ck_conv_winograd_kernel_gradient(plan, micro, (ptrdiff_t)item, x, dy, scratch, sums);
  } else {
    ck_conv_direct_kernel_gradient(plan, micro, (ptrdiff_t)item, x, dy, scratch, sums);
  }
}

void ck_conv_add_sums(const ck_conv_plan *plan, size_t item, const float *sums, float *dkernel) {
  const ck_conv2d *g = &plan->geometry;
  ptrdiff_t elements = g->kernel_h * g->kernel_w * g->in_channels * g->out_channels;
  ptrdiff_t begin = (ptrdiff_t)item * sum_item, end = ck_smaller(begin + sum_item, elements);
  float *y = dkernel;
  for (ptrdiff_t i = begin; i < end; i++) y[i] = sums[i] + sums[i + elements];
  for (size_t s = 2; s < plan->sum_count; s++) {
    const float *x = sums + (ptrdiff_t)s * elements;
    for (ptrdiff_t i = begin; i < end; i++) y[i] += x[i];
  }
}
