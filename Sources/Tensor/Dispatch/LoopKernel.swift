import CKernels

/// A kernel that a compiled loop can call on pieces of the operands.
package enum LoopKernel: @unchecked Sendable {
  case map1(ck_unary_fn)
  case map2(ck_binary_fn)
  case map3(ck_ternary_fn)
  /// A power with an integer exponent.
  case power(ck_integer_pow_fn, exponent: Int32)
  /// A reduction along axes; `combine` joins the results of two pieces.
  case reduce(ck_reduce_fn, combine: ck_binary_fn, axes: [Int])
}
