// Thread-local slots, and the machine's level.
#include "include/ck_threads.h"
#include "level.h"

static _Thread_local void *slots[16];

void *ck_context_get(int slot) { return slots[slot & 15]; }

void ck_context_set(int slot, void *value) { slots[slot & 15] = value; }

// The same tests as the resolvers of CK_CLONES make.
int ck_cpu_level(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return 4;
  if (__builtin_cpu_supports("x86-64-v3")) return 3;
#endif
  return 1;
}
