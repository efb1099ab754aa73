// Binary arithmetic and bitwise operations.
#include "include/ck_arithmetic.h"

#include <math.h>

#include "complex.h"

#define CK_DEFINE(S, OP, ...) \
  CK_INLINE ck_t_##S OP##_##S(ck_t_##S a, ck_t_##S b) { return (ck_t_##S)(__VA_ARGS__); }

#define CK_DEFINE_WRAPPING(S, OP, SIGN)                      \
  CK_INLINE ck_t_##S OP##_##S(ck_t_##S a, ck_t_##S b) {      \
    return (ck_t_##S)((ck_w_##S)a SIGN (ck_w_##S)b);         \
  }
#define CK_ARITHMETIC(OP, SIGN)                    \
  CK_FOR_INT(CK_DEFINE_WRAPPING, OP, SIGN)         \
  CK_FOR_WIDE(CK_DEFINE_WRAPPING, OP, SIGN)        \
  CK_HALF_BINARY(OP)                               \
  CK_FOR_NUMBER(CK_BINARY_SAME, OP, CK_VECTORIZE)  \
  CK_LOOKUP_COMPLEX(binary, OP, CK_FOR_NUMBER)

CK_ARITHMETIC(add, +)
CK_ARITHMETIC(sub, -)
CK_ARITHMETIC(mul, *)

// Division of integers as XLA defines it: nothing traps. There are no vector instructions for it.
CK_FOR_UNSIGNED(CK_DEFINE, div, b == 0 ? ~(ck_t_u64)0 : a / b)
CK_FOR_UNSIGNED(CK_DEFINE, rem, b == 0 ? a : a % b)

#define CK_DEFINE_SIGNED_DIVISION(S, _)                      \
  CK_INLINE ck_t_##S div_##S(ck_t_##S a, ck_t_##S b) {       \
    if (b == 0) return -1;                                   \
    if (b == -1) return (ck_t_##S)(0 - (ck_w_##S)a);         \
    return (ck_t_##S)(a / b);                                \
  }                                                          \
  CK_INLINE ck_t_##S rem_##S(ck_t_##S a, ck_t_##S b) {       \
    return b == 0 ? a : b == -1 ? 0 : (ck_t_##S)(a % b);     \
  }
CK_FOR_SIGNED(CK_DEFINE_SIGNED_DIVISION, )

CK_FOR_WIDE(CK_DEFINE, div, a / b)
CK_HALF_BINARY(div)
CK_INLINE float rem_f32(float a, float b) { return fmodf(a, b); }
CK_INLINE double rem_f64(double a, double b) { return fmod(a, b); }
CK_HALF_BINARY(rem)

CK_FOR_INT(CK_BINARY_SAME, div, CK_CALLS)
CK_FOR_FLOAT(CK_BINARY_SAME, div, CK_VECTORIZE)
CK_LOOKUP_COMPLEX(binary, div, CK_FOR_NUMBER)
CK_BINARY(rem, CK_FOR_NUMBER, CK_CALLS)

// IEEE 754's maximum and minimum: NaN where either is, +0 above -0.
CK_FOR_BITS(CK_DEFINE, max, a > b ? a : b)
CK_FOR_WIDE(CK_DEFINE, max, __builtin_elementwise_maximum(a, b))
CK_HALF_BINARY(max)
CK_BINARY(max, CK_FOR_ALL, CK_VECTORIZE)
CK_FOR_BITS(CK_DEFINE, min, a < b ? a : b)
CK_FOR_WIDE(CK_DEFINE, min, __builtin_elementwise_minimum(a, b))
CK_HALF_BINARY(min)
CK_BINARY(min, CK_FOR_ALL, CK_VECTORIZE)

CK_INLINE float pow_f32(float a, float b) { return powf(a, b); }
CK_INLINE double pow_f64(double a, double b) { return pow(a, b); }
CK_HALF_BINARY(pow)
CK_FOR_FLOAT(CK_BINARY_SAME, pow, CK_CALLS)
CK_LOOKUP_COMPLEX(binary, pow, CK_FOR_FLOAT)
CK_INLINE float atan2_f32(float a, float b) { return atan2f(a, b); }
CK_INLINE double atan2_f64(double a, double b) { return atan2(a, b); }
CK_HALF_BINARY(atan2)
CK_BINARY(atan2, CK_FOR_FLOAT, CK_CALLS)

// The neighbour in the element's own format: a step of its bits away from or towards zero.
#define CK_DEFINE_NEXTAFTER(S, C, BITS, WIDEN, OUT, IN, SIGN)                     \
  CK_INLINE ck_t_##S nextafter_##S(ck_t_##S a, ck_t_##S b) {                      \
    C from = WIDEN(a), to = WIDEN(b);                                             \
    BITS bits = OUT(a), sign = (BITS)((BITS)1 << (SIGN));                         \
    BITS least = (BITS)((OUT(b) & sign) | 1);                                     \
    BITS step = (BITS)((from < to) == (from > 0) ? bits + 1 : bits - 1);          \
    BITS moved = from == 0 ? least : step;                                        \
    BITS nan = from != from ? OUT(a) : OUT(b);                                    \
    BITS same = OUT(b);                                                           \
    return IN(from != from || to != to ? nan : from == to ? same : moved);        \
  }
CK_DEFINE_NEXTAFTER(f16, float, uint16_t, ck_widen_f16, , , 15)
CK_DEFINE_NEXTAFTER(bf16, float, uint16_t, ck_widen_bf16, , , 15)
CK_DEFINE_NEXTAFTER(f32, float, uint32_t, , ck_bits_f32, ck_f32_bits, 31)
CK_DEFINE_NEXTAFTER(f64, double, uint64_t, , ck_bits_f64, ck_f64_bits, 63)
CK_BINARY(nextafter, CK_FOR_FLOAT, CK_VECTORIZE)

CK_FOR_BITS(CK_DEFINE, and, a & b)
CK_BINARY(and, CK_FOR_BITS, CK_VECTORIZE)
CK_FOR_BITS(CK_DEFINE, or, a | b)
CK_BINARY(or, CK_FOR_BITS, CK_VECTORIZE)
CK_FOR_BITS(CK_DEFINE, xor, a ^ b)
CK_BINARY(xor, CK_FOR_BITS, CK_VECTORIZE)

// The amount counts as unsigned, so a negative one is large. U is the element's unsigned type, A
// the signed one.
#define CK_DEFINE_SHIFTS(S, U, A, WIDTH)                                                        \
  CK_INLINE ck_t_##S shift_left_##S(ck_t_##S a, ck_t_##S b) {                                   \
    return (U)b < WIDTH ? (ck_t_##S)((ck_w_##S)(U)a << ((U)b & (WIDTH - 1))) : 0;               \
  }                                                                                             \
  CK_INLINE ck_t_##S shift_right_logical_##S(ck_t_##S a, ck_t_##S b) {                          \
    return (U)b < WIDTH ? (ck_t_##S)((U)a >> ((U)b & (WIDTH - 1))) : 0;                         \
  }                                                                                             \
  CK_INLINE ck_t_##S shift_right_arithmetic_##S(ck_t_##S a, ck_t_##S b) {                       \
    return (ck_t_##S)((A)a >> ((U)b < WIDTH ? (U)b : WIDTH - 1));                               \
  }
CK_DEFINE_SHIFTS(u8, uint8_t, int8_t, 8)
CK_DEFINE_SHIFTS(i8, uint8_t, int8_t, 8)
CK_DEFINE_SHIFTS(u16, uint16_t, int16_t, 16)
CK_DEFINE_SHIFTS(i16, uint16_t, int16_t, 16)
CK_DEFINE_SHIFTS(u32, uint32_t, int32_t, 32)
CK_DEFINE_SHIFTS(i32, uint32_t, int32_t, 32)
CK_DEFINE_SHIFTS(u64, uint64_t, int64_t, 64)
CK_DEFINE_SHIFTS(i64, uint64_t, int64_t, 64)
CK_BINARY(shift_left, CK_FOR_INT, CK_VECTORIZE)
CK_BINARY(shift_right_logical, CK_FOR_INT, CK_VECTORIZE)
CK_BINARY(shift_right_arithmetic, CK_FOR_INT, CK_VECTORIZE)
