// Elementary functions of complex numbers, in double precision by the C library.
#include <complex.h>
#include <math.h>

#include "complex.h"

// A macro of <complex.h> that names a function of the loops below.
#undef I

#if !defined(CMPLX)
#define CMPLX(re, im) __builtin_complex((double)(re), (double)(im))
#endif

static double complex reciprocal(double complex z) { return 1 / z; }

/// 2^(x + iy), with the angle y ln 2 in two doubles.
static double complex exp2_value(double complex z) {
  double y = cimag(z), scale = exp2(creal(z));
  double angle = y * 0x1.62e42fefa39efp-1;
  double rest = fma(y, 0x1.62e42fefa39efp-1, -angle) + y * 0x1.abc9e3b39803fp-56;
  double s = sin(angle), c = cos(angle);
  return CMPLX(scale * (c - rest * s), y == 0 ? y : scale * (s + rest * c));
}

/// exp(x + iy) - 1 = (expm1(x) cos y - 2 sin^2(y/2)) + i exp(x) sin y.
static double complex expm1_value(double complex z) {
  double x = creal(z), y = cimag(z), half = sin(y / 2);
  return CMPLX(expm1(x) * cos(y) - 2 * half * half, y == 0 ? y : exp(x) * sin(y));
}

/// log|1 + z| = log1p(x (2 + x) + y^2) / 2, whose argument keeps its digits near |1 + z| = 1.
static double complex log1p_value(double complex z) {
  double x = creal(z), y = cimag(z);
  double angle = atan2(y, 1 + x);
  if (fabs(x) > 1e8 || fabs(y) > 1e8) return CMPLX(log(hypot(1 + x, y)), angle);
  // The product and the square, each as a rounded value and what rounding lost.
  double sum = x + 2, lost_sum = (x - sum) + 2;
  double product = x * sum, lost_product = fma(x, sum, -product) + x * lost_sum;
  double square = y * y, lost_square = fma(y, y, -square);
  double total = product + square, part = total - product;
  double lost = (product - (total - part)) + (square - part);
  return CMPLX(0.5 * log1p(total + (lost + lost_product + lost_square)), angle);
}

/// Zero to a positive power is zero, to the power of zero one, and to a power off the real axis NaN.
static double complex pow_value(double complex z, double complex w) {
  if (z != 0) return cpow(z, w);
  if (cimag(w) != 0) return CMPLX(NAN, NAN);
  return w == 0 ? 1 : creal(w) > 0 ? 0 : cpow(z, w);
}

#define CK_FUNCTION(S, R, OP, VALUE)                          \
  static void OP##_##S(const R *a, R *r) {                    \
    double complex w = VALUE(CMPLX(a[0], a[1]));              \
    r[0] = (R)creal(w);                                       \
    r[1] = (R)cimag(w);                                       \
  }
#define CK_FUNCTIONS(OP, VALUE)         \
  CK_FUNCTION(c64, float, OP, VALUE)    \
  CK_FUNCTION(c128, double, OP, VALUE)  \
  CK_COMPLEX_UNARY(OP, 2, CK_CALLS)     \
  CK_COMPLEX_LOOKUP(unary, OP)

#define CK_RSQRT(z) reciprocal(csqrt(z))
#define CK_LOGISTIC(z) reciprocal(1 + cexp(-(z)))
CK_FUNCTIONS(exp, cexp)
CK_FUNCTIONS(exp2, exp2_value)
CK_FUNCTIONS(expm1, expm1_value)
CK_FUNCTIONS(log, clog)
CK_FUNCTIONS(log1p, log1p_value)
CK_FUNCTIONS(sqrt, csqrt)
CK_FUNCTIONS(rsqrt, CK_RSQRT)
CK_FUNCTIONS(sin, csin)
CK_FUNCTIONS(cos, ccos)
CK_FUNCTIONS(tan, ctan)
CK_FUNCTIONS(asin, casin)
CK_FUNCTIONS(acos, cacos)
CK_FUNCTIONS(atan, catan)
CK_FUNCTIONS(sinh, csinh)
CK_FUNCTIONS(cosh, ccosh)
CK_FUNCTIONS(tanh, ctanh)
CK_FUNCTIONS(asinh, casinh)
CK_FUNCTIONS(acosh, cacosh)
CK_FUNCTIONS(atanh, catanh)
CK_FUNCTIONS(logistic, CK_LOGISTIC)

#define CK_POWER(S, R)                                                           \
  static void pow_##S(const R *a, const R *b, R *r) {                            \
    double complex w = pow_value(CMPLX(a[0], a[1]), CMPLX(b[0], b[1]));          \
    r[0] = (R)creal(w);                                                          \
    r[1] = (R)cimag(w);                                                          \
  }
CK_POWER(c64, float)
CK_POWER(c128, double)
CK_COMPLEX_BINARY(pow, CK_CALLS)
CK_COMPLEX_LOOKUP(binary, pow)
