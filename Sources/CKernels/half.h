// float16 and bfloat16 to float32 and back, by integer operations that vectorize at every level.
//
// F16C would save a few instructions, but a clone for a level without it would call a library.
#ifndef CK_HALF_H
#define CK_HALF_H

#include "level.h"

CK_INLINE float ck_widen_bf16(uint16_t h) { return ck_f32_bits((uint32_t)h << 16); }

// To nearest even; a NaN stays one, made quiet.
CK_INLINE uint16_t ck_narrow_bf16(float x) {
  uint32_t bits = ck_bits_f32(x);
  uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  uint32_t quiet = (bits >> 16) | 0x40;
  return (uint16_t)(x != x ? quiet : rounded);
}

// A subnormal becomes the difference of two normal float32s: multiplying one by a power of two
// would trap into microcode.
CK_INLINE float ck_widen_f16(uint16_t h) {
  uint32_t magnitude = (uint32_t)(h & 0x7FFF) << 13;
  uint32_t subnormal = ck_bits_f32(ck_f32_bits(magnitude + 0x38800000) - 0x1p-14f);
  uint32_t normal = magnitude + 0x38000000;
  uint32_t bits = magnitude < 0x00800000 ? subnormal : normal;
  bits = magnitude >= 0x0F800000 ? magnitude | 0x7F800000 : bits;
  return ck_f32_bits(bits | (uint32_t)(h & 0x8000) << 16);
}

// To nearest even. Below 2^-14, adding 1/2 lets the float32 addition round at float16's subnormal
// step, 2^-24.
CK_INLINE uint16_t ck_narrow_f16(float x) {
  uint32_t bits = ck_bits_f32(x);
  uint32_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7FFFFFFF;
  uint32_t subnormal = ck_bits_f32(ck_f32_bits(magnitude) + 0.5f) - 0x3F000000;
  uint32_t normal = (magnitude - 0x38000000 + 0xFFF + ((magnitude >> 13) & 1)) >> 13;
  uint32_t finite = magnitude < 0x38800000 ? subnormal : normal;
  uint32_t nan = 0x7E00 | ((magnitude >> 13) & 0x3FF);
  uint32_t special = magnitude > 0x7F800000 ? nan : 0x7C00;
  return (uint16_t)(sign | (magnitude >= 0x477FF000 ? special : finite));
}

#endif
