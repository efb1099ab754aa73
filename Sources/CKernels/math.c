// Elementary functions.
#include "include/ck_math.h"

#include <math.h>

#include "complex.h"
#include "float32.h"

#define CK_DEFINE(S, T, OP, ...) \
  CK_INLINE T OP##_##S(T x) { return __VA_ARGS__; }

// An operation whose float32 part vectorizes, while float64 calls the C library.
#define CK_VECTOR_FLOAT(OP, NARROW, WIDE) \
  CK_DEFINE(f32, float, OP, NARROW)       \
  CK_DEFINE(f64, double, OP, WIDE)        \
  CK_HALF_UNARY(OP)                       \
  CK_FLOAT_KERNELS(OP)

#define CK_FLOAT_KERNELS(OP)             \
  CK_UNARY_SAME(f16, OP, CK_VECTORIZE)   \
  CK_UNARY_SAME(bf16, OP, CK_VECTORIZE)  \
  CK_UNARY_SAME(f32, OP, CK_VECTORIZE)   \
  CK_UNARY_SAME(f64, OP, CK_CALLS)       \
  CK_LOOKUP_COMPLEX(unary, OP, CK_FOR_FLOAT)

// bfloat16 rounds the exponential and the sum too, as JAX does: one rounding of the whole would be
// closer, but a gate's 1 - logistic(x) would differ from JAX's by more than its own last digits. In
// float16 the exponential would overflow early.
CK_INLINE uint16_t logistic_bf16(uint16_t x) {
  uint16_t exponential = ck_narrow_bf16(ck_expf(-ck_widen_bf16(x)));
  uint16_t sum = ck_narrow_bf16(1.0f + ck_widen_bf16(exponential));
  return ck_narrow_bf16(1.0f / ck_widen_bf16(sum));
}

// An operation that vectorizes in both.
#define CK_VECTOR_BOTH(OP, NARROW, WIDE)         \
  CK_DEFINE(f32, float, OP, NARROW)              \
  CK_DEFINE(f64, double, OP, WIDE)               \
  CK_HALF_UNARY(OP)                              \
  CK_FOR_FLOAT(CK_UNARY_SAME, OP, CK_VECTORIZE)  \
  CK_LOOKUP_COMPLEX(unary, OP, CK_FOR_FLOAT)

// An operation that calls the C library in both: not on a network's hot path.
#define CK_LIBRARY(OP, LOOKUP)                \
  CK_DEFINE(f32, float, OP, OP##f(x))         \
  CK_DEFINE(f64, double, OP, OP(x))           \
  CK_HALF_UNARY(OP)                           \
  CK_FOR_FLOAT(CK_UNARY_SAME, OP, CK_CALLS)   \
  LOOKUP(unary, OP, CK_FOR_FLOAT)

CK_VECTOR_FLOAT(exp, ck_expf(x), exp(x))
CK_VECTOR_FLOAT(expm1, ck_expm1f(x), expm1(x))
CK_VECTOR_FLOAT(log, ck_logf(x), log(x))
CK_VECTOR_FLOAT(log1p, ck_log1pf(x), log1p(x))
CK_VECTOR_FLOAT(tanh, ck_tanhf(x), tanh(x))
CK_DEFINE(f32, float, logistic, ck_logisticf(x))
CK_DEFINE(f64, double, logistic, 1 / (1 + exp(-x)))
CK_HALF_UNARY_ONE(f16, logistic)
CK_FLOAT_KERNELS(logistic)
CK_VECTOR_BOTH(sqrt, ck_sqrtf(x), ck_sqrtd(x))
CK_VECTOR_BOTH(rsqrt, 1 / ck_sqrtf(x), 1 / ck_sqrtd(x))

CK_LIBRARY(exp2, CK_LOOKUP_COMPLEX)
CK_LIBRARY(cbrt, CK_LOOKUP)
CK_LIBRARY(tan, CK_LOOKUP_COMPLEX)
CK_LIBRARY(asin, CK_LOOKUP_COMPLEX)
CK_LIBRARY(acos, CK_LOOKUP_COMPLEX)
CK_LIBRARY(atan, CK_LOOKUP_COMPLEX)
CK_LIBRARY(sinh, CK_LOOKUP_COMPLEX)
CK_LIBRARY(cosh, CK_LOOKUP_COMPLEX)
CK_LIBRARY(asinh, CK_LOOKUP_COMPLEX)
CK_LIBRARY(acosh, CK_LOOKUP_COMPLEX)
CK_LIBRARY(atanh, CK_LOOKUP_COMPLEX)

CK_DEFINE(f32, float, gelu_tanh, ck_geluf(x))
CK_UNARY(gelu_tanh, CK_FOR_F32, CK_VECTORIZE)
CK_DEFINE(f32, float, silu, ck_siluf(x))
CK_UNARY(silu, CK_FOR_F32, CK_VECTORIZE)
CK_INLINE float exp_sub_f32(float a, float b) { return ck_expf(a - b); }
CK_BINARY(exp_sub, CK_FOR_F32, CK_VECTORIZE)

// The C library for an argument that is too large for the reduction by pi/2.
#define CK_SINE_FAR(x) (__builtin_elementwise_abs(x) > CK_SINE_LIMIT)

// sin and cos compute whole vectors first, then once more the elements with large arguments. The
// operand always goes through a tile, because the result may lie over it.
#define CK_SINE(OP, QUARTER, S, LOAD, STORE)                                                \
  CK_CLONES static void OP##_##S##_kernel(const void *x, ptrdiff_t sx, void *y, size_t n) { \
    ck_t_##S xs[ck_tile], ys[ck_tile], *r = y;                                              \
    for (size_t done = 0; done < n; done += ck_tile) {                                      \
      size_t m = n - done < ck_tile ? n - done : ck_tile;                                   \
      const ck_t_##S *a = (const ck_t_##S *)x + (ptrdiff_t)done * sx;                       \
      ck_pack(a, sx, sizeof *a, xs, m);                                                     \
      uint32_t far = 0;                                                                     \
      CK_VECTORIZE(ck_lanes_##S)                                                            \
      for (size_t i = 0; i < m; i++) {                                                      \
        float value = LOAD(xs[i]);                                                          \
        far |= CK_SINE_FAR(value);                                                          \
        ys[i] = STORE(ck_sinf(value, QUARTER));                                             \
      }                                                                                     \
      for (size_t i = 0; far && i < m; i++) {                                               \
        float value = LOAD(xs[i]);                                                          \
        if (CK_SINE_FAR(value)) ys[i] = STORE(OP##f(value));                                \
      }                                                                                     \
      memcpy(r + done, ys, m * sizeof *r);                                                  \
    }                                                                                       \
  }
CK_SINE(sin, 0, f16, ck_widen_f16, ck_narrow_f16)
CK_SINE(sin, 0, bf16, ck_widen_bf16, ck_narrow_bf16)
CK_SINE(sin, 0, f32, , )
CK_DEFINE(f64, double, sin, sin(x))
CK_UNARY_SAME(f64, sin, CK_CALLS)
CK_LOOKUP_COMPLEX(unary, sin, CK_FOR_FLOAT)
CK_SINE(cos, 1, f16, ck_widen_f16, ck_narrow_f16)
CK_SINE(cos, 1, bf16, ck_widen_bf16, ck_narrow_bf16)
CK_SINE(cos, 1, f32, , )
CK_DEFINE(f64, double, cos, cos(x))
CK_UNARY_SAME(f64, cos, CK_CALLS)
CK_LOOKUP_COMPLEX(unary, cos, CK_FOR_FLOAT)
