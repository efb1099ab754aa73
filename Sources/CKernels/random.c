// Threefry-2x32 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) and samplers.
//
// A tile of counter pairs is encrypted at a time, then a sampler turns its words into elements
// while they are in the first cache.
#include "include/ck_random.h"

#include "elementwise.h"
#include "float32.h"

typedef struct {
  uint32_t k0, k1;
} key;

CK_INLINE uint32_t rotate(uint32_t x, int by) { return x << by | x >> (32 - by); }

CK_INLINE void four_rounds(uint32_t *a, uint32_t *b, int r0, int r1, int r2, int r3) {
  *a += *b;
  *b = rotate(*b, r0) ^ *a;
  *a += *b;
  *b = rotate(*b, r1) ^ *a;
  *a += *b;
  *b = rotate(*b, r2) ^ *a;
  *a += *b;
  *b = rotate(*b, r3) ^ *a;
}

CK_INLINE void encrypt(key k, uint32_t *x0, uint32_t *x1) {
  uint32_t k2 = k.k0 ^ k.k1 ^ 0x1BD11BDA;
  uint32_t a = *x0 + k.k0, b = *x1 + k.k1;
  four_rounds(&a, &b, 13, 15, 26, 6);
  a += k.k1;
  b += k2 + 1;
  four_rounds(&a, &b, 17, 29, 16, 24);
  a += k2;
  b += k.k0 + 2;
  four_rounds(&a, &b, 13, 15, 26, 6);
  a += k.k0;
  b += k.k1 + 3;
  four_rounds(&a, &b, 17, 29, 16, 24);
  a += k.k1;
  b += k2 + 4;
  four_rounds(&a, &b, 13, 15, 26, 6);
  *x0 = a + k2;
  *x1 = b + k.k0 + 5;
}

CK_CLONES void ck_threefry2x32(uint32_t key0, uint32_t key1, uint32_t *x0, uint32_t *x1,
                               size_t n) {
  key k = {key0, key1};
  CK_VECTORIZE(16)
  for (size_t i = 0; i < n; i++) {
    uint32_t a = x0[i], b = x1[i];
    encrypt(k, &a, &b);
    x0[i] = a;
    x1[i] = b;
  }
}

// A tile of 64-bit counters from `first` on, both words.
CK_CLONES static void counter_pairs(key k, uint64_t first, uint32_t *x0, uint32_t *x1) {
  uint32_t low = (uint32_t)first, high = (uint32_t)(first >> 32);
  CK_VECTORIZE(16)
  for (uint32_t i = 0; i < ck_tile; i++) {
    uint32_t b = low + i, a = high + (b < low);
    encrypt(k, &a, &b);
    x0[i] = a;
    x1[i] = b;
  }
}

// The same, folded to one word each.
CK_CLONES static void counter_words(key k, uint64_t first, uint32_t *words) {
  uint32_t low = (uint32_t)first, high = (uint32_t)(first >> 32);
  CK_VECTORIZE(16)
  for (uint32_t i = 0; i < ck_tile; i++) {
    uint32_t b = low + i, a = high + (b < low);
    encrypt(k, &a, &b);
    words[i] = a ^ b;
  }
}

// The original layout: pair i is words i and half + i of `count`; the word that pads an odd count
// is a counter of 0.
CK_CLONES static void original_pairs(key k, uint32_t first, uint32_t half, uint32_t count,
                                     uint32_t *x0, uint32_t *x1) {
  CK_VECTORIZE(16)
  for (uint32_t i = 0; i < ck_tile; i++) {
    uint32_t a = first + i, b = half + a;
    b = b < count ? b : 0;
    encrypt(k, &a, &b);
    x0[i] = a;
    x1[i] = b;
  }
}

static size_t word_count(int width, size_t total) { return (total * (size_t)width + 31) / 32; }

size_t ck_random_pairs(int width, size_t total) { return (word_count(width, total) + 1) / 2; }

// What becomes of words: write(parameters, words, out, at, n) handles words at..<at + n.
typedef struct {
  void (*write)(const void *parameters, const uint32_t *words, void *out, size_t at, size_t n);
  const void *parameters;
  void *out;
} sink;

// Pairs first..<last of the original layout over `count` words, and which of their words to keep.
static void original_run(key k, const sink *s, size_t count, size_t first, size_t last, int keep0,
                         int keep1) {
  uint32_t x0[ck_tile], x1[ck_tile];
  size_t half = (count + 1) / 2;
  for (size_t p = first; p < last; p += ck_tile) {
    size_t n = last - p < ck_tile ? last - p : ck_tile;
    original_pairs(k, (uint32_t)p, (uint32_t)half, (uint32_t)count, x0, x1);
    size_t n1 = half + p + n > count ? n - 1 : n;  // without the padding word
    if (keep0) s->write(s->parameters, x0, s->out, p, n);
    if (keep1 && n1 > 0) s->write(s->parameters, x1, s->out, half + p, n1);
  }
}

// Words begin..<end: the part in the first half and the part in the second are runs of pairs, and
// where these overlap a pair serves both.
static void original_words(key k, const sink *s, size_t count, size_t begin, size_t end) {
  size_t half = (count + 1) / 2;
  size_t low = begin < half ? begin : half, low_end = end < half ? end : half;
  size_t high = begin > half ? begin - half : 0, high_end = end > half ? end - half : 0;
  size_t both = low > high ? low : high, both_end = low_end < high_end ? low_end : high_end;
  if (both >= both_end) {
    original_run(k, s, count, low, low_end, 1, 0);
    original_run(k, s, count, high, high_end, 0, 1);
    return;
  }
  original_run(k, s, count, low, both, 1, 0);
  original_run(k, s, count, high, both, 0, 1);
  original_run(k, s, count, both, both_end, 1, 1);
  original_run(k, s, count, both_end, low_end, 1, 0);
  original_run(k, s, count, both_end, high_end, 0, 1);
}

static void partitionable_words(key k, const sink *s, size_t begin, size_t end) {
  uint32_t words[ck_tile];
  for (size_t i = begin; i < end; i += ck_tile) {
    counter_words(k, i, words);
    s->write(s->parameters, words, s->out, i, end - i < ck_tile ? end - i : ck_tile);
  }
}

// Elements begin..<end of a type of 32 bits, or the pairs of that number.
static void sample(key k, int layout, size_t total, size_t begin, size_t end, sink s) {
  if (layout == CK_PARTITIONABLE) partitionable_words(k, &s, begin, end);
  else if (layout == CK_ORIGINAL_PAIRS) original_run(k, &s, total, begin, end, 1, 1);
  else original_words(k, &s, total, begin, end);
}

// --- Bits ---------------------------------------------------------------------------------------

static void write_u8(const void *_, const uint32_t *words, void *out, size_t at, size_t n) {
  (void)_;
  uint8_t *y = (uint8_t *)out + at;
  for (size_t i = 0; i < n; i++) y[i] = (uint8_t)words[i];
}

static void write_u16(const void *_, const uint32_t *words, void *out, size_t at, size_t n) {
  (void)_;
  uint16_t *y = (uint16_t *)out + at;
  for (size_t i = 0; i < n; i++) y[i] = (uint16_t)words[i];
}

static void write_u32(const void *_, const uint32_t *words, void *out, size_t at, size_t n) {
  (void)_;
  memcpy((uint32_t *)out + at, words, n * sizeof *words);
}

// In the original layout narrow elements are the bytes of words, in little-endian order, and a
// range of elements may begin and end inside one.
typedef struct {
  size_t begin, end;
} byte_range;

static void write_bytes(const void *parameters, const uint32_t *words, void *out, size_t at,
                        size_t n) {
  const byte_range *range = parameters;
  size_t first = 4 * at, last = 4 * (at + n);
  size_t begin = first > range->begin ? first : range->begin;
  size_t end = last < range->end ? last : range->end;
  if (begin < end) memcpy((char *)out + begin, (const char *)words + (begin - first), end - begin);
}

// Elements of 64 bits take both words of a pair; in both layouts pair i is element i.
static void bits64(key k, int layout, uint64_t *out, size_t total, size_t begin, size_t end) {
  uint32_t x0[ck_tile], x1[ck_tile];
  for (size_t i = begin; i < end; i += ck_tile) {
    size_t n = end - i < ck_tile ? end - i : ck_tile;
    if (layout == CK_PARTITIONABLE) counter_pairs(k, i, x0, x1);
    else original_pairs(k, (uint32_t)i, (uint32_t)total, (uint32_t)(2 * total), x0, x1);
    for (size_t j = 0; j < n; j++) out[i + j] = (uint64_t)x0[j] << 32 | x1[j];
  }
}

void ck_random_bits(uint32_t key0, uint32_t key1, int width, int layout, void *out, size_t total,
                    size_t begin, size_t end) {
  key k = {key0, key1};
  if (width == 64) {
    bits64(k, layout, out, total, begin, end);
  } else if (layout == CK_PARTITIONABLE) {
    sink s = {width == 8 ? write_u8 : width == 16 ? write_u16 : write_u32, NULL, out};
    partitionable_words(k, &s, begin, end);
  } else {
    size_t bytes = (size_t)width / 8, count = word_count(width, total);
    byte_range range = {0, total * bytes};
    sink s = {write_bytes, &range, out};
    if (layout == CK_ORIGINAL_PAIRS) {
      original_run(k, &s, count, begin, end, 1, 1);
    } else {
      range = (byte_range){begin * bytes, end * bytes};
      original_words(k, &s, count, range.begin / 4, (range.end + 3) / 4);
    }
  }
}

// --- Samplers -----------------------------------------------------------------------------------

typedef struct {
  float lo, span, clip_lo, clip_hi, scale;
} parameters_f32;

// The mantissa's bits under the exponent of 1, less 1; then scaled by a fused multiply-add.
CK_INLINE float unit(uint32_t word) { return ck_f32_bits(word >> 9 | 0x3F800000) - 1.0f; }

CK_INLINE float uniform(uint32_t word, float lo, float span) {
  float value = ck_fmaf(unit(word), span, lo);
  return value > lo ? value : lo;
}

CK_INLINE float clip(float x, float lo, float hi) {
  float raised = x > lo ? x : lo;
  return raised < hi ? raised : hi;
}

CK_CLONES static void write_uniform(const void *parameters, const uint32_t *words, void *out,
                                    size_t at, size_t n) {
  parameters_f32 p = *(const parameters_f32 *)parameters;
  float *y = (float *)out + at;
  CK_VECTORIZE(16)
  for (size_t i = 0; i < n; i++) y[i] = uniform(words[i], p.lo, p.span);
}

#define CK_SQRT2 1.41421356237309504880f

#define CK_NORMAL_WRITER(NAME, INVERSE, LIMIT)                                                     \
  CK_CLONES static void NAME(const void *parameters, const uint32_t *words, void *out, size_t at,  \
                             size_t n) {                                                           \
    parameters_f32 p = *(const parameters_f32 *)parameters;                                        \
    float *y = (float *)out + at;                                                                  \
    CK_VECTORIZE(16)                                                                               \
    for (size_t i = 0; i < n; i++) {                                                               \
      float x = CK_SQRT2 * INVERSE(uniform(words[i], p.lo, p.span));                               \
      y[i] = LIMIT(x) * p.scale;                                                                   \
    }                                                                                              \
  }
#define CK_CLIP(x) clip(x, p.clip_lo, p.clip_hi)
CK_NORMAL_WRITER(write_normal, ck_erf_invf, )
CK_NORMAL_WRITER(write_truncated, ck_erf_invf, CK_CLIP)
// For bounds such as the usual two standard deviations, erf(sqrt(2)) = 0.954.
CK_NORMAL_WRITER(write_central, ck_erf_inv_centralf, CK_CLIP)

CK_CLONES static void write_bernoulli(const void *parameters, const uint32_t *words, void *out,
                                      size_t at, size_t n) {
  float p = *(const float *)parameters;
  uint8_t *y = (uint8_t *)out + at;
  CK_VECTORIZE(16)
  for (size_t i = 0; i < n; i++) y[i] = unit(words[i]) < p;
}

void ck_random_uniform_f32(uint32_t key0, uint32_t key1, int layout, float *out, size_t total,
                           size_t begin, size_t end, float lo, float hi) {
  parameters_f32 p = {.lo = lo, .span = hi - lo};
  sample((key){key0, key1}, layout, total, begin, end, (sink){write_uniform, &p, out});
}

void ck_random_normal_f32(uint32_t key0, uint32_t key1, int layout, float *out, size_t total,
                          size_t begin, size_t end, float scale) {
  float lo = -0x1.fffffep-1f;  // the float after -1
  parameters_f32 p = {.lo = lo, .span = 1.0f - lo, .scale = scale};
  sample((key){key0, key1}, layout, total, begin, end, (sink){write_normal, &p, out});
}

void ck_random_truncated_normal_f32(uint32_t key0, uint32_t key1, int layout, float *out,
                                    size_t total, size_t begin, size_t end, float lo_erf,
                                    float hi_erf, float clip_lo, float clip_hi, float scale) {
  parameters_f32 p = {lo_erf, hi_erf - lo_erf, clip_lo, clip_hi, scale};
  int central = lo_erf >= -CK_ERF_INV_CENTRAL && hi_erf <= CK_ERF_INV_CENTRAL;
  sink s = {central ? write_central : write_truncated, &p, out};
  sample((key){key0, key1}, layout, total, begin, end, s);
}

void ck_random_bernoulli_f32(uint32_t key0, uint32_t key1, int layout, uint8_t *out, size_t total,
                             size_t begin, size_t end, float p) {
  sample((key){key0, key1}, layout, total, begin, end, (sink){write_bernoulli, &p, out});
}
