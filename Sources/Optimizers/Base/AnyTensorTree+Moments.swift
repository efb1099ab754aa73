import Tensor

extension AnyTensorTree {
  /// Zeros of the shapes of these tensors, of their dtypes unless another is named.
  package func zeros(_ dtype: DType? = nil) -> AnyTensorTree { filled(0, dtype) }

  /// One value everywhere, in the shapes of these tensors.
  package func filled(_ value: Double, _ dtype: DType? = nil) -> AnyTensorTree {
    map { Tensor.full($0.shape, value, dtype: dtype ?? $0.dtype) }
  }

  /// Converts the tensors, unless no dtype is named.
  package func cast(_ dtype: DType?) -> AnyTensorTree {
    guard let dtype else { return self }
    return map { $0.cast(to: dtype) }
  }

  /// Converts each tensor to the dtype of the one at the same path.
  package func cast(like other: AnyTensorTree) -> AnyTensorTree {
    map(other) { $0.cast(to: $1.dtype) }
  }

  /// The exponential moving averages of the tensors: `(1 - decay) x + decay m`.
  package func moment(_ moments: AnyTensorTree, _ decay: Coefficient) -> AnyTensorTree {
    map(moments) { (1 - decay) * $0 + decay * $1 }
  }

  /// The exponential moving averages of the squares: `(1 - decay) x^2 + decay m`.
  package func squaredMoment(_ moments: AnyTensorTree, _ decay: Coefficient) -> AnyTensorTree {
    map(moments) { (1 - decay) * square($0) + decay * $1 }
  }

  /// Moving averages that began at zero, freed of that beginning: `m / (1 - decay^count)`.
  package func biasCorrected(_ decay: Coefficient, _ count: Tensor) -> AnyTensorTree {
    // Computed in at least float32: decay^count rounded to bfloat16 may be 1.
    let correction = 1 - pow(decay.tensor, count.cast(to: .defaultFloat))
    return map { $0 / correction.cast(to: $0.dtype) }
  }

  /// The first moment after Nesterov's look ahead: `b1 m / (1 - b1^(t+1)) + (1 - b1) g / (1 - b1^t)`.
  package func lookingAhead(
    _ gradients: AnyTensorTree, _ b1: Coefficient, _ count: Tensor
  ) -> AnyTensorTree {
    biasCorrected(b1, incremented(count)).map(gradients.biasCorrected(b1, count)) {
      b1 * $0 + (1 - b1) * $1
    }
  }

  /// The Euclidean norm of all tensors together.
  package var norm: Tensor { sqrt(squaredNorm) }

  /// The sum of the squares of all elements.
  package var squaredNorm: Tensor {
    let sums = leaves.map { sum(square($0)) }
    return sums.dropFirst().reduce(sums.first ?? Tensor(0.0), +)
  }
}

/// Computes the Euclidean norm of all tensors of a tree together.
///
/// Mirrors `optax.global_norm`.
public func globalNorm(_ tree: some TensorTree) -> Tensor { AnyTensorTree(tree).norm }

/// The count after one more update; it stays at the largest int32.
package func incremented(_ count: Tensor) -> Tensor {
  count + (count .< Tensor(Int32.max)).cast(to: count.dtype)
}
