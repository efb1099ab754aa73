// Signs, rounding, tests and bits of one operand, and integer powers.
#include "include/ck_arithmetic.h"

#include "complex.h"

#define CK_DEFINE(S, OP, ...) \
  CK_INLINE ck_t_##S OP##_##S(ck_t_##S x) { return (ck_t_##S)(__VA_ARGS__); }
#define CK_DEFINE_WRAPPED(S, OP, WRAP) \
  CK_INLINE ck_t_##S OP##_##S(ck_t_##S x) { return (ck_t_##S)WRAP((ck_w_##S)x); }

CK_FOR_INT(CK_DEFINE_WRAPPED, neg, 0 -)
CK_FOR_WIDE(CK_DEFINE, neg, -x)
CK_FOR_HALF(CK_DEFINE, neg, x ^ 0x8000)
CK_FOR_NUMBER(CK_UNARY_SAME, neg, CK_VECTORIZE)
CK_LOOKUP_COMPLEX(unary, neg, CK_FOR_NUMBER)

#define CK_DEFINE_ABS(S, _) \
  CK_INLINE ck_t_##S abs_##S(ck_t_##S x) { return x < 0 ? (ck_t_##S)(0 - (ck_w_##S)x) : x; }
CK_FOR_SIGNED(CK_DEFINE_ABS, )
CK_FOR_WIDE(CK_DEFINE, abs, __builtin_elementwise_abs(x))
CK_FOR_HALF(CK_DEFINE, abs, x & 0x7FFF)
CK_FOR_SIGNED_NUMBER(CK_UNARY_SAME, abs, CK_VECTORIZE)
CK_LOOKUP_COMPLEX(unary, abs, CK_FOR_SIGNED_NUMBER)

// Zeros keep their sign, and NaN stays.
CK_FOR_UNSIGNED(CK_DEFINE, sign, x != 0)
CK_FOR_SIGNED(CK_DEFINE, sign, (x > 0) - (x < 0))
CK_FOR_WIDE(CK_DEFINE, sign, x > 0 ? 1 : x < 0 ? -1 : x)
CK_HALF_UNARY(sign)
CK_FOR_NUMBER(CK_UNARY_SAME, sign, CK_VECTORIZE)
CK_LOOKUP_COMPLEX(unary, sign, CK_FOR_NUMBER)

#define CK_ROUNDING(OP, BUILTIN)          \
  CK_FOR_WIDE(CK_DEFINE, OP, BUILTIN(x))  \
  CK_HALF_UNARY(OP)                       \
  CK_UNARY(OP, CK_FOR_FLOAT, CK_VECTORIZE)
CK_ROUNDING(floor, __builtin_elementwise_floor)
CK_ROUNDING(ceil, __builtin_elementwise_ceil)
CK_ROUNDING(round, __builtin_elementwise_round)
CK_ROUNDING(round_even, __builtin_elementwise_roundeven)

#define CK_DEFINE_IS_FINITE(S, BITS, INFINITY)                                  \
  CK_INLINE uint8_t is_finite_##S(ck_t_##S x) {                                 \
    return (BITS & INFINITY) != INFINITY;                                       \
  }
CK_DEFINE_IS_FINITE(f16, x, 0x7C00)
CK_DEFINE_IS_FINITE(bf16, x, 0x7F80)
CK_DEFINE_IS_FINITE(f32, ck_bits_f32(x), 0x7F800000)
CK_DEFINE_IS_FINITE(f64, ck_bits_f64(x), 0x7FF0000000000000)
CK_TEST(is_finite, CK_FOR_FLOAT)

CK_FOR_BOOL(CK_DEFINE, not, x == 0)
CK_FOR_INT(CK_DEFINE, not, ~x)
CK_UNARY(not, CK_FOR_BITS, CK_VECTORIZE)

#define CK_DEFINE_BIT_COUNTS(S, U)                                                        \
  CK_INLINE ck_t_##S population_count_##S(ck_t_##S x) {                                   \
    return (ck_t_##S)__builtin_elementwise_popcount((U)x);                                \
  }                                                                                       \
  CK_INLINE ck_t_##S clz_##S(ck_t_##S x) {                                                \
    return (ck_t_##S)(x == 0 ? 8 * (int)sizeof x                                          \
                             : __builtin_clzll((uint64_t)(U)x) - (64 - 8 * (int)sizeof x)); \
  }
CK_DEFINE_BIT_COUNTS(u8, uint8_t)
CK_DEFINE_BIT_COUNTS(i8, uint8_t)
CK_DEFINE_BIT_COUNTS(u16, uint16_t)
CK_DEFINE_BIT_COUNTS(i16, uint16_t)
CK_DEFINE_BIT_COUNTS(u32, uint32_t)
CK_DEFINE_BIT_COUNTS(i32, uint32_t)
CK_DEFINE_BIT_COUNTS(u64, uint64_t)
CK_DEFINE_BIT_COUNTS(i64, uint64_t)
CK_UNARY(population_count, CK_FOR_INT, CK_VECTORIZE)
CK_UNARY(clz, CK_FOR_INT, CK_VECTORIZE)

// Powers go over a tile at a time, so that the loop over the exponent's bits is outside the loop
// over elements, which then is one multiplication. W is the type of the products; ROUND rounds them,
// in bfloat16 as JAX does, while in float16 they would overflow.
#define CK_INTEGER_POW(S, W, LOAD, STORE, ROUND, INVERSE)                                          \
  CK_CLONES static void integer_pow_##S##_kernel(const void *x, ptrdiff_t sx, void *y,         \
                                                 size_t n, int exponent) {                     \
    ck_t_##S xs[ck_tile], *r = y;                                                              \
    W base[ck_tile], power[ck_tile];                                                           \
    unsigned magnitude = exponent < 0 ? 0u - (unsigned)exponent : (unsigned)exponent;          \
    for (size_t done = 0; done < n; done += ck_tile) {                                         \
      size_t m = n - done < ck_tile ? n - done : ck_tile;                                      \
      const ck_t_##S *a = ck_operand(x, sx, sizeof(ck_t_##S), xs, m, done);                    \
      CK_VECTORIZE(ck_lanes_##S)                                                               \
      for (size_t i = 0; i < m; i++) {                                                         \
        base[i] = (W)LOAD(a[i]);                                                               \
        power[i] = 1;                                                                          \
      }                                                                                        \
      for (unsigned bits = magnitude; bits != 0; bits >>= 1) {                                 \
        if (bits & 1) {                                                                        \
          CK_VECTORIZE(ck_lanes_##S)                                                           \
          for (size_t i = 0; i < m; i++) power[i] = ROUND(power[i] * base[i]);                 \
        }                                                                                      \
        if (bits == 1) break;                                                                  \
        CK_VECTORIZE(ck_lanes_##S)                                                             \
        for (size_t i = 0; i < m; i++) base[i] = ROUND(base[i] * base[i]);                     \
      }                                                                                        \
      if (exponent < 0) {                                                                      \
        CK_VECTORIZE(ck_lanes_##S)                                                             \
        for (size_t i = 0; i < m; i++) power[i] = INVERSE(power[i]);                           \
      }                                                                                        \
      for (size_t i = 0; i < m; i++) r[done + i] = (ck_t_##S)STORE(power[i]);                  \
    }                                                                                          \
  }
#define CK_INTEGER_POW_WRAPPING(S, _) CK_INTEGER_POW(S, ck_w_##S, , , , )
#define CK_ROUND_BF16(x) ck_widen_bf16(ck_narrow_bf16(x))
CK_FOR_INT(CK_INTEGER_POW_WRAPPING, )
CK_INTEGER_POW(f16, float, ck_widen_f16, ck_narrow_f16, , 1 /)
CK_INTEGER_POW(bf16, float, ck_widen_bf16, ck_narrow_bf16, CK_ROUND_BF16, 1 /)
CK_INTEGER_POW(f32, float, , , , 1 /)
CK_INTEGER_POW(f64, double, , , , 1 /)
CK_LOOKUP_COMPLEX(integer_pow, integer_pow, CK_FOR_NUMBER)
