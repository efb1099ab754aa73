// Gathering of strided operands into tiles, and strided copies.
#include "elementwise.h"
#include "include/ck_convert.h"

// Elements of 1, 2, 4, 8 and 16 bytes, moved as integers.
typedef struct {
  uint64_t words[2];
} ck_t_pair;

#define CK_GATHER(T)                                                                   \
  static void gather_##T(const T *x, ptrdiff_t stride, T *restrict y, size_t n) {      \
    if (stride == 0) {                                                                 \
      T value = *x;                                                                    \
      for (size_t i = 0; i < n; i++) y[i] = value;                                     \
    } else {                                                                           \
      for (size_t i = 0; i < n; i++) y[i] = x[(ptrdiff_t)i * stride];                  \
    }                                                                                  \
  }
CK_GATHER(uint8_t)
CK_GATHER(uint16_t)
CK_GATHER(uint32_t)
CK_GATHER(uint64_t)
CK_GATHER(ck_t_pair)

static void gather(const void *x, ptrdiff_t stride, size_t width, void *y, size_t n) {
  if (n == 0) return;
  if (stride == 1) {
    memmove(y, x, n * width);
    return;
  }
  switch (width) {
    case 1: gather_uint8_t(x, stride, y, n); break;
    case 2: gather_uint16_t(x, stride, y, n); break;
    case 4: gather_uint32_t(x, stride, y, n); break;
    case 8: gather_uint64_t(x, stride, y, n); break;
    case 16: gather_ck_t_pair(x, stride, y, n); break;
  }
}

void ck_pack(const void *x, ptrdiff_t stride, size_t width, void *tile, size_t m) {
  gather(x, stride, width, tile, m);
}

void ck_fill(void *y, const void *scalar, size_t width, size_t n) {
  if (width == 1) memset(y, *(const unsigned char *)scalar, n);
  else gather(scalar, 0, width, y, n);
}

static void copy1(const void *x, ptrdiff_t sx, void *y, size_t n) { gather(x, sx, 1, y, n); }
static void copy2(const void *x, ptrdiff_t sx, void *y, size_t n) { gather(x, sx, 2, y, n); }
static void copy4(const void *x, ptrdiff_t sx, void *y, size_t n) { gather(x, sx, 4, y, n); }
static void copy8(const void *x, ptrdiff_t sx, void *y, size_t n) { gather(x, sx, 8, y, n); }
static void copy16(const void *x, ptrdiff_t sx, void *y, size_t n) { gather(x, sx, 16, y, n); }

ck_unary_fn ck_copy(ck_dtype t) {
  switch (t) {
    case CK_BOOL: case CK_U8: case CK_I8: return copy1;
    case CK_U16: case CK_I16: case CK_F16: case CK_BF16: return copy2;
    case CK_U32: case CK_I32: case CK_F32: return copy4;
    case CK_U64: case CK_I64: case CK_F64: case CK_C64: return copy8;
    case CK_C128: return copy16;
    default: return NULL;
  }
}
