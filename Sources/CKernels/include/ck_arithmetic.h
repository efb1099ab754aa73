// Arithmetic, comparison, selection and bits. Which dtypes an operation takes follows jax.lax.
#ifndef CK_ARITHMETIC_H
#define CK_ARITHMETIC_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

// Numbers. Integers wrap. x / 0 is all ones, x % 0 is x, the lowest integer / -1 is itself.
ck_binary_fn _Nullable ck_add(ck_dtype t);
ck_binary_fn _Nullable ck_sub(ck_dtype t);
ck_binary_fn _Nullable ck_mul(ck_dtype t);
ck_binary_fn _Nullable ck_div(ck_dtype t);
ck_binary_fn _Nullable ck_rem(ck_dtype t);  // the sign of the dividend

// Also bool. NaN where either is NaN; +0 is above -0.
ck_binary_fn _Nullable ck_max(ck_dtype t);
ck_binary_fn _Nullable ck_min(ck_dtype t);

// Floats.
ck_binary_fn _Nullable ck_pow(ck_dtype t);
ck_binary_fn _Nullable ck_atan2(ck_dtype t);
ck_binary_fn _Nullable ck_nextafter(ck_dtype t);

// Bool and integers.
ck_binary_fn _Nullable ck_and(ck_dtype t);
ck_binary_fn _Nullable ck_or(ck_dtype t);
ck_binary_fn _Nullable ck_xor(ck_dtype t);

// Integers; a shift by the width or more gives 0, or the sign for the arithmetic one.
ck_binary_fn _Nullable ck_shift_left(ck_dtype t);
ck_binary_fn _Nullable ck_shift_right_logical(ck_dtype t);
ck_binary_fn _Nullable ck_shift_right_arithmetic(ck_dtype t);

// Comparisons write uint8_t 0 or 1.
ck_binary_fn _Nullable ck_eq(ck_dtype t);
ck_binary_fn _Nullable ck_ne(ck_dtype t);
ck_binary_fn _Nullable ck_lt(ck_dtype t);
ck_binary_fn _Nullable ck_le(ck_dtype t);
ck_binary_fn _Nullable ck_gt(ck_dtype t);
ck_binary_fn _Nullable ck_ge(ck_dtype t);

ck_unary_fn _Nullable ck_neg(ck_dtype t);
ck_unary_fn _Nullable ck_abs(ck_dtype t);
ck_unary_fn _Nullable ck_sign(ck_dtype t);
ck_unary_fn _Nullable ck_floor(ck_dtype t);
ck_unary_fn _Nullable ck_ceil(ck_dtype t);
ck_unary_fn _Nullable ck_round(ck_dtype t);       // halves away from zero
ck_unary_fn _Nullable ck_round_even(ck_dtype t);  // halves to even
ck_unary_fn _Nullable ck_is_finite(ck_dtype t);   // writes uint8_t
ck_unary_fn _Nullable ck_not(ck_dtype t);
ck_unary_fn _Nullable ck_population_count(ck_dtype t);
ck_unary_fn _Nullable ck_clz(ck_dtype t);

/// y[i] = x[i * sx] to the power of `exponent`, by repeated squaring; below 0 for floats only.
typedef void (*ck_integer_pow_fn)(const void *x, ptrdiff_t sx, void *y, size_t n, int exponent);
ck_integer_pow_fn _Nullable ck_integer_pow(ck_dtype t);

/// p ? a : b, with p of uint8_t: a where true.
ck_ternary_fn _Nullable ck_select(ck_dtype t);

/// (lo, x, hi): min(max(x, lo), hi).
ck_ternary_fn _Nullable ck_clamp(ck_dtype t);

/// (a, b, c): a * b + c with one rounding.
ck_ternary_fn _Nullable ck_fma(ck_dtype t);

#pragma clang assume_nonnull end

#endif
