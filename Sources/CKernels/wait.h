// Sleeping until a word changes: a futex on Linux, a condition variable elsewhere.
#ifndef CK_WAIT_H
#define CK_WAIT_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic(uint32_t) ck_word;

/// Sleeps while the word holds `value`; may return early.
void ck_wait(ck_word *word, uint32_t value);

/// Wakes up to `count` threads that sleep on the word. Call it after changing the word.
void ck_wake(ck_word *word, int count);

#endif
