import Linen

extension TrainState: StateSerializable {
  /// Presents the fields as Flax's train state has them: `step` as an integer, then `params`,
  /// `opt_state` and the other collections.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    var count = StepCount(step: step)
    visitor.visit("step", &count)
    step = count.step
    visitor.visit("params", &params)
    visitor.visit("opt_state", &optState)
    for name in collections.keys.sorted() {
      var collection: Variables = collections[name]
      visitor.visit(name, &collection)
      if visitor.isRestoring { collections[name] = collection }
    }
  }
}

extension TrainStep: StateSerializable {}

/// A count of steps, which Flax keeps as a plain integer outside of compiled functions.
private struct StepCount: StateSerializable {
  var step: Tensor

  mutating func visitState(_ visitor: inout StateVisitor) {
    if !visitor.isRestoring, step.rank == 0, step.dtype.isInteger,
      let count = try? step.item(as: Int.self)
    {
      visitor.visitLeaf(.int(count)) { _ in nil }
    } else {
      step.visitState(&visitor)
    }
  }
}
