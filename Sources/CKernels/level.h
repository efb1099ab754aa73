// How a kernel is compiled: once for each level of x86-64, with the same bits from each.
#ifndef CK_LEVEL_H
#define CK_LEVEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A product and a sum are fused only where `ck_fmaf` or `ck_fmad` is written: contraction by the
// compiler would depend on the level. The pragma holds to the end of the including file.
#pragma STDC FP_CONTRACT OFF

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// The resolver of a clone runs before the thread sanitizer is up, and crashes in it.
#define CK_PLAIN 1
#endif
#endif

// glibc only: musl has no indirect functions, which clones are.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && !defined(CK_PLAIN)
#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif

// Every helper of a kernel is inlined, so that it is compiled for the kernel's level. The vector
// width makes 512-bit registers legal in the clone it lands in: clang prefers 256 bits for
// x86-64-v4, half the speed on cores with two wide units, and takes no such attribute on a clone.
#if defined(__x86_64__)
#define CK_INLINE static inline __attribute__((always_inline, unused, min_vector_width(512)))
#else
#define CK_INLINE static inline __attribute__((always_inline, unused))
#endif

// One vector register of `lanes` elements an iteration. A kernel may write over its own operand,
// element by element, which the vectorizer would otherwise guard against at run time.
#define CK_PRAGMA(text) _Pragma(#text)
#define CK_VECTORIZE(lanes) \
  CK_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(lanes) interleave_count(1))

// Elementwise builtins, unlike sqrtf and fmaf, never set errno, so loops of them vectorize.
CK_INLINE float ck_fmaf(float a, float b, float c) { return __builtin_elementwise_fma(a, b, c); }
CK_INLINE double ck_fmad(double a, double b, double c) {
  return __builtin_elementwise_fma(a, b, c);
}
CK_INLINE float ck_sqrtf(float x) { return __builtin_elementwise_sqrt(x); }
CK_INLINE double ck_sqrtd(double x) { return __builtin_elementwise_sqrt(x); }

CK_INLINE uint32_t ck_bits_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

CK_INLINE float ck_f32_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

CK_INLINE uint64_t ck_bits_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

CK_INLINE double ck_f64_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

#endif
