// Lowering of NHWC convolutions to matrix products.
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

#pragma clang assume_nonnull end

#endif
