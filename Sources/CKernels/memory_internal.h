// What the small and the large half of the allocator share.
#ifndef CK_MEMORY_INTERNAL_H
#define CK_MEMORY_INTERNAL_H

#include <stdatomic.h>

#include "include/ck_memory.h"

enum { ck_small_limit = 32 << 10, ck_live_step = 64 << 10 };

/// Memory from the system, aligned to 64 bytes; NULL when there is none.
void *ck_system_alloc(size_t bytes);

/// Prints and aborts.
_Noreturn void ck_out_of_memory(size_t bytes);

void *ck_large_alloc(size_t bytes);
void ck_large_free(void *block, size_t bytes);
size_t ck_large_cached(void);
void ck_large_trim(void);

/// Counts bytes handed out (or given back, below 0), and keeps the peak.
void ck_live_add(ptrdiff_t bytes);
ptrdiff_t ck_live_shared(void);

#endif
