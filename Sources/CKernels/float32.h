// Elementary functions of float32 that vectorize: scalar functions without branches. Polynomials
// are by Horner's scheme, every step fused, in the order that gives XLA's bits where it says so.
#ifndef CK_FLOAT32_H
#define CK_FLOAT32_H

#include "level.h"

/// 2^k for k in -126...127.
CK_INLINE float ck_exp2i(int32_t k) { return ck_f32_bits((uint32_t)(k + 127) << 23); }

// x = k ln 2 + r with |r| <= ln 2 / 2; returns exp(r) - 1 and k. Adding 1.5 * 2^23 rounds to an
// integer and leaves it in the low bits. ln 2 is split in two floats, the first short enough that
// k times it is exact. The polynomial is the minimax one of SLEEF's expf, (exp(r) - 1 - r) / r^2.
CK_INLINE float ck_exp_reduce(float x, int32_t *k) {
  float shifted = ck_fmaf(x, 1.44269504f, 0x1.8p23f);
  *k = (int32_t)ck_bits_f32(shifted) - 0x4B400000;
  float n = shifted - 0x1.8p23f;
  float r = ck_fmaf(n, -0.693145751953125f, x);
  r = ck_fmaf(n, -1.42860677e-6f, r);
  float p = 0.000198527617612853646f;
  p = ck_fmaf(p, r, 0.00139304355252534151f);
  p = ck_fmaf(p, r, 0.00833336077630519867f);
  p = ck_fmaf(p, r, 0.0416664853692054749f);
  p = ck_fmaf(p, r, 0.166666671633720398f);
  p = ck_fmaf(p, r, 0.5f);
  return ck_fmaf(r * r, p, r);
}

// 2^t = 2^n p, with n = t rounded and p = 2^r, r = t - n, by a minimax polynomial (2e-9 off).
CK_INLINE float ck_exp2_fraction(float r) {
  float p = 0x1.41fbbcp-13f;
  p = ck_fmaf(p, r, 0x1.5f3e54p-10f);
  p = ck_fmaf(p, r, 0x1.3b2d4cp-7f);
  p = ck_fmaf(p, r, 0x1.c6aee8p-5f);
  p = ck_fmaf(p, r, 0x1.ebfbdcp-3f);
  p = ck_fmaf(p, r, 0x1.62e430p-1f);
  return ck_fmaf(p, r, 1.0f);
}

/// exp(x) = 2^n p with t = x / ln 2, whose factor comes in two floats.
CK_INLINE float ck_exp_fraction(float x, uint32_t *bits) {
  float shifted = ck_fmaf(x, 1.44269504f, 0x1.8p23f);
  *bits = ck_bits_f32(shifted);
  float n = shifted - 0x1.8p23f;
  float r = ck_fmaf(x, 1.44269502f, -n);
  return ck_exp2_fraction(ck_fmaf(x, 1.92596299e-8f, r));
}

/// p 2^n where that is a normal number: n in the low bits of `bits` goes to the exponent.
CK_INLINE float ck_scaled(float p, uint32_t bits) {
  return ck_f32_bits(ck_bits_f32(p) + (bits << 23));
}

/// exp, with 0 below -104 and infinity above 88.73. The scale comes in two factors, so that
/// subnormal results and those next to infinity are right.
CK_INLINE float ck_expf(float x) {
  float below = 89.0f < x ? 89.0f : x;  // both in the order that keeps NaN in one instruction
  float clamped = -104.0f > below ? -104.0f : below;
  uint32_t bits;
  float p = ck_exp_fraction(clamped, &bits);
  uint32_t half = (bits << 22) & 0xFF800000;
  float scale = ck_f32_bits((bits << 23) - half + (127u << 23));
  return ck_f32_bits(ck_bits_f32(p) + half) * scale;
}

/// exp(x) - 1 = 2 (2^(k-1) p + (2^(k-1) - 1/2)), with p = exp(r) - 1.
CK_INLINE float ck_expm1f(float x) {
  float clamped = x > 89.0f ? 89.0f : x < -40.0f ? -40.0f : x;
  int32_t k;
  float p = ck_exp_reduce(clamped, &k);
  float half = ck_exp2i(k - 1);
  float y = 2.0f * ck_fmaf(half, p, half - 0.5f);
  return x == 0 ? x : y;  // keeps -0
}

/// With m = exp(2|x|) - 1: tanh |x| = m / (m + 2).
CK_INLINE float ck_tanhf(float x) {
  float magnitude = __builtin_elementwise_abs(x);
  float doubled = magnitude > 10.0f ? 20.0f : 2.0f * magnitude;
  float m = ck_expm1f(doubled);
  return __builtin_elementwise_copysign(m / (m + 2.0f), x);
}

CK_INLINE float ck_logisticf(float x) { return 1.0f / (1.0f + ck_expf(-x)); }

/// x logistic(x): the sum is infinite above 88.72, and any number where x is NaN.
CK_INLINE float ck_siluf(float x) {
  float clamped = -x > -87.0f ? -x : -87.0f;
  uint32_t bits;
  float p = ck_exp_fraction(clamped, &bits);
  return x / (x < -88.72f ? __builtin_inff() : 1.0f + ck_scaled(p, bits));
}

/// x/2 (1 + tanh u) = x / (1 + 2^t), t = -2u / ln 2, u = sqrt(2/pi) (x + 0.044715 x^3): no
/// cancellation below 0.
CK_INLINE float ck_geluf(float x) {
  float t = x * ck_fmaf(x * x, -0.102943240f, -2.30220819f);
  float clamped = t > -126.0f ? t : -126.0f;
  float shifted = clamped + 0x1.8p23f;
  float p = ck_exp2_fraction(clamped - (shifted - 0x1.8p23f));
  float e = ck_scaled(p, ck_bits_f32(shifted));
  return x / (t > 127.99f ? __builtin_inff() : 1.0f + e);
}

/// XLA's log on a CPU, bit for bit: Cephes' logf in three chains.
CK_INLINE float ck_logf(float x) {
  uint32_t bits = ck_bits_f32(x < 0x1p-126f ? 0x1p-126f : x);
  float e = (float)((int32_t)(bits >> 23) - 126);
  float m = ck_f32_bits((bits & 0x007FFFFF) | 0x3F000000);  // in [1/2, 1)
  int small = m < 0.707106781186547524f;
  e = small ? e - 1.0f : e;
  float z = (m - 1.0f) + (small ? m : 0.0f);
  float z2 = z * z;
  float z3 = z2 * z;
  float a = ck_fmaf(ck_fmaf(7.0376836292e-2f, z, -1.1514610310e-1f), z, 1.1676998740e-1f);
  float b = ck_fmaf(ck_fmaf(-1.2420140846e-1f, z, 1.4249322787e-1f), z, -1.6668057665e-1f);
  float c = ck_fmaf(ck_fmaf(2.0000714765e-1f, z, -2.4999993993e-1f), z, 3.3333331174e-1f);
  float y = ck_fmaf(ck_fmaf(a, z3, b), z3, c);
  y = ck_fmaf(y, z3, -2.12194440e-4f * e);
  z = (z - 0.5f * z2) + y;
  float r = ck_fmaf(0.693359375f, e, z);
  r = x == 0 ? -__builtin_inff() : r;
  r = x == __builtin_inff() ? x : r;
  return x >= 0 ? r : __builtin_nanf("");
}

/// XLA's log1p, bit for bit: Cephes' rational function near 0, else log(1 + x).
CK_INLINE float ck_log1pf(float x) {
  float x2 = x * x;
  float p = 4.5270000862445199635215e-5f;
  p = ck_fmaf(p, x, 4.9854102823193375972212e-1f);
  p = ck_fmaf(p, x, 6.5787325942061044846969f);
  p = ck_fmaf(p, x, 29.911919328553073277375f);
  p = ck_fmaf(p, x, 60.949667980987787057556f);
  p = ck_fmaf(p, x, 57.112963590585538103336f);
  p = ck_fmaf(p, x, 20.039553499201281259648f);
  float q = 1.0f;
  q = ck_fmaf(q, x, 15.062909083469192043167f);
  q = ck_fmaf(q, x, 83.047565967967209469434f);
  q = ck_fmaf(q, x, 221.76239823732856465394f);
  q = ck_fmaf(q, x, 309.09872225312059774938f);
  q = ck_fmaf(q, x, 216.42788614495947685003f);
  q = ck_fmaf(q, x, 60.118660497603843919306f);
  float near = x + ck_fmaf(-0.5f, x2, (x * x2) * (p / q));
  return __builtin_elementwise_abs(x) < 0.41421356237309504880f ? near : ck_logf(x + 1.0f);
}

/// XLA's erf, bit for bit: a rational function of the clamped argument.
CK_INLINE float ck_erff(float x) {
  float k = 3.832506856900711f;
  float c = x > k ? k : x < -k ? -k : x;
  float x2 = c * c;
  float p = 0.00022905065861350646f;
  p = ck_fmaf(p, x2, 0.0034082910107109506f);
  p = ck_fmaf(p, x2, 0.050955695062380861f);
  p = ck_fmaf(p, x2, 0.18520832239976145f);
  p = ck_fmaf(p, x2, 1.128379143519084f);
  float q = -1.1791602954361697e-7f;
  q = ck_fmaf(q, x2, 0.000023547966471313185f);
  q = ck_fmaf(q, x2, 0.0010179625278914885f);
  q = ck_fmaf(q, x2, 0.014070470171167667f);
  q = ck_fmaf(q, x2, 0.11098505178285362f);
  q = ck_fmaf(q, x2, 0.49746925110067538f);
  q = ck_fmaf(q, x2, 1.0f);
  return c * p / q;
}

/// 1 - erf(x) near 0, else Cephes' erfcf, as in XLA's chlo decomposition: exp(-x^2) / |x| times a
/// polynomial in 1/x^2. exp gets the rounding error of x^2 back, worth 40 ulp at |x| = 9.
CK_INLINE float ck_erfcf(float x) {
  float magnitude = __builtin_elementwise_abs(x);
  float square = x * x;
  float lost = ck_fmaf(x, x, -square);
  float e = ck_expf(-square);
  e = square < 100.0f ? ck_fmaf(e, -lost, e) : 0.0f;
  float r = 1.0f / magnitude;
  float s = r * r;
  float p = 2.326819970068386e-2f;
  p = ck_fmaf(p, s, -1.387039388740657e-1f);
  p = ck_fmaf(p, s, 3.687424674597105e-1f);
  p = ck_fmaf(p, s, -5.824733027278666e-1f);
  p = ck_fmaf(p, s, 6.210004621745983e-1f);
  p = ck_fmaf(p, s, -4.944515323274145e-1f);
  p = ck_fmaf(p, s, 3.404879937665872e-1f);
  p = ck_fmaf(p, s, -2.741127028184656e-1f);
  p = ck_fmaf(p, s, 5.638259427386472e-1f);
  float q = -1.047766399936249e+1f;
  q = ck_fmaf(q, s, 1.297719955372516e+1f);
  q = ck_fmaf(q, s, -7.495518717768503e+0f);
  q = ck_fmaf(q, s, 2.921019019210786e+0f);
  q = ck_fmaf(q, s, -1.015265279202700e+0f);
  q = ck_fmaf(q, s, 4.218463358204948e-1f);
  q = ck_fmaf(q, s, -2.820767439740514e-1f);
  q = ck_fmaf(q, s, 5.641895067754075e-1f);
  float tail = e * r * (magnitude < 2.0f ? p : q);
  tail = x < 0 ? 2.0f - tail : tail;
  float y = magnitude > 1.0f ? tail : 1.0f - ck_erff(x);
  return x != x ? x : y;
}

/// XLA's erf_inv, bit for bit: Giles, "Approximating the erfinv function" (2011).
CK_INLINE float ck_erf_invf(float x) {
  float w = -ck_log1pf(-(x * x));
  int central = w < 5.0f;
  float z = central ? w - 2.5f : ck_sqrtf(w) - 3.0f;
  float p = central ? 2.81022636e-08f : -0.000200214257f;
  p = ck_fmaf(p, z, central ? 3.43273939e-07f : 0.000100950558f);
  p = ck_fmaf(p, z, central ? -3.5233877e-06f : 0.00134934322f);
  p = ck_fmaf(p, z, central ? -4.39150654e-06f : -0.00367342844f);
  p = ck_fmaf(p, z, central ? 0.00021858087f : 0.00573950773f);
  p = ck_fmaf(p, z, central ? -0.00125372503f : -0.0076224613f);
  p = ck_fmaf(p, z, central ? -0.00417768164f : 0.00943887047f);
  p = ck_fmaf(p, z, central ? 0.246640727f : 1.00167406f);
  p = ck_fmaf(p, z, central ? 1.50140941f : 2.83297682f);
  return __builtin_elementwise_abs(x) == 1.0f ? x * __builtin_inff() : p * x;
}

/// The same for |x| <= CK_ERF_INV_CENTRAL, where w < 5: no square root and no tail.
#define CK_ERF_INV_CENTRAL 0.99f
CK_INLINE float ck_erf_inv_centralf(float x) {
  float z = -ck_log1pf(-(x * x)) - 2.5f;
  float p = 2.81022636e-08f;
  p = ck_fmaf(p, z, 3.43273939e-07f);
  p = ck_fmaf(p, z, -3.5233877e-06f);
  p = ck_fmaf(p, z, -4.39150654e-06f);
  p = ck_fmaf(p, z, 0.00021858087f);
  p = ck_fmaf(p, z, -0.00125372503f);
  p = ck_fmaf(p, z, -0.00417768164f);
  p = ck_fmaf(p, z, 0.246640727f);
  p = ck_fmaf(p, z, 1.50140941f);
  return p * x;
}

// x = k pi/2 + r with |r| <= pi/4, pi/2 in three floats (Cody and Waite). The first step is exact
// for |x| up to CK_SINE_LIMIT. Then sin or cos of r by Cephes' polynomials; `quarter` turns sin
// into cos.
#define CK_SINE_LIMIT 48000.0f
CK_INLINE float ck_sinf(float x, int32_t quarter) {
  float shifted = ck_fmaf(x, 0.636619772f, 0x1.8p23f);
  int32_t k = (int32_t)ck_bits_f32(shifted) - 0x4B400000 + quarter;
  float n = shifted - 0x1.8p23f;
  float r = ck_fmaf(n, -1.57079637f, x);
  r = ck_fmaf(n, 4.37113883e-8f, r);
  r = ck_fmaf(n, 1.71512451e-15f, r);
  float r2 = r * r;
  float s = -1.9515295891e-4f;
  s = ck_fmaf(s, r2, 8.3321608736e-3f);
  s = ck_fmaf(s, r2, -1.6666654611e-1f);
  s = ck_fmaf(s * r2, r, r);
  float c = 2.443315711809948e-5f;
  c = ck_fmaf(c, r2, -1.388731625493765e-3f);
  c = ck_fmaf(c, r2, 4.166664568298827e-2f);
  c = ck_fmaf(c * r2, r2, ck_fmaf(-0.5f, r2, 1.0f));
  float y = k & 1 ? c : s;
  y = ck_f32_bits(ck_bits_f32(y) ^ (uint32_t)(k & 2) << 30);
  return x == 0 && quarter == 0 ? x : y;
}

#endif
