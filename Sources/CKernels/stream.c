// Stores past the caches, for results that are larger than those.
//
// An ordinary store first reads the line that it changes: a result of 64 MB costs as much traffic as
// an operand and a result. It would drive all else out of the cache besides.
#include "include/ck_convert.h"
#include "level.h"

typedef uint64_t line __attribute__((ext_vector_type(4), aligned(32)));
typedef uint64_t loose_line __attribute__((ext_vector_type(4), aligned(1)));

CK_CLONES static void stream(void *y, const void *x, size_t lines) {
  for (size_t i = 0; i < lines; i++) {
    __builtin_nontemporal_store(((const loose_line *)x)[i], (line *)y + i);
  }
}

void ck_stream(void *y, const void *x, size_t bytes) {
  size_t head = -(uintptr_t)y % sizeof(line);
  if (head > bytes) head = bytes;
  memcpy(y, x, head);
  size_t lines = (bytes - head) / sizeof(line), body = head + lines * sizeof(line);
  stream((char *)y + head, (const char *)x + head, lines);
  memcpy((char *)y + body, (const char *)x + body, bytes - body);
}

void ck_stream_end(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}
