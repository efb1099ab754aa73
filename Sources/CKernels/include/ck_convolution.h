// Convolutions of NHWC images: by patch matrices for a matrix product, directly, and by Winograd's
// minimal filtering.
#ifndef CK_CONVOLUTION_H
#define CK_CONVOLUTION_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

/// The geometry: x is [batch, height, width, in_channels], the kernel [kernel_h, kernel_w,
/// in_channels, out_channels], y [batch, out_height, out_width, out_channels].
typedef struct {
  ptrdiff_t batch, height, width, in_channels;
  ptrdiff_t out_height, out_width, out_channels;
  ptrdiff_t kernel_h, kernel_w;
  ptrdiff_t stride_h, stride_w;
  ptrdiff_t pad_top, pad_left;
  ptrdiff_t dilation_h, dilation_w;
} ck_conv2d;

/// Writes rows begin..<end of the patch matrix [batch * out_height * out_width,
/// kernel_h * kernel_w * in_channels] to `rows`, which points to row `begin`; zeros outside x.
void ck_im2col_f32(const ck_conv2d *geometry, const float *x, size_t begin, size_t end,
                   float *rows);
void ck_im2col_f64(const ck_conv2d *geometry, const double *x, size_t begin, size_t end,
                   double *rows);

/// Adds rows begin..<end back to the places of dx they came from: the adjoint of im2col.
///
/// Rows of one image meet in dx: split over threads by whole images.
void ck_col2im_add_f32(const ck_conv2d *geometry, const float *rows, size_t begin, size_t end,
                       float *dx);
void ck_col2im_add_f64(const ck_conv2d *geometry, const double *rows, size_t begin, size_t end,
                       double *dx);

// Convolutions without a patch matrix, in float32. A plan, made once for a geometry, says how the
// work is cut into items; the caller runs the items in any order and on any threads, and brings all
// memory, aligned to 64 bytes. Items and the order of sums depend on the geometry alone, so results
// have the same bits for any number of threads, and on every level but that of x86-64 processors
// without fused multiply-add.

#define CK_CONV_DIRECT 0
/// F(2x2, 3x3): kernels of 3x3 taps, without strides or dilation.
#define CK_CONV_WINOGRAD 1

/// One axis of a convolution, or of the outputs p = phase + input_dilation * place of it.
typedef struct {
  ptrdiff_t places;             // outputs
  ptrdiff_t taps, tap, tap_step;  // the kernel's elements that meet the input: number, first, step
  ptrdiff_t origin, spacing;    // the input index under the first of them at place 0, and between
} ck_conv_phase;

enum { ck_conv_most_phases = 4 };

/// How the input lies in a thread's memory along one axis, and the part of it that an item takes.
typedef struct {
  ptrdiff_t phase_count;
  ck_conv_phase phases[ck_conv_most_phases];
  ptrdiff_t origin;      // the input index of element 0 at place 0
  ptrdiff_t input_step;  // input elements from one element to the next
  ptrdiff_t step;        // elements from one place to the next
  ptrdiff_t span;        // elements under all phases' taps at one place
  ptrdiff_t places;      // the largest of the phases'
} ck_conv_axis;

typedef struct {
  /// The size of the packed kernel, and the items of `ck_conv_pack`; not for kernel gradients.
  size_t packed_bytes, pack_items;
  /// The memory that a thread needs while it runs an item.
  size_t scratch_bytes;
  /// The items of `ck_conv_apply` or `ck_conv_kernel_gradient`.
  size_t items;
  /// The partial sums of a kernel gradient; 1 if items write to the result itself.
  size_t sum_count;
  /// The items of `ck_conv_add_sums`.
  size_t sum_items;

  // The rest is the plan's own.
  ck_conv2d geometry;
  int32_t algorithm, level;
  ck_conv_axis rows, columns;
  ptrdiff_t width, panels;                   // of the register tile, and output channels in such
  ptrdiff_t block, blocks, plane;            // channels in a block, blocks, floats of one
  int32_t in_place;                          // direct: whether x is read where it lies
  ptrdiff_t images_per_group, rows_per_group, groups, positions;  // direct: parts of the images
  ptrdiff_t tiles, tiles_per_block;          // Winograd: tiles of all images, in blocks
  ptrdiff_t panels_per_chunk, chunks;        // an item's output channels
} ck_conv_plan;

/// Plans y[p] = sum over taps k of x[(p * stride + k * dilation - pad) / input_dilation] kernel[k],
/// where the division leaves no rest: a forward pass with input dilation 1, an input gradient with
/// the forward pass's strides as input dilation.
///
/// `level` is as from `ck_cpu_level`, or 0 for the machine's. Returns 0 for a geometry that the
/// algorithm is not for.
int ck_conv_plan_apply(ck_conv_plan *plan, int algorithm, const ck_conv2d *geometry,
                       ptrdiff_t input_dilation_h, ptrdiff_t input_dilation_w, int level);

/// Plans dkernel[k] = sum over outputs p of x[p * stride + k * dilation - pad] dy[p].
int ck_conv_plan_kernel_gradient(ck_conv_plan *plan, int algorithm, const ck_conv2d *geometry,
                                 int level);

/// Brings the kernel to the order that `ck_conv_apply` reads.
///
/// `kernel` points to element [0, 0, 0, 0] of [kernel_h, kernel_w, in_channels, out_channels],
/// which lie `strides` elements apart; strides may be negative.
void ck_conv_pack(const ck_conv_plan *plan, size_t item, const float *kernel,
                  const ptrdiff_t *strides, float *packed);

/// Writes an item's part of y.
void ck_conv_apply(const ck_conv_plan *plan, size_t item, const float *x, const float *packed,
                   void *scratch, float *y);

/// Writes an item's part of `sums`, [sum_count, kernel_h, kernel_w, in_channels, out_channels].
void ck_conv_kernel_gradient(const ck_conv_plan *plan, size_t item, const float *x,
                             const float *dy, void *scratch, float *sums);

/// Writes an item's part of dkernel, the total of the sums; only if there is more than one.
void ck_conv_add_sums(const ck_conv_plan *plan, size_t item, const float *sums, float *dkernel);

#pragma clang assume_nonnull end

#endif
