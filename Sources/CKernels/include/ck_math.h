// Elementary and special functions of floats. Half precisions compute in float32, then round once.
#ifndef CK_MATH_H
#define CK_MATH_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

ck_unary_fn _Nullable ck_exp(ck_dtype t);
ck_unary_fn _Nullable ck_exp2(ck_dtype t);
ck_unary_fn _Nullable ck_expm1(ck_dtype t);
ck_unary_fn _Nullable ck_log(ck_dtype t);
ck_unary_fn _Nullable ck_log1p(ck_dtype t);
ck_unary_fn _Nullable ck_sqrt(ck_dtype t);
ck_unary_fn _Nullable ck_rsqrt(ck_dtype t);
ck_unary_fn _Nullable ck_cbrt(ck_dtype t);
ck_unary_fn _Nullable ck_sin(ck_dtype t);
ck_unary_fn _Nullable ck_cos(ck_dtype t);
ck_unary_fn _Nullable ck_tan(ck_dtype t);
ck_unary_fn _Nullable ck_asin(ck_dtype t);
ck_unary_fn _Nullable ck_acos(ck_dtype t);
ck_unary_fn _Nullable ck_atan(ck_dtype t);
ck_unary_fn _Nullable ck_sinh(ck_dtype t);
ck_unary_fn _Nullable ck_cosh(ck_dtype t);
ck_unary_fn _Nullable ck_tanh(ck_dtype t);
ck_unary_fn _Nullable ck_asinh(ck_dtype t);
ck_unary_fn _Nullable ck_acosh(ck_dtype t);
ck_unary_fn _Nullable ck_atanh(ck_dtype t);
ck_unary_fn _Nullable ck_logistic(ck_dtype t);
ck_unary_fn _Nullable ck_erf(ck_dtype t);
ck_unary_fn _Nullable ck_erfc(ck_dtype t);
ck_unary_fn _Nullable ck_erf_inv(ck_dtype t);
ck_unary_fn _Nullable ck_lgamma(ck_dtype t);
ck_unary_fn _Nullable ck_digamma(ck_dtype t);

// Compositions for fused programs, in float32 only.
ck_unary_fn _Nullable ck_gelu_tanh(ck_dtype t);  // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
ck_unary_fn _Nullable ck_silu(ck_dtype t);       // x logistic(x)
ck_binary_fn _Nullable ck_exp_sub(ck_dtype t);   // exp(a - b)

#pragma clang assume_nonnull end

#endif
