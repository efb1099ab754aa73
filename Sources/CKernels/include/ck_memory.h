// A caching allocator for array storage.
#ifndef CK_MEMORY_H
#define CK_MEMORY_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

/// Returns a block of at least `bytes` bytes, aligned to 64; aborts when memory is out.
///
/// The contents are undefined. A size of 0 gives a block that is valid to free.
void *ck_alloc(size_t bytes);

/// Gives a block back, from any thread; `bytes` is the size it was asked for with.
void ck_free(void *block, size_t bytes);

/// Bytes in blocks handed out and not yet freed, rounded up to size classes.
size_t ck_live_bytes(void);

/// The largest value of `ck_live_bytes` since the start or the last reset; exact for blocks above
/// 32 KiB, while small blocks count in steps of 64 KiB a thread.
size_t ck_peak_bytes(void);
void ck_reset_peak(void);

/// Bytes kept for reuse, over all threads' lists and the shared cache.
size_t ck_cached_bytes(void);

/// Gives the shared cache and this thread's lists back to the system.
void ck_trim(void);

#pragma clang assume_nonnull end

#endif
