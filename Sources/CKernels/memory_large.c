// Large blocks: a cache behind a mutex, and the counts of bytes.
//
// A training step asks for the same sizes again and again, and a fresh block costs a page fault
// for each 4 KiB. Freed blocks are therefore kept, up to one and a half times the bytes that were
// ever live at once (sizes of different classes cannot stand in for each other) and 64 MiB more;
// beyond that the blocks unused for longest go back to the system.
#include "memory_internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

// Eight sizes to each power of two: at most an eighth is wasted.
enum { large_classes = 8 * 40, huge_page = 2 << 20, huge_limit = 4 << 20, spare = 64 << 20 };

// Lies in the free block itself.
typedef struct node {
  struct node *newer, *older;    // by the time of freeing
  struct node *above, *below;    // in the same class, a stack
  size_t bytes;
} node;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static node *classes[large_classes];  // under the mutex, as are the next four
static node *newest, *oldest;
static size_t cached;
static size_t most_live;  // apart from `peak`, because a reset of that must not empty the cache

static _Atomic(ptrdiff_t) live;
static _Atomic(ptrdiff_t) peak;

static unsigned class_of(size_t bytes) {
  unsigned log = 63 - (unsigned)__builtin_clzll(bytes - 1);
  return (log - 15) * 8 + (unsigned)(((bytes - 1) >> (log - 3)) & 7);
}

static size_t class_bytes(unsigned k) { return (size_t)(9 + (k & 7)) << (k / 8 + 12); }

_Noreturn void ck_out_of_memory(size_t bytes) {
  fprintf(stderr, "ck_alloc: out of memory asking for %zu bytes\n", bytes);
  abort();
}

void *ck_system_alloc(size_t bytes) {
  void *p = NULL;
  size_t alignment = bytes >= huge_limit ? huge_page : 64;
  if (posix_memalign(&p, alignment, bytes) != 0) return NULL;
#if defined(__linux__)
  if (bytes >= huge_limit) madvise(p, bytes, MADV_HUGEPAGE);
#endif
  return p;
}

static void unlink_node(node *b, unsigned k) {
  *(b->newer ? &b->newer->older : &newest) = b->older;
  *(b->older ? &b->older->newer : &oldest) = b->newer;
  *(b->above ? &b->above->below : &classes[k]) = b->below;
  if (b->below) b->below->above = b->above;
  cached -= b->bytes;
}

// Takes blocks out of the cache, oldest first, until it holds at most `bytes`; returns them linked
// by `older`, to be released outside the mutex.
static node *evict(size_t bytes) {
  node *out = NULL;
  while (oldest && cached > bytes) {
    node *b = oldest;
    unlink_node(b, class_of(b->bytes));
    b->older = out;
    out = b;
  }
  return out;
}

static void release(node *b) {
  while (b) {
    node *next = b->older;
    free(b);
    b = next;
  }
}

void *ck_large_alloc(size_t bytes) {
  if (bytes > (size_t)1 << 54) ck_out_of_memory(bytes);
  unsigned k = class_of(bytes);
  size_t size = class_bytes(k);
  ck_live_add((ptrdiff_t)size);
  pthread_mutex_lock(&mutex);
  node *b = classes[k];
  if (b) unlink_node(b, k);
  pthread_mutex_unlock(&mutex);
  if (b) return b;
  void *p = ck_system_alloc(size);
  if (p) return p;
  ck_large_trim();
  p = ck_system_alloc(size);
  if (!p) ck_out_of_memory(bytes);
  return p;
}

void ck_large_free(void *block, size_t bytes) {
  unsigned k = class_of(bytes);
  node *b = block;
  ptrdiff_t now = atomic_load_explicit(&live, memory_order_relaxed);
  ck_live_add(-(ptrdiff_t)class_bytes(k));
  pthread_mutex_lock(&mutex);
  if (now > 0 && (size_t)now > most_live) most_live = (size_t)now;
  *b = (node){.older = newest, .below = classes[k], .bytes = class_bytes(k)};
  *(newest ? &newest->newer : &oldest) = b;
  newest = b;
  if (b->below) b->below->above = b;
  classes[k] = b;
  cached += b->bytes;
  node *out = evict(most_live + most_live / 2 + spare);
  pthread_mutex_unlock(&mutex);
  release(out);
}

size_t ck_large_cached(void) {
  pthread_mutex_lock(&mutex);
  size_t bytes = cached;
  pthread_mutex_unlock(&mutex);
  return bytes;
}

void ck_large_trim(void) {
  pthread_mutex_lock(&mutex);
  node *out = evict(0);
  most_live = 0;
  pthread_mutex_unlock(&mutex);
  release(out);
}

void ck_live_add(ptrdiff_t bytes) {
  ptrdiff_t now = atomic_fetch_add_explicit(&live, bytes, memory_order_relaxed) + bytes;
  ptrdiff_t top = atomic_load_explicit(&peak, memory_order_relaxed);
  while (now > top && !atomic_compare_exchange_weak_explicit(
                          &peak, &top, now, memory_order_relaxed, memory_order_relaxed)) {
  }
}

ptrdiff_t ck_live_shared(void) { return atomic_load_explicit(&live, memory_order_relaxed); }

size_t ck_peak_bytes(void) {
  ptrdiff_t top = atomic_load_explicit(&peak, memory_order_relaxed);
  size_t now = ck_live_bytes();  // with what the threads have not passed on yet
  return top > 0 && (size_t)top > now ? (size_t)top : now;
}

void ck_reset_peak(void) {
  atomic_store_explicit(&peak, ck_live_shared(), memory_order_relaxed);
}
