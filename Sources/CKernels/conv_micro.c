// The innermost loops of convolutions, compiled for each level.
#include "conv_micro.h"

#include "level.h"

#define CK_FUSED(a, b, c) __builtin_elementwise_fma(a, b, c)
#define CK_APART(a, b, c) ((a) * (b) + (c))

#if defined(__x86_64__)

// 24 + 4 + 1 of 32 registers. Wide rather than high: fewer of the loads, which limit it.
#define CK_NAME(x) ck_conv_v4_##x
#define CK_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define CK_LANES 16
#define CK_VECTORS 4
#define CK_ROWS 6
#define CK_MADD CK_FUSED
#include "conv_micro_level.h"
#undef CK_NAME
#undef CK_TARGET
#undef CK_LANES
#undef CK_VECTORS
#undef CK_ROWS
#undef CK_MADD

// 12 + 2 + 1 of 16.
#define CK_NAME(x) ck_conv_v3_##x
#define CK_TARGET __attribute__((target("arch=x86-64-v3")))
#define CK_LANES 8
#define CK_VECTORS 2
#define CK_ROWS 6
#define CK_MADD CK_FUSED
#include "conv_micro_level.h"
#undef CK_NAME
#undef CK_TARGET
#undef CK_LANES
#undef CK_VECTORS
#undef CK_ROWS
#undef CK_MADD

// The first processors of this architecture have no fused product and sum; to compute one would
// take a call. The one level whose results differ, in the last bits.
#define CK_NAME(x) ck_conv_v1_##x
#define CK_TARGET
#define CK_LANES 4
#define CK_VECTORS 2
#define CK_ROWS 6
#define CK_MADD CK_APART
#include "conv_micro_level.h"

const ck_conv_micro *ck_conv_micro_for(int level) {
  return level >= 4 ? &ck_conv_v4_micro : level == 3 ? &ck_conv_v3_micro : &ck_conv_v1_micro;
}

#else

// 24 + 4 + 1 of 32 registers of arm64, whose every processor fuses.
#define CK_NAME(x) ck_conv_v1_##x
#define CK_TARGET
#define CK_LANES 4
#define CK_VECTORS 4
#define CK_ROWS 6
#if defined(__aarch64__)
#define CK_MADD CK_FUSED
#else
#define CK_MADD CK_APART
#endif
#include "conv_micro_level.h"

const ck_conv_micro *ck_conv_micro_for(int level) {
  (void)level;
  return &ck_conv_v1_micro;
}

#endif
