// The pool of threads, the per-thread context and the machine's level.
#ifndef CK_THREADS_H
#define CK_THREADS_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

/// A piece of parallel work: `thread` is in 0..<ck_num_threads(), and no two pieces of one call
/// that run at the same time share it.
typedef void (*ck_body_fn)(void *_Nullable context, size_t index, int thread);

/// Runs `body` for each index in 0..<count over the pool's threads; returns when all are done.
///
/// The caller takes part as thread 0. Each thread starts with its own run of neighbouring indices,
/// the same for the same count, then takes from the others'. A call from inside a body, or while
/// another thread has the pool, runs serially on the caller, with thread 0.
void ck_parallel_for(size_t count, ck_body_fn body, void *_Nullable context);

/// The number of threads: `ck_set_num_threads`, else the environment's LINEN_NUM_THREADS, else the
/// processors this process may use.
int ck_num_threads(void);

/// Sets the number of threads (at least 1, at most 256) from the next ck_parallel_for on.
void ck_set_num_threads(int threads);

/// Eight slots of thread-local storage, NULL at first.
void *_Nullable ck_context_get(int slot);
void ck_context_set(int slot, void *_Nullable value);

/// 4 with AVX-512 (F, DQ, BW, VL), 3 with AVX2 and FMA, else 1.
int ck_cpu_level(void);

#pragma clang assume_nonnull end

#endif
