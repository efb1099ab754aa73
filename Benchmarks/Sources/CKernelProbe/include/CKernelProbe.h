// Times a kernel without anything around it, to tell what dispatching an operation costs.
#ifndef CKERNEL_PROBE_H
#define CKERNEL_PROBE_H

#include <stddef.h>

/// Adds two float32 arrays of `count` elements into a fresh one, `repetitions` times.
void probe_add(size_t count, size_t repetitions);

/// Copies `count` float32 elements over the threads of the pool, `repetitions` times; the seconds.
double probe_copy(size_t count, size_t repetitions);

/// The most bytes in arrays at a time since the last reset, and bytes in arrays now.
size_t probe_peak_bytes(void);
size_t probe_live_bytes(void);
void probe_reset_peak(void);

#endif
