// Pooling over 2-D windows of one NHWC image.
#ifndef CK_WINDOWS_H
#define CK_WINDOWS_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

/// The geometry of one image: x is [height, width, channels], y [out_height, out_width, channels].
///
/// Window (i, j) covers rows i * stride_h - pad_top + k * dilation_h, columns likewise; positions
/// outside the image count as the identity.
typedef struct {
  ptrdiff_t height, width, channels;
  ptrdiff_t out_height, out_width;
  ptrdiff_t window_h, window_w;
  ptrdiff_t stride_h, stride_w;
  ptrdiff_t pad_top, pad_left;
  ptrdiff_t dilation_h, dilation_w;
} ck_pool2d;

void ck_pool2d_max_f32(const ck_pool2d *geometry, const float *x, float *y);
void ck_pool2d_min_f32(const ck_pool2d *geometry, const float *x, float *y);
void ck_pool2d_sum_f32(const ck_pool2d *geometry, const float *x, float *y);
void ck_pool2d_max_f64(const ck_pool2d *geometry, const double *x, double *y);
void ck_pool2d_min_f64(const ck_pool2d *geometry, const double *x, double *y);
void ck_pool2d_sum_f64(const ck_pool2d *geometry, const double *x, double *y);

// The gradients overwrite dx. That of max and min gives each window's dy to the first of its
// largest (smallest) elements in row-major order, as XLA's select-and-scatter with ge (le) does.
void ck_pool2d_max_grad_f32(const ck_pool2d *geometry, const float *x, const float *dy, float *dx);
void ck_pool2d_min_grad_f32(const ck_pool2d *geometry, const float *x, const float *dy, float *dx);
void ck_pool2d_sum_grad_f32(const ck_pool2d *geometry, const float *dy, float *dx);
void ck_pool2d_max_grad_f64(const ck_pool2d *geometry, const double *x, const double *dy,
                            double *dx);
void ck_pool2d_min_grad_f64(const ck_pool2d *geometry, const double *x, const double *dy,
                            double *dx);
void ck_pool2d_sum_grad_f64(const ck_pool2d *geometry, const double *dy, double *dx);

#pragma clang assume_nonnull end

#endif
