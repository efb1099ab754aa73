// Element types and the signatures that kernels share.
#ifndef CK_TYPES_H
#define CK_TYPES_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef int32_t ck_dtype;

// Macros with a cast, because Swift imports them with the type `ck_dtype`, enumerators as `Int`.
#define CK_BOOL ((ck_dtype)0)
#define CK_U8 ((ck_dtype)1)
#define CK_U16 ((ck_dtype)2)
#define CK_U32 ((ck_dtype)3)
#define CK_U64 ((ck_dtype)4)
#define CK_I8 ((ck_dtype)5)
#define CK_I16 ((ck_dtype)6)
#define CK_I32 ((ck_dtype)7)
#define CK_I64 ((ck_dtype)8)
#define CK_F16 ((ck_dtype)9)
#define CK_BF16 ((ck_dtype)10)
#define CK_F32 ((ck_dtype)11)
#define CK_F64 ((ck_dtype)12)
#define CK_C64 ((ck_dtype)13)
#define CK_C128 ((ck_dtype)14)

/// y[i] = f(x[i * sx]) for i in 0..<n.
typedef void (*ck_unary_fn)(const void *x, ptrdiff_t sx, void *y, size_t n);

/// y[i] = f(a[i * sa], b[i * sb]).
typedef void (*ck_binary_fn)(const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y,
                             size_t n);

/// y[i] = f(p[i * sp], a[i * sa], b[i * sb]).
typedef void (*ck_ternary_fn)(const void *p, ptrdiff_t sp, const void *a, ptrdiff_t sa,
                              const void *b, ptrdiff_t sb, void *y, size_t n);

#pragma clang assume_nonnull end

#endif
