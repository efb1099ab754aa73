import Tensor

/// Divides gradients by the root of averaged squares that are kept by rows and columns.
///
/// Mirrors `optax.scale_by_factored_rms`. A tensor whose second largest axis has at least
/// `minDimSizeToFactor` keeps the means over its two largest axes instead of every element; the
/// decay at update t is `1 - (t - stepOffset)^(-decayRate)`. https://arxiv.org/abs/1804.04235
public func scaleByFactoredRMS(
  factored: Bool = true, decayRate: any Hyperparameter = 0.8, stepOffset: Int = 0,
  minDimSizeToFactor: Int = 128, epsilon: any Hyperparameter = 1e-30
) -> GradientTransformation {
  let (rate, epsilon) = (decayRate.coefficient, epsilon.coefficient)
  let factors = { @Sendable (shape: Shape) in
    factored ? largestAxes(shape, atLeast: minDimSizeToFactor) : nil
  }
  return GradientTransformation(
    initialize: { params in
      let row = params.map { p in
        factors(p.shape).map { meanZeros(p, over: $0.largest) } ?? none(p)
      }
      let column = params.map { p in
        factors(p.shape).map { meanZeros(p, over: $0.second) } ?? none(p)
      }
      let whole = params.map {
        factors($0.shape) == nil ? Tensor.zeros($0.shape, dtype: $0.dtype) : none($0)
      }
      return .fields([
        "count": .zeroCount, "v_row": .tree(row), "v_col": .tree(column), "v": .tree(whole),
      ])
    },
    update: { updates, state, arguments in
      let params = arguments.params(for: "scaleByFactoredRMS", like: updates)
      let (row, column, whole) = (state["v_row"].tree, state["v_col"].tree, state["v"].tree)
      guard updates.matches(row), updates.matches(column), updates.matches(whole) else {
        return (updates, state)
      }
      let count = state["count"].tensor
      let step = (count - stepOffset + 1).cast(to: .float32)
      let decay = Coefficient.tensor(1 - pow(step, (-rate).tensor))
      let parts = updates.leaves.indices.map { index in
        FactoredMoment(
          gradient: updates.leaves[index], row: row.leaves[index], column: column.leaves[index],
          whole: whole.leaves[index], dtype: params.leaves[index].dtype,
          axes: factors(params.leaves[index].shape), decay: decay, epsilon: epsilon)
      }
      return (
        updates.replacing(parts.map(\.update)),
        .fields([
          "count": .tensor(incremented(count)), "v_row": .tree(row.replacing(parts.map(\.row))),
          "v_col": .tree(column.replacing(parts.map(\.column))),
          "v": .tree(whole.replacing(parts.map(\.whole))),
        ])
      )
    })
}

/// Adafactor: Adam's steps with memory for rows and columns instead of elements.
///
/// Mirrors `optax.adafactor`.
public func adafactor(
  _ learningRate: (any ScalarOrSchedule)? = nil, minDimSizeToFactor: Int = 128,
  decayRate: any Hyperparameter = 0.8, decayOffset: Int = 0,
  multiplyByParameterScale: Bool = true, clippingThreshold: (any Hyperparameter)? = 1.0,
  momentum: (any Hyperparameter)? = nil, dtypeMomentum: DType = .float32,
  weightDecayRate: (any ScalarOrSchedule)? = nil, eps: any Hyperparameter = 1e-30,
  factored: Bool = true, weightDecayMask: ParameterMask? = nil
) -> GradientTransformation {
  var steps = [
    scaleByFactoredRMS(
      factored: factored, decayRate: decayRate, stepOffset: decayOffset,
      minDimSizeToFactor: minDimSizeToFactor, epsilon: eps)
  ]
  if let clippingThreshold { steps.append(clipByBlockRMS(clippingThreshold)) }
  if let learningRate { steps.append(scaleByLearningRate(learningRate, flipSign: false)) }
  if multiplyByParameterScale { steps.append(scaleByParamBlockRMS()) }
  if let momentum {
    steps.append(ema(decay: momentum, debias: false, accumulatorDtype: dtypeMomentum))
  }
  if let weightDecayRate {
    steps.append(addDecayedWeights(weightDecayRate, mask: weightDecayMask))
  }
  steps.append(scale(-1))
  return chain(steps)
}

/// The two largest axes; nil if the second is smaller than `size`.
private func largestAxes(_ shape: Shape, atLeast size: Int) -> (second: Int, largest: Int)? {
  let order = shape.indices.sorted {
    (shape.dimensions[$0], $0) < (shape.dimensions[$1], $1)
  }
  guard order.count >= 2, shape.dimensions[order[order.count - 2]] >= size else { return nil }
  return (order[order.count - 2], order[order.count - 1])
}

private func meanZeros(_ x: Tensor, over axis: Int) -> Tensor {
  Tensor.zeros(x.shape.removing([axis]), dtype: x.dtype)
}

/// What stands where a tensor has no moment of this kind.
private func none(_ x: Tensor) -> Tensor { Tensor.zeros([1], dtype: x.dtype) }

/// The moments of one tensor after an update, and the update.
private struct FactoredMoment {
  var update: Tensor
  var row: Tensor
  var column: Tensor
  var whole: Tensor

  init(
    gradient: Tensor, row: Tensor, column: Tensor, whole: Tensor, dtype: DType,
    axes: (second: Int, largest: Int)?, decay: Coefficient, epsilon: Coefficient
  ) {
    let squared = square(gradient) + epsilon
    func averaged(_ before: Tensor, _ new: Tensor) -> Tensor {
      (decay * before + (1 - decay) * new).cast(to: dtype)
    }
    self.row = none(gradient)
    self.column = none(gradient)
    self.whole = none(gradient)
    guard let axes else {
      self.whole = averaged(whole, squared)
      update = gradient * pow(self.whole, -0.5)
      return
    }
    let newRow = averaged(row, mean(squared, axes: [axes.largest]))
    let newColumn = averaged(column, mean(squared, axes: [axes.second]))
    let second = axes.second > axes.largest ? axes.second - 1 : axes.second
    let rowFactor = pow(newRow / mean(newRow, axes: [second], keepingAxes: true), -0.5)
    let columnFactor = pow(newColumn, -0.5)
    self.row = newRow
    self.column = newColumn
    update =
      gradient * rowFactor.expandingAxis(axes.largest) * columnFactor.expandingAxis(axes.second)
  }
}
