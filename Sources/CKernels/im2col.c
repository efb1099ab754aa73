// The patch matrix of an NHWC convolution, and its adjoint.
#include "include/ck_convolution.h"

#include "level.h"

// The image's row and column under the kernel's first element, for row `r` of the patch matrix.
typedef struct {
  ptrdiff_t image, top, left;
} patch;

CK_INLINE patch patch_at(const ck_conv2d *g, size_t r) {
  ptrdiff_t column = (ptrdiff_t)r % g->out_width, rest = (ptrdiff_t)r / g->out_width;
  ptrdiff_t row = rest % g->out_height;
  return (patch){rest / g->out_height, row * g->stride_h - g->pad_top,
                 column * g->stride_w - g->pad_left};
}

// Where the columns of a patch lie side by side in x, a whole row of the patch moves at once.
#define CK_IM2COL(NAME, T)                                                                   \
  CK_CLONES void NAME(const ck_conv2d *g, const T *x, size_t begin, size_t end, T *rows) {   \
    ptrdiff_t ci = g->in_channels;                                                           \
    size_t pixel = (size_t)ci * sizeof(T), line = pixel * (size_t)g->kernel_w;               \
    for (size_t r = begin; r < end; r++) {                                                   \
      patch p = patch_at(g, r);                                                              \
      const T *image = x + p.image * g->height * g->width * ci;                              \
      int dense = g->dilation_w == 1 && p.left >= 0 && p.left + g->kernel_w <= g->width;     \
      for (ptrdiff_t a = 0; a < g->kernel_h; a++, rows += g->kernel_w * ci) {                \
        ptrdiff_t row = p.top + a * g->dilation_h;                                           \
        const T *in = image + (row * g->width + p.left) * ci;                                \
        if (row < 0 || row >= g->height) {                                                   \
          memset(rows, 0, line);                                                             \
        } else if (dense) {                                                                  \
          memcpy(rows, in, line);                                                            \
        } else {                                                                             \
          for (ptrdiff_t b = 0; b < g->kernel_w; b++) {                                      \
            ptrdiff_t column = p.left + b * g->dilation_w;                                   \
            if (column < 0 || column >= g->width) memset(rows + b * ci, 0, pixel);           \
            else memcpy(rows + b * ci, in + b * g->dilation_w * ci, pixel);                  \
          }                                                                                  \
        }                                                                                    \
      }                                                                                      \
    }                                                                                        \
  }

#define CK_COL2IM(NAME, T, LANES)                                                            \
  CK_CLONES void NAME(const ck_conv2d *g, const T *rows, size_t begin, size_t end, T *dx) {  \
    ptrdiff_t ci = g->in_channels;                                                           \
    for (size_t r = begin; r < end; r++) {                                                   \
      patch p = patch_at(g, r);                                                              \
      T *image = dx + p.image * g->height * g->width * ci;                                   \
      for (ptrdiff_t a = 0; a < g->kernel_h; a++) {                                          \
        ptrdiff_t row = p.top + a * g->dilation_h;                                           \
        for (ptrdiff_t b = 0; b < g->kernel_w; b++, rows += ci) {                            \
          ptrdiff_t column = p.left + b * g->dilation_w;                                     \
          if (row < 0 || row >= g->height || column < 0 || column >= g->width) continue;     \
          T *out = image + (row * g->width + column) * ci;                                   \
          CK_VECTORIZE(LANES)                                                                \
          for (ptrdiff_t c = 0; c < ci; c++) out[c] += rows[c];                              \
        }                                                                                    \
      }                                                                                      \
    }                                                                                        \
  }

CK_IM2COL(ck_im2col_f32, float)
CK_IM2COL(ck_im2col_f64, double)
CK_COL2IM(ck_col2im_add_f32, float, 16)
CK_COL2IM(ck_col2im_add_f64, double, 8)
