// The pool of threads.
//
// One job at a time. Its indices are cut into one run a thread, so that consecutive operations
// give a thread the same part of an array, which its cache may still hold; a thread that is done
// with its own run takes from the others'. A job is open while indices are left: a worker joins an
// open job by counting itself in `state`, and the caller, once it has closed the job, waits only
// for those that joined. A worker that is late to wake therefore delays nobody.
//
// Idle workers spin for about 20 us, long enough for the next operation of a training step, then
// sleep; spinning longer would take the core from other processes.
#if defined(__linux__)
#define _GNU_SOURCE  // sched_getaffinity
#endif

#include "include/ck_threads.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "wait.h"
#if defined(__linux__)
#include <sched.h>
#endif

enum { most_threads = 256, line = 128, spin_nanoseconds = 20000 };
enum { open_bit = 1u << 31, waiting_bit = 1u << 30 };  // the rest of `state` counts workers

typedef struct {
  _Alignas(line) _Atomic(size_t) next;
  size_t end;
} run;

static struct {
  _Alignas(line) _Atomic(int) taken;  // 1 while a caller has the pool
  _Alignas(line) ck_word signal;      // rises with each job
  _Atomic(int) sleepers;
  _Alignas(line) ck_word state;
  // Written by the caller while the job is closed and nobody is in it.
  ck_body_fn body;
  void *context;
  int threads;
  int quit;
  run runs[most_threads];
} pool;

static _Atomic(int) wanted;         // 0 until first asked
static pthread_t workers[most_threads];  // these two: by the owner of the pool
static int started;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("isb");
#endif
}

// Spins until the word differs from `old` or the time is over; returns what it holds.
static uint32_t spin(ck_word *word, uint32_t old) {
  int64_t end = 0;
  for (;;) {
    for (int i = 0; i < 16; i++) {
      uint32_t value = atomic_load_explicit(word, memory_order_acquire);
      if (value != old) return value;
      pause_briefly();
    }
    int64_t t = now();
    if (end == 0) end = t + spin_nanoseconds;
    else if (t > end) return old;
  }
}

static void work(int thread) {
  int threads = pool.threads;
  for (int k = 0; k < threads; k++) {
    run *r = &pool.runs[(thread + k) % threads];
    // A look before the increment: a finished run costs no write to its line.
    while (atomic_load_explicit(&r->next, memory_order_relaxed) < r->end) {
      size_t index = atomic_fetch_add_explicit(&r->next, 1, memory_order_relaxed);
      if (index >= r->end) break;
      pool.body(pool.context, index, thread);
    }
  }
}

static int join_job(void) {
  uint32_t state = atomic_load_explicit(&pool.state, memory_order_relaxed);
  while (state & open_bit) {
    if (atomic_compare_exchange_weak_explicit(&pool.state, &state, state + 1,
                                              memory_order_acquire, memory_order_relaxed)) {
      return 1;
    }
  }
  return 0;
}

static void leave_job(void) {
  uint32_t before = atomic_fetch_sub_explicit(&pool.state, 1, memory_order_acq_rel);
  if (before == (waiting_bit | 1)) ck_wake(&pool.state, 1);
}

static void *worker(void *argument) {
  int thread = (int)(intptr_t)argument;
  uint32_t seen = 0;
  for (;;) {
    uint32_t signal = spin(&pool.signal, seen);
    while (signal == seen) {
      // Counted before the word is looked at again, and the caller raises the word before it
      // looks at the count: one of the two sees the other.
      atomic_fetch_add(&pool.sleepers, 1);
      ck_wait(&pool.signal, seen);
      atomic_fetch_sub(&pool.sleepers, 1);
      signal = atomic_load(&pool.signal);
    }
    seen = signal;
    if (!join_job()) continue;
    int quit = pool.quit;
    if (!quit) work(thread);
    leave_job();
    if (quit) return NULL;
  }
}

static void open_job(int wake) {
  atomic_store_explicit(&pool.state, open_bit, memory_order_release);
  atomic_fetch_add(&pool.signal, 1);
  if (atomic_load(&pool.sleepers) > 0) ck_wake(&pool.signal, wake);
}

static void close_job(void) {
  uint32_t state = atomic_fetch_and_explicit(&pool.state, ~(uint32_t)open_bit,
                                             memory_order_acq_rel) & ~(uint32_t)open_bit;
  while (state != 0) {
    uint32_t next = spin(&pool.state, state);
    if (next == state) {
      uint32_t waiting = state | waiting_bit;
      if (atomic_compare_exchange_strong(&pool.state, &state, waiting)) {
        ck_wait(&pool.state, waiting);
      }
      next = atomic_load_explicit(&pool.state, memory_order_acquire);
    }
    state = next == waiting_bit ? 0 : next;
  }
}

static void start_workers(int threads) {
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);  // signals are for the program's own threads
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 8 << 20);
  while (started < threads - 1) {
    void *number = (void *)(intptr_t)(started + 1);
    if (pthread_create(&workers[started], &attributes, worker, number) != 0) break;
    started++;
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
}

// Ends all workers: each joins the open job once, and returns.
static void end_workers(void) {
  pool.quit = 1;
  open_job(started);
  for (int k = 0; k < started; k++) pthread_join(workers[k], NULL);
  close_job();
  pool.quit = 0;
  started = 0;
}

static int take_pool(void) {
  return atomic_load_explicit(&pool.taken, memory_order_relaxed) == 0 &&
         atomic_exchange_explicit(&pool.taken, 1, memory_order_acquire) == 0;
}

static void give_pool(void) { atomic_store_explicit(&pool.taken, 0, memory_order_release); }

void ck_parallel_for(size_t count, ck_body_fn body, void *context) {
  int threads = ck_num_threads();
  if (count <= 1 || threads == 1 || !take_pool()) {
    for (size_t i = 0; i < count; i++) body(context, i, 0);
    return;
  }
  if (started > threads - 1) end_workers();
  if (started < threads - 1) start_workers(threads);
  threads = started + 1;
  if ((size_t)threads > count) threads = (int)count;
  pool.body = body;
  pool.context = context;
  pool.threads = threads;
  for (int k = 0; k < threads; k++) {
    size_t begin = count / (size_t)threads * (size_t)k;
    size_t extra = count % (size_t)threads;
    size_t first = begin + ((size_t)k < extra ? (size_t)k : extra);
    size_t length = count / (size_t)threads + ((size_t)k < extra ? 1 : 0);
    atomic_store_explicit(&pool.runs[k].next, first, memory_order_relaxed);
    pool.runs[k].end = first + length;
  }
  open_job(threads - 1);
  work(0);
  close_job();
  give_pool();
}

static int available_processors(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

static int clamp(long threads) {
  return threads < 1 ? 1 : threads > most_threads ? most_threads : (int)threads;
}

int ck_num_threads(void) {
  int threads = atomic_load_explicit(&wanted, memory_order_relaxed);
  if (threads > 0) return threads;
  const char *text = getenv("LINEN_NUM_THREADS");
  char *end = NULL;
  long asked = text ? strtol(text, &end, 10) : 0;
  int valid = asked >= 1 && *end == '\0';
  int fresh = clamp(valid ? asked : available_processors());
  // Another thread may have set it meanwhile, which then holds.
  return atomic_compare_exchange_strong(&wanted, &threads, fresh) ? fresh : threads;
}

// The owner of the pool ends or starts workers at the next job, so a body may call this too.
void ck_set_num_threads(int threads) {
  atomic_store_explicit(&wanted, clamp(threads), memory_order_relaxed);
}
