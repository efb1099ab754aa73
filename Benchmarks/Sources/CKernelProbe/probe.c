#include "CKernelProbe.h"

#include <stdint.h>

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
