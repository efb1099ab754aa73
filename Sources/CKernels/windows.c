// Pooling over 2-D windows of one NHWC image, vectorized over channels.
//
// Each output position folds the window's input positions, each a run of channels. Channels go in
// pieces that stay in registers or in the first cache over the whole window.
#include "include/ck_windows.h"

#include "level.h"

enum { ck_channels = 256 };

// The positions of window (i, j) that lie inside the image, as ranges of the window's own indices.
typedef struct {
  ptrdiff_t top, left;  // the image's position under the window's first element
  ptrdiff_t row_begin, row_end, column_begin, column_end;
} window;

// The k in 0..<size for which 0 <= start + k * dilation < limit.
CK_INLINE void inside(ptrdiff_t start, ptrdiff_t dilation, ptrdiff_t size, ptrdiff_t limit,
                      ptrdiff_t *begin, ptrdiff_t *end) {
  ptrdiff_t first = start < 0 ? (-start + dilation - 1) / dilation : 0;
  ptrdiff_t last = start < limit ? (limit - start + dilation - 1) / dilation : 0;
  *begin = first;
  *end = last < size ? last : size;
}

CK_INLINE window window_at(const ck_pool2d *g, ptrdiff_t i, ptrdiff_t j) {
  window w = {.top = i * g->stride_h - g->pad_top, .left = j * g->stride_w - g->pad_left};
  inside(w.top, g->dilation_h, g->window_h, g->height, &w.row_begin, &w.row_end);
  inside(w.left, g->dilation_w, g->window_w, g->width, &w.column_begin, &w.column_end);
  return w;
}

// The offset of the input position under the window's element (r, s).
CK_INLINE ptrdiff_t position(const ck_pool2d *g, const window *w, ptrdiff_t r, ptrdiff_t s) {
  return ((w->top + r * g->dilation_h) * g->width + w->left + s * g->dilation_w) * g->channels;
}

#define CK_EACH_POSITION(g, w)                                   \
  for (ptrdiff_t r = (w).row_begin; r < (w).row_end; r++)        \
    for (ptrdiff_t s = (w).column_begin; s < (w).column_end; s++)

#define CK_PLUS(a, b) ((a) + (b))

#define CK_POOL(NAME, T, LANES, IDENTITY, F)                                             \
  CK_CLONES void NAME(const ck_pool2d *g, const T *x, T *y) {                            \
    for (ptrdiff_t i = 0; i < g->out_height; i++) {                                      \
      for (ptrdiff_t j = 0; j < g->out_width; j++, y += g->channels) {                   \
        window w = window_at(g, i, j);                                                   \
        for (ptrdiff_t c = 0; c < g->channels; c += ck_channels) {                       \
          ptrdiff_t n = g->channels - c < ck_channels ? g->channels - c : ck_channels;   \
          T *out = y + c;                                                                \
          for (ptrdiff_t k = 0; k < n; k++) out[k] = IDENTITY;                           \
          CK_EACH_POSITION(g, w) {                                                       \
            const T *in = x + position(g, &w, r, s) + c;                                 \
            CK_VECTORIZE(LANES)                                                          \
            for (ptrdiff_t k = 0; k < n; k++) out[k] = F(out[k], in[k]);                 \
          }                                                                              \
        }                                                                                \
      }                                                                                  \
    }                                                                                    \
  }

CK_POOL(ck_pool2d_max_f32, float, 16, -__builtin_inff(), __builtin_elementwise_maximum)
CK_POOL(ck_pool2d_min_f32, float, 16, __builtin_inff(), __builtin_elementwise_minimum)
CK_POOL(ck_pool2d_sum_f32, float, 16, 0, CK_PLUS)
CK_POOL(ck_pool2d_max_f64, double, 8, -__builtin_inf(), __builtin_elementwise_maximum)
CK_POOL(ck_pool2d_min_f64, double, 8, __builtin_inf(), __builtin_elementwise_minimum)
CK_POOL(ck_pool2d_sum_f64, double, 8, 0, CK_PLUS)

// Select and scatter. XLA walks the window in row-major order and keeps the selected element while
// select(selected, next) holds, with select ge or le; it starts from the first element inside the
// image. So among equals the first stays, and a NaN, for which the comparison fails, always yields
// to the next. I is an integer of the element's width, so that both vectorize alike.
#define CK_POOL_GRAD(NAME, T, I, LANES, KEEPS)                                           \
  CK_CLONES void NAME(const ck_pool2d *g, const T *x, const T *dy, T *dx) {              \
    memset(dx, 0, (size_t)(g->height * g->width * g->channels) * sizeof(T));             \
    T best[ck_channels];                                                                 \
    I index[ck_channels];                                                                \
    for (ptrdiff_t i = 0; i < g->out_height; i++) {                                      \
      for (ptrdiff_t j = 0; j < g->out_width; j++, dy += g->channels) {                  \
        window w = window_at(g, i, j);                                                   \
        if (w.row_begin >= w.row_end || w.column_begin >= w.column_end) continue;        \
        for (ptrdiff_t c = 0; c < g->channels; c += ck_channels) {                       \
          ptrdiff_t n = g->channels - c < ck_channels ? g->channels - c : ck_channels;   \
          ptrdiff_t origin = position(g, &w, w.row_begin, w.column_begin) + c;           \
          memcpy(best, x + origin, (size_t)n * sizeof(T));                               \
          for (ptrdiff_t k = 0; k < n; k++) index[k] = 0;                                \
          I number = 0;                                                                  \
          CK_EACH_POSITION(g, w) {                                                       \
            const T *in = x + position(g, &w, r, s) + c;                                 \
            CK_VECTORIZE(LANES)                                                          \
            for (ptrdiff_t k = 0; k < n; k++) {                                          \
              T old = best[k], value = in[k];                                            \
              int keeps = old KEEPS value;                                               \
              best[k] = keeps ? old : value;                                             \
              index[k] = keeps ? index[k] : number;                                      \
            }                                                                            \
            number++;                                                                    \
          }                                                                              \
          number = 0;                                                                    \
          CK_EACH_POSITION(g, w) {                                                       \
            T *out = dx + position(g, &w, r, s) + c;                                     \
            const T *in = dy + c;                                                        \
            CK_VECTORIZE(LANES)                                                          \
            for (ptrdiff_t k = 0; k < n; k++) out[k] += index[k] == number ? in[k] : 0;  \
            number++;                                                                    \
          }                                                                              \
        }                                                                                \
      }                                                                                  \
    }                                                                                    \
  }

CK_POOL_GRAD(ck_pool2d_max_grad_f32, float, int32_t, 16, >=)
CK_POOL_GRAD(ck_pool2d_min_grad_f32, float, int32_t, 16, <=)
CK_POOL_GRAD(ck_pool2d_max_grad_f64, double, int64_t, 8, >=)
CK_POOL_GRAD(ck_pool2d_min_grad_f64, double, int64_t, 8, <=)

#define CK_POOL_SUM_GRAD(NAME, T, LANES)                                         \
  CK_CLONES void NAME(const ck_pool2d *g, const T *dy, T *dx) {                  \
    memset(dx, 0, (size_t)(g->height * g->width * g->channels) * sizeof(T));     \
    for (ptrdiff_t i = 0; i < g->out_height; i++) {                              \
      for (ptrdiff_t j = 0; j < g->out_width; j++, dy += g->channels) {          \
        window w = window_at(g, i, j);                                           \
        CK_EACH_POSITION(g, w) {                                                 \
          T *out = dx + position(g, &w, r, s);                                   \
          CK_VECTORIZE(LANES)                                                    \
          for (ptrdiff_t k = 0; k < g->channels; k++) out[k] += dy[k];           \
        }                                                                        \
      }                                                                          \
    }                                                                            \
  }

CK_POOL_SUM_GRAD(ck_pool2d_sum_grad_f32, float, 16)
CK_POOL_SUM_GRAD(ck_pool2d_sum_grad_f64, double, 8)
