#include "CKernelProbe.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

// The kernels are linked into the program; their headers are internal to the package.
typedef void (*binary_fn)(const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y,
                          size_t n);
extern binary_fn ck_add(int32_t dtype);
extern void *ck_alloc(size_t bytes);
extern void ck_free(void *block, size_t bytes);
extern size_t ck_peak_bytes(void);
extern size_t ck_live_bytes(void);
extern void ck_reset_peak(void);

size_t probe_peak_bytes(void) { return ck_peak_bytes(); }
size_t probe_live_bytes(void) { return ck_live_bytes(); }
void probe_reset_peak(void) { ck_reset_peak(); }

static const int32_t float32 = 11;

void probe_add(size_t count, size_t repetitions) {
  size_t bytes = count * sizeof(float);
  float *a = ck_alloc(bytes), *b = ck_alloc(bytes);
  for (size_t i = 0; i < count; i++) a[i] = b[i] = 1;
  for (size_t i = 0; i < repetitions; i++) {
    float *y = ck_alloc(bytes);
    ck_add(float32)(a, 1, b, 1, y, count);
    ck_free(y, bytes);
  }
  ck_free(a, bytes);
  ck_free(b, bytes);
}

extern int ck_num_threads(void);
extern void ck_parallel_for(size_t count, void (*body)(void *context, size_t index, int thread),
                            void *context);

extern void ck_stream(void *y, const void *x, size_t bytes);
extern void ck_stream_end(void);

typedef struct {
  const char *from;
  char *to;
  size_t bytes, piece;
  int streams;
} copying;

static void copy_piece(void *context, size_t index, int thread) {
  (void)thread;
  const copying *c = context;
  size_t first = index * c->piece;
  size_t bytes = c->bytes - first < c->piece ? c->bytes - first : c->piece;
  if (c->streams) {
    ck_stream(c->to + first, c->from + first, bytes);
    ck_stream_end();
  } else {
    memcpy(c->to + first, c->from + first, bytes);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// The fastest of the ways to copy: by the C library in one part a thread, which stores large arrays past
// the caches on some machines; in pieces that threads take in turn; and with such stores of our own.
double probe_copy(size_t count, size_t repetitions) {
  size_t bytes = count * sizeof(float);
  char *from = ck_alloc(bytes), *to = ck_alloc(bytes);
  memset(from, 1, bytes);
  memset(to, 1, bytes);
  size_t part = bytes > (1 << 18) ? bytes / (size_t)ck_num_threads() : bytes;
  size_t piece = bytes > (1 << 18) ? 1 << 17 : bytes;
  const copying ways[] = {
      {from, to, bytes, part, 0}, {from, to, bytes, piece, 0}, {from, to, bytes, part, 1}};
  double best = 0;
  for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
    copying c = ways[way];
    double start = now();
    for (size_t i = 0; i < repetitions; i++) {
      ck_parallel_for((bytes + c.piece - 1) / c.piece, copy_piece, &c);
    }
    double seconds = now() - start;
    if (way == 0 || seconds < best) best = seconds;
  }
  ck_free(from, bytes);
  ck_free(to, bytes);
  return best;
}
