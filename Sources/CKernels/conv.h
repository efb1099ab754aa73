// What the two algorithms for convolutions share.
#ifndef CK_CONV_H
#define CK_CONV_H

#include "conv_micro.h"
#include "include/ck_convolution.h"

static inline ptrdiff_t ck_smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static inline ptrdiff_t ck_larger(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }
static inline ptrdiff_t ck_divide_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
static inline ptrdiff_t ck_round_up(ptrdiff_t a, ptrdiff_t b) { return ck_divide_up(a, b) * b; }

/// Rounds a number of floats up to lines of 64 bytes, an odd number of them: arrays at such
/// distances don't compete for the same places of a cache.
static inline ptrdiff_t ck_odd_lines(ptrdiff_t floats) {
  return (ck_divide_up(floats, 16) | 1) * 16;
}

/// Cuts `count` into at most `limit` a part, into a number of parts that is even for many threads.
ptrdiff_t ck_conv_part(ptrdiff_t count, ptrdiff_t limit);

/// Chooses how many output channels an item takes, given the items there would be with all.
void ck_conv_plan_chunks(ck_conv_plan *plan, ptrdiff_t items);

/// Chooses the number of partial sums, at most `limit`.
ptrdiff_t ck_conv_plan_sums(ck_conv_plan *plan, ptrdiff_t limit);

/// The panels of register tiles that an item takes, and their number.
static inline ptrdiff_t ck_conv_panels(const ck_conv_plan *plan, ptrdiff_t chunk,
                                       ptrdiff_t *first) {
  *first = chunk * plan->panels_per_chunk;
  return ck_smaller(plan->panels_per_chunk, plan->panels - *first);
}

/// The output channels of a panel.
static inline ptrdiff_t ck_conv_panel_columns(const ck_conv_plan *plan, ptrdiff_t panel) {
  return ck_smaller(plan->width, plan->geometry.out_channels - panel * plan->width);
}

int ck_conv_direct_plan(ck_conv_plan *plan, int gradient);
void ck_conv_direct_pack(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t panel,
                         const float *kernel, const ptrdiff_t *strides, float *packed);
void ck_conv_direct_apply(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t item,
                          const float *x, const float *packed, void *scratch, float *y);
void ck_conv_direct_kernel_gradient(const ck_conv_plan *plan, const ck_conv_micro *micro,
                                    ptrdiff_t item, const float *x, const float *dy,
                                    void *scratch, float *sums);

int ck_conv_winograd_plan(ck_conv_plan *plan, int gradient);
void ck_conv_winograd_pack(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t panel,
                           const float *kernel, const ptrdiff_t *strides, float *packed);
void ck_conv_winograd_apply(const ck_conv_plan *plan, const ck_conv_micro *micro, ptrdiff_t item,
                            const float *x, const float *packed, void *scratch, float *y);
void ck_conv_winograd_kernel_gradient(const ck_conv_plan *plan, const ck_conv_micro *micro,
                                      ptrdiff_t item, const float *x, const float *dy,
                                      void *scratch, float *sums);

#endif
