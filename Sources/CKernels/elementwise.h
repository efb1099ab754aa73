// The loops of elementwise kernels: one loop over whole vectors, for every stride and length.
//
// An operand of stride 1 is read where it lies. Any other, and what is left over below a vector, is
// first packed into a tile on the stack that is padded to whole vectors; a result short of a vector
// goes through a tile as well. So there is a single copy of each kernel's arithmetic, no scalar
// remainder, and a broadcast operand (stride 0) costs one fill a call.
#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H

#include "half.h"
#include "include/ck_types.h"
#include "level.h"

enum { ck_tile = 256 };

/// Copies m elements of `width` bytes to `tile`, then repeats the last up to `padded`.
void ck_pack(const void *x, ptrdiff_t stride, size_t width, void *tile, size_t m, size_t padded);

/// How many elements the next pass takes: all whole vectors of contiguous operands, else a tile.
CK_INLINE size_t ck_pass(size_t n, size_t lanes, int contiguous) {
  if (contiguous && n >= lanes) return n & ~(lanes - 1);
  return n < ck_tile ? n : ck_tile;
}

// The operand for a pass: in place, or packed. A broadcast one is packed on the first pass, which
// is never shorter than a later one.
CK_INLINE const void *ck_operand(const void *x, ptrdiff_t stride, size_t width, void *tile,
                                 size_t m, size_t padded, size_t done) {
  if (stride == 1 && m == padded) return (const char *)x + done * width;
  if (stride != 0 || done == 0) {
    ck_pack((const char *)x + (ptrdiff_t)done * stride * (ptrdiff_t)width, stride, width, tile, m,
            padded);
  }
  return tile;
}

// What a kernel of element type S reads, computes with and writes; `lanes` fill 64 bytes.
#define CK_FOR_BOOL(M) M(bool)
#define CK_FOR_UNSIGNED(M) M(u8) M(u16) M(u32) M(u64)
#define CK_FOR_SIGNED(M) M(i8) M(i16) M(i32) M(i64)
#define CK_FOR_FLOAT(M) M(f16) M(bf16) M(f32) M(f64)
#define CK_FOR_INT(M) CK_FOR_UNSIGNED(M) CK_FOR_SIGNED(M)
#define CK_FOR_BITS(M) CK_FOR_BOOL(M) CK_FOR_INT(M)
#define CK_FOR_NUMBER(M) CK_FOR_INT(M) CK_FOR_FLOAT(M)
#define CK_FOR_ALL(M) CK_FOR_BOOL(M) CK_FOR_NUMBER(M)

#define CK_DTYPE_bool CK_BOOL
#define CK_DTYPE_u8 CK_U8
#define CK_DTYPE_u16 CK_U16
#define CK_DTYPE_u32 CK_U32
#define CK_DTYPE_u64 CK_U64
#define CK_DTYPE_i8 CK_I8
#define CK_DTYPE_i16 CK_I16
#define CK_DTYPE_i32 CK_I32
#define CK_DTYPE_i64 CK_I64
#define CK_DTYPE_f16 CK_F16
#define CK_DTYPE_bf16 CK_BF16
#define CK_DTYPE_f32 CK_F32
#define CK_DTYPE_f64 CK_F64

// The storage type, the type of the arithmetic, and the suffix of its functions.
#define CK_STORAGE(T, S, C, SUFFIX, LANES)                                    \
  typedef T ck_##S;                                                           \
  typedef C ck_##S##_compute;                                                 \
  enum { ck_lanes_##S = LANES };
CK_STORAGE(uint8_t, bool, uint8_t, bool, 64)
CK_STORAGE(uint8_t, u8, uint8_t, u8, 64)
CK_STORAGE(uint16_t, u16, uint16_t, u16, 32)
CK_STORAGE(uint32_t, u32, uint32_t, u32, 16)
CK_STORAGE(uint64_t, u64, uint64_t, u64, 8)
CK_STORAGE(int8_t, i8, int8_t, i8, 64)
CK_STORAGE(int16_t, i16, int16_t, i16, 32)
CK_STORAGE(int32_t, i32, int32_t, i32, 16)
CK_STORAGE(int64_t, i64, int64_t, i64, 8)
CK_STORAGE(uint16_t, f16, float, f32, 16)
CK_STORAGE(uint16_t, bf16, float, f32, 16)
CK_STORAGE(float, f32, float, f32, 16)
CK_STORAGE(double, f64, double, f64, 8)
#undef CK_STORAGE
