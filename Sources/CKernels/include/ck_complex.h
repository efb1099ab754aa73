// Complex numbers: pairs of a real and an imaginary part, CK_C64 of floats, CK_C128 of doubles.
//
// Most kernels of complex numbers are found with those of other types (`ck_add(CK_C64)`). These are
// the ones between complex and real types; `t` is the complex type.
#ifndef CK_COMPLEX_H
#define CK_COMPLEX_H

#include "ck_types.h"

#pragma clang assume_nonnull begin

ck_unary_fn _Nullable ck_real(ck_dtype t);     // writes the real type
ck_unary_fn _Nullable ck_imag(ck_dtype t);     // writes the real type
ck_binary_fn _Nullable ck_complex(ck_dtype t);  // of two of the real type
ck_unary_fn _Nullable ck_conj(ck_dtype t);

#pragma clang assume_nonnull end

#endif
