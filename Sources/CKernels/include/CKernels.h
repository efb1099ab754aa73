// The CPU kernels behind the array operations: plain C11, compiled once for each level of x86-64.
//
// Conventions. `ck_name(dtype)` looks a kernel up, and returns NULL where the dtype is not
// supported. Strides count elements and may be 0 or negative; results are contiguous. A result may
// be the very same memory as an input of stride 1 and equal element width; any other overlap is
// undefined. Every kernel gives the same bits on every machine level and for every split of its
// range.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_types.h"

#include "ck_arithmetic.h"
#include "ck_blas.h"
#include "ck_checksum.h"
#include "ck_complex.h"
#include "ck_convert.h"
#include "ck_convolution.h"
#include "ck_math.h"
#include "ck_memory.h"
#include "ck_product.h"
#include "ck_random.h"
#include "ck_reduce.h"
#include "ck_threads.h"
#include "ck_tiles.h"
#include "ck_windows.h"

#endif
