// Functions of several arguments. The first is differentiated; to differentiate another, capture the
// rest, or use `argnums` where all have one type.

/// Gives the function that computes value and gradient with respect to the first argument.
public func valueAndGrad<A: TensorTree, B>(
  _ function: @escaping (A, B) throws -> Tensor
) -> (A, B) throws -> (value: Tensor, gradient: A) {
  { a, b in try valueAndGrad(a) { try function($0, b) } }
}

/// Gives the function that computes value, auxiliary result and gradient by the first argument.
public func valueAndGrad<A: TensorTree, B, Aux: TensorTree>(
  _ function: @escaping (A, B) throws -> (Tensor, Aux)
) -> (A, B) throws -> (value: Tensor, aux: Aux, gradient: A) {
  { a, b in try valueAndGrad(a) { try function($0, b) } }
}

/// Gives the function that computes value and gradient with respect to the first argument.
public func valueAndGrad<A: TensorTree, B, C>(
  _ function: @escaping (A, B, C) throws -> Tensor
) -> (A, B, C) throws -> (value: Tensor, gradient: A) {
  { a, b, c in try valueAndGrad(a) { try function($0, b, c) } }
}

/// Gives the function that computes value, auxiliary result and gradient by the first argument.
public func valueAndGrad<A: TensorTree, B, C, Aux: TensorTree>(
  _ function: @escaping (A, B, C) throws -> (Tensor, Aux)
) -> (A, B, C) throws -> (value: Tensor, aux: Aux, gradient: A) {
  { a, b, c in try valueAndGrad(a) { try function($0, b, c) } }
}

/// Gives the function that computes the gradient with respect to the first argument.
public func grad<A: TensorTree, B>(
  _ function: @escaping (A, B) throws -> Tensor
) -> (A, B) throws -> A {
  { a, b in try valueAndGrad(a) { try function($0, b) }.gradient }
}

/// Gives the function that computes the gradient with respect to the first argument.
public func grad<A: TensorTree, B, C>(
  _ function: @escaping (A, B, C) throws -> Tensor
) -> (A, B, C) throws -> A {
  { a, b, c in try valueAndGrad(a) { try function($0, b, c) }.gradient }
}

/// Gives the function that computes value and gradients with respect to the arguments `argnums`.
///
/// The gradients come in the order of `argnums`. Records an error if one is no argument.
public func valueAndGrad<T: TensorTree>(
  argnums: [Int], _ function: @escaping (T, T) throws -> Tensor
) -> (T, T) throws -> (value: Tensor, gradient: [T]) {
  { a, b in try differentiated([a, b], argnums) { try function($0[0], $0[1]) } }
}

/// Gives the function that computes value and gradients with respect to the arguments `argnums`.
///
/// The gradients come in the order of `argnums`. Records an error if one is no argument.
public func valueAndGrad<T: TensorTree>(
  argnums: [Int], _ function: @escaping (T, T, T) throws -> Tensor
) -> (T, T, T) throws -> (value: Tensor, gradient: [T]) {
  { a, b, c in try differentiated([a, b, c], argnums) { try function($0[0], $0[1], $0[2]) } }
}

/// Gives the function that computes the gradients with respect to the arguments `argnums`.
public func grad<T: TensorTree>(
  argnums: [Int], _ function: @escaping (T, T) throws -> Tensor
) -> (T, T) throws -> [T] {
  { try valueAndGrad(argnums: argnums, function)($0, $1).gradient }
}

/// Gives the function that computes the gradients with respect to the arguments `argnums`.
public func grad<T: TensorTree>(
  argnums: [Int], _ function: @escaping (T, T, T) throws -> Tensor
) -> (T, T, T) throws -> [T] {
  { try valueAndGrad(argnums: argnums, function)($0, $1, $2).gradient }
}

/// Gives the function that computes the gradient with respect to the argument `argnums`.
public func grad<T: TensorTree>(
  argnums: Int, _ function: @escaping (T, T) throws -> Tensor
) -> (T, T) throws -> T {
  { try valueAndGrad(argnums: [argnums], function)($0, $1).gradient[0] }
}

/// Gives the function that computes the gradient with respect to the argument `argnums`.
public func grad<T: TensorTree>(
  argnums: Int, _ function: @escaping (T, T, T) throws -> Tensor
) -> (T, T, T) throws -> T {
  { try valueAndGrad(argnums: [argnums], function)($0, $1, $2).gradient[0] }
}

/// Differentiates by some of the arguments, of one type, the others staying as they are.
private func differentiated<T: TensorTree>(
  _ arguments: [T], _ argnums: [Int], _ function: ([T]) throws -> Tensor
) throws -> (value: Tensor, gradient: [T]) {
  let chosen = argnums.map { $0 < 0 ? $0 + arguments.count : $0 }
  guard !chosen.isEmpty, Set(chosen).count == chosen.count,
    chosen.allSatisfy(arguments.indices.contains)
  else {
    throw TensorError(
      "grad",
      .argumentInvalid(
        name: "argnums", value: "\(argnums)",
        expected: "distinct arguments from 0 to \(arguments.count - 1)"))
  }
  return try valueAndGrad(chosen.map { arguments[$0] }) { values in
    var all = arguments
    for (index, value) in zip(chosen, values) { all[index] = value }
    return try function(all)
  }
}
