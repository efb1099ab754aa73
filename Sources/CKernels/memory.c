// The allocator of array storage.
//
// Small blocks (to 32 KiB) live in lists a thread, without locks: an eager operation on small
// arrays costs about as much as the allocator and the dispatch it passes through. A full list
// moves half of itself to a shared one, an empty list takes a batch from there, so a block that
// one thread allocates and another frees finds its way back. Large blocks live in one cache
// behind a mutex (memory_large.c).
#include "memory_internal.h"

#include <pthread.h>
#include <stdlib.h>

enum { small_classes = 32, max_count = 256, batch = 16 };

typedef struct block {
  struct block *next;
} block;

typedef struct {
  block *head;
  size_t count;
} list;

typedef struct cache {
  list lists[small_classes];
  // Written by the owner only, read by any thread: relaxed atomics, which cost plain moves.
  _Atomic(ptrdiff_t) live;
  _Atomic(size_t) cached;
  struct cache *previous, *next;
  enum { unseen, attached, gone } state;
} cache;

static _Thread_local cache local;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static list shared[small_classes];  // under the mutex
static size_t shared_cached;        // under the mutex
static cache *caches;               // under the mutex
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// Sizes rise by 64 bytes to 512, then by a quarter of a power of two.
static inline unsigned class_of(size_t bytes) {
  if (bytes <= 512) return bytes == 0 ? 0 : (unsigned)((bytes - 1) >> 6);
  unsigned log = 63 - (unsigned)__builtin_clzll(bytes - 1);
  return 8 + (log - 9) * 4 + (unsigned)(((bytes - 1) >> (log - 2)) & 3);
}

static inline size_t class_bytes(unsigned k) {
  if (k < 8) return ((size_t)k + 1) << 6;
  return (size_t)(5 + (k & 3)) << ((k - 8) / 4 + 7);
}

// How many blocks a thread's list may hold: about 128 KiB of each class.
static inline size_t limit(unsigned k) { return k < 8 ? max_count : max_count >> ((k - 4) / 4); }

static inline void count_live(cache *c, ptrdiff_t bytes) {
  ptrdiff_t live = atomic_load_explicit(&c->live, memory_order_relaxed) + bytes;
  if (live > ck_live_step || live < -ck_live_step) {
    ck_live_add(live);
    live = 0;
  }
  atomic_store_explicit(&c->live, live, memory_order_relaxed);
}

static inline void count_cached(cache *c, ptrdiff_t bytes) {
  size_t cached = atomic_load_explicit(&c->cached, memory_order_relaxed);
  atomic_store_explicit(&c->cached, cached + (size_t)bytes, memory_order_relaxed);
}

static inline void push(list *l, block *b) {
  b->next = l->head;
  l->head = b;
  l->count++;
}

static inline block *pop(list *l) {
  block *b = l->head;
  if (b) {
    l->head = b->next;
    l->count--;
  }
  return b;
}

static void *fresh(size_t bytes) {
  void *b = ck_system_alloc(bytes);
  if (!b) ck_out_of_memory(bytes);
  return b;
}

static void release(block *b) {
  while (b) {
    block *next = b->next;
    free(b);
    b = next;
  }
}

// Moves blocks of class k to the shared list until `keep` are left; the shared list holds at most
// eight times what a thread's may, and the rest goes back to the system.
static void flush(cache *c, unsigned k, size_t keep) {
  size_t bytes = class_bytes(k);
  block *surplus = NULL;
  size_t moved = 0;
  pthread_mutex_lock(&mutex);
  while (c->lists[k].count > keep) {
    block *b = pop(&c->lists[k]);
    moved++;
    if (shared[k].count < 8 * limit(k)) {
      push(&shared[k], b);
      shared_cached += bytes;
    } else {
      b->next = surplus;
      surplus = b;
    }
  }
  pthread_mutex_unlock(&mutex);
  count_cached(c, -(ptrdiff_t)(moved * bytes));
  release(surplus);
}

static void detach(void *pointer) {
  cache *c = pointer;
  for (unsigned k = 0; k < small_classes; k++) flush(c, k, 0);
  pthread_mutex_lock(&mutex);
  if (c->previous) c->previous->next = c->next;
  else caches = c->next;
  if (c->next) c->next->previous = c->previous;
  // Under the mutex, so that ck_live_bytes counts these bytes exactly once.
  ck_live_add(atomic_load_explicit(&c->live, memory_order_relaxed));
  atomic_store_explicit(&c->live, 0, memory_order_relaxed);
  pthread_mutex_unlock(&mutex);
  c->state = gone;
}

static void make_key(void) { pthread_key_create(&key, detach); }

// False when the thread is ending and its lists are given back already.
static int attach(cache *c) {
  if (c->state == attached) return 1;
  if (c->state == gone) return 0;
  pthread_once(&once, make_key);
  pthread_setspecific(key, c);
  pthread_mutex_lock(&mutex);
  c->next = caches;
  if (caches) caches->previous = c;
  caches = c;
  pthread_mutex_unlock(&mutex);
  c->state = attached;
  return 1;
}

static __attribute__((noinline)) void *refill(cache *c, unsigned k) {
  size_t bytes = class_bytes(k);
  if (!attach(c)) {
    ck_live_add((ptrdiff_t)bytes);
    return fresh(bytes);
  }
  size_t taken = 0;
  size_t wanted = limit(k) / 2 < batch ? limit(k) / 2 : batch;
  pthread_mutex_lock(&mutex);
  while (taken < wanted && shared[k].head) {
    push(&c->lists[k], pop(&shared[k]));
    taken++;
  }
  shared_cached -= taken * bytes;
  pthread_mutex_unlock(&mutex);
  count_live(c, (ptrdiff_t)bytes);
  if (taken == 0) return fresh(bytes);
  count_cached(c, (ptrdiff_t)((taken - 1) * bytes));
  return pop(&c->lists[k]);
}

void *ck_alloc(size_t bytes) {
  if (bytes > ck_small_limit) return ck_large_alloc(bytes);
  cache *c = &local;
  unsigned k = class_of(bytes);
  block *b = pop(&c->lists[k]);
  if (__builtin_expect(!b, 0)) return refill(c, k);
  ptrdiff_t size = (ptrdiff_t)class_bytes(k);
  count_live(c, size);
  count_cached(c, -size);
  return b;
}

void ck_free(void *pointer, size_t bytes) {
  if (bytes > ck_small_limit) {
    ck_large_free(pointer, bytes);
    return;
  }
  cache *c = &local;
  unsigned k = class_of(bytes);
  ptrdiff_t size = (ptrdiff_t)class_bytes(k);
  if (__builtin_expect(c->state != attached, 0) && !attach(c)) {
    ck_live_add(-size);
    free(pointer);
    return;
  }
  push(&c->lists[k], pointer);
  count_live(c, -size);
  count_cached(c, size);
  if (__builtin_expect(c->lists[k].count > limit(k), 0)) flush(c, k, limit(k) / 2);
}

size_t ck_live_bytes(void) {
  pthread_mutex_lock(&mutex);
  ptrdiff_t live = ck_live_shared();
  for (cache *c = caches; c; c = c->next) {
    live += atomic_load_explicit(&c->live, memory_order_relaxed);
  }
  pthread_mutex_unlock(&mutex);
  return live > 0 ? (size_t)live : 0;
}

size_t ck_cached_bytes(void) {
  pthread_mutex_lock(&mutex);
  size_t cached = shared_cached;
  for (cache *c = caches; c; c = c->next) {
    cached += atomic_load_explicit(&c->cached, memory_order_relaxed);
  }
  pthread_mutex_unlock(&mutex);
  return cached + ck_large_cached();
}

void ck_trim(void) {
  for (unsigned k = 0; k < small_classes; k++) {
    flush(&local, k, 0);
    pthread_mutex_lock(&mutex);
    block *all = shared[k].head;
    shared_cached -= shared[k].count * class_bytes(k);
    shared[k] = (list){NULL, 0};
    pthread_mutex_unlock(&mutex);
    release(all);
  }
  ck_large_trim();
}
