// Threefry-2x32 and the samplers over it, with the bits of jax.random on an x86-64 CPU.
#ifndef CK_RANDOM_H
#define CK_RANDOM_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

// How an element's index becomes a counter pair.
// Original: word i of `total` pairs with word i + ceil(words / 2); a range that holds only one of
// the two costs twice an element. To split an array over threads at full speed, use
// CK_ORIGINAL_PAIRS: begin and end then count pairs, in 0..<ck_random_pairs(width, total), and the
// call fills both elements (for widths 8 and 16 the words' elements) of every pair.
#define CK_ORIGINAL 0
#define CK_PARTITIONABLE 1
#define CK_ORIGINAL_PAIRS 2

/// The number of counter pairs of the original layout: ceil(ceil(width * total / 32) / 2).
size_t ck_random_pairs(int width, size_t total);

/// Encrypts n counter pairs in place by 20 rounds.
void ck_threefry2x32(uint32_t key0, uint32_t key1, uint32_t *x0, uint32_t *x1, size_t n);

// The samplers fill out[begin..<end] of an array of `total` elements; `out` points to element 0.

/// Uniform bits of `width` 8, 16, 32 or 64.
void ck_random_bits(uint32_t key0, uint32_t key1, int width, int layout, void *out, size_t total,
                    size_t begin, size_t end);

/// max(lo, u * (hi - lo) + lo) with a fused multiply-add and u in [0, 1).
void ck_random_uniform_f32(uint32_t key0, uint32_t key1, int layout, float *out, size_t total,
                           size_t begin, size_t end, float lo, float hi);

/// sqrt(2) erf_inv(u) * scale, u uniform in (-1, 1).
void ck_random_normal_f32(uint32_t key0, uint32_t key1, int layout, float *out, size_t total,
                          size_t begin, size_t end, float scale);

/// clip(sqrt(2) erf_inv(u), clip_lo, clip_hi) * scale, u uniform in [lo_erf, hi_erf).
///
/// For the bounds a, b of jax.random.truncated_normal: lo_erf = erf(a / sqrt(2)), hi_erf likewise,
/// clip_lo = nextafter(a, inf), clip_hi = nextafter(b, -inf).
void ck_random_truncated_normal_f32(uint32_t key0, uint32_t key1, int layout, float *out,
                                    size_t total, size_t begin, size_t end, float lo_erf,
                                    float hi_erf, float clip_lo, float clip_hi, float scale);

/// 1 where a uniform float32 in [0, 1) is below p, else 0.
void ck_random_bernoulli_f32(uint32_t key0, uint32_t key1, int layout, uint8_t *out, size_t total,
                             size_t begin, size_t end, float p);

#pragma clang assume_nonnull end

#endif
