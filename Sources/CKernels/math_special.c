// Special functions: the error function and its relatives, and the gamma function's.
#define _GNU_SOURCE  // lgamma_r

#include "include/ck_math.h"

#include <math.h>

#include "elementwise.h"
#include "float32.h"

#define CK_FLOATS(OP, NARROW, HINT32, WIDE)                        \
  CK_INLINE float OP##_f32(float x) { return NARROW; }             \
  CK_INLINE double OP##_f64(double x) { return WIDE; }             \
  CK_HALF_UNARY(OP)                                                \
  CK_UNARY_SAME(f16, OP, HINT32)                                   \
  CK_UNARY_SAME(bf16, OP, HINT32)                                  \
  CK_UNARY_SAME(f32, OP, HINT32)                                   \
  CK_UNARY_SAME(f64, OP, CK_CALLS)                                 \
  CK_LOOKUP(unary, OP, CK_FOR_FLOAT)

static double horner(const double *coefficients, int count, double x) {
  double y = coefficients[0];
  for (int i = 1; i < count; i++) y = y * x + coefficients[i];
  return y;
}

// Giles, "Approximating the erfinv function" (2011), the double precision version, which XLA uses.
static double erf_inv64(double x) {
  static const double central[] = {
      -3.6444120640178196996e-21, -1.685059138182016589e-19,  1.2858480715256400167e-18,
      1.115787767802518096e-17,   -1.333171662854620906e-16,  2.0972767875968561637e-17,
      6.6376381343583238325e-15,  -4.0545662729752068639e-14, -8.1519341976054721522e-14,
      2.6335093153082322977e-12,  -1.2975133253453532498e-11, -5.4154120542946279317e-11,
      1.051212273321532285e-09,   -4.1126339803469836976e-09, -2.9070369957882005086e-08,
      4.2347877827932403518e-07,  -1.3654692000834678645e-06, -1.3882523362786468719e-05,
      0.0001867342080340571352,   -0.00074070253416626697512, -0.0060336708714301490533,
      0.24015818242558961693,     1.6536545626831027356};
  static const double middle[] = {
      2.2137376921775787049e-09,  9.0756561938885390979e-08,  -2.7517406297064545428e-07,
      1.8239629214389227755e-08,  1.5027403968909827627e-06,  -4.013867526981545969e-06,
      2.9234449089955446044e-06,  1.2475304481671778723e-05,  -4.7318229009055733981e-05,
      6.8284851459573175448e-05,  2.4031110387097893999e-05,  -0.0003550375203628474796,
      0.00095328937973738049703,  -0.0016882755560235047313,  0.0024914420961078508066,
      -0.0037512085075692412107,  0.005370914553590063617,    1.0052589676941592334,
      3.0838856104922207635};
  static const double tail[] = {
      -2.7109920616438573243e-11, -2.5556418169965252055e-10, 1.5076572693500548083e-09,
      -3.7894654401267369937e-09, 7.6157012080783393804e-09,  -1.4960026627149240478e-08,
      2.9147953450901080826e-08,  -6.7711997758452339498e-08, 2.2900482228026654717e-07,
      -9.9298272942317002539e-07, 4.5260625972231537039e-06,  -1.9681778105531670567e-05,
      7.5995277030017761139e-05,  -0.00021503011930044477347, -0.00013871931833623122026,
      1.0103004648645343977,      4.8499064014085844221};
  if (fabs(x) == 1) return x * INFINITY;
  double w = -log((1 - x) * (1 + x));  // log1p(-x * x) would lose digits near 1
  if (w < 6.25) return x * horner(central, 23, w - 3.125);
  if (w < 16) return x * horner(middle, 19, sqrt(w) - 3.25);
  return x * horner(tail, 17, sqrt(w) - 5);
}

// lgamma itself writes a global.
static double lgamma64(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

// Around its root, in [1, 2], the distance from the root in three parts times a polynomial (a Chebyshev
// fit, to 1e-18). Else reflection below 0, recurrence to 10, then the asymptotic series (Abramowitz
// and Stegun 6.3.18).
static double digamma64(double x) {
  static const double near_root[] = {
      -9.720300404202244e-12,  2.916093601085364e-11,  -2.9161179626023815e-11,
      8.748420037436287e-11,   -4.1555064115551965e-10, 1.2466690231864029e-09,
      -3.509235492410718e-09,  1.0528133851878114e-08, -3.1807298477301726e-08,
      9.543261570760428e-08,   -2.8621216825577647e-07, 8.589062683365892e-07,
      -2.578133701610713e-06,  7.741234441368395e-06,  -2.325823275895313e-05,
      6.99501882655044e-05,    -0.00021074841284590126, 0.0006368880303847901,
      -0.0019350666647392832,  0.005936795278301875,   -0.018550615381739702,
      0.06013562106019684,     -0.21181371064073024,   0.9510558760318328};
  static const double series[] = {1.0 / 12, -691.0 / 32760, 1.0 / 132, -1.0 / 240,
                                  1.0 / 252, -1.0 / 120, 1.0 / 12};
  if (x == INFINITY) return x;
  if (x <= 0 && x == floor(x)) return NAN;
  if (x >= 1 && x <= 2) {
    double distance = ((x - 0x1.762d863p0) - 0x1.5af8fdbp-30) - 0x1.0d4e4432f0528p-59;
    return distance * horner(near_root, 24, 2 * x - 3);
  }
  if (x < 0) return digamma64(1 - x) - M_PI / tan(M_PI * (x - rint(x)));
  double y = 0;
  for (; x < 10; x += 1) y -= 1 / x;
  double inverse = 1 / (x * x);
  return y + log(x) - 0.5 / x - inverse * horner(series, 7, inverse);
}

CK_FLOATS(erf, ck_erff(x), CK_VECTORIZE, erf(x))
CK_FLOATS(erfc, ck_erfcf(x), CK_VECTORIZE, erfc(x))
CK_FLOATS(erf_inv, ck_erf_invf(x), CK_VECTORIZE, erf_inv64(x))
CK_FLOATS(lgamma, (float)lgamma64(x), CK_CALLS, lgamma64(x))
CK_FLOATS(digamma, (float)digamma64(x), CK_CALLS, digamma64(x))
