// See wait.h.
#include "wait.h"

#if defined(__linux__)

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

void ck_wait(ck_word *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, 0, 0, 0);
}

void ck_wake(ck_word *word, int count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, 0, 0, 0);
}

#else

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

void ck_wait(ck_word *word, uint32_t value) {
  pthread_mutex_lock(&mutex);
  while (atomic_load(word) == value) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
}

// One condition serves all words, so everyone looks again.
void ck_wake(ck_word *word, int count) {
  (void)word;
  (void)count;
  pthread_mutex_lock(&mutex);
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
}

#endif
