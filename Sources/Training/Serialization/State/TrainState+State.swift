import Linen

extension TrainState: StateSerializable {
  /// Presents the fields as Flax's train state has them: `step` as an integer, then `params`,
  /// `opt_state` and the other collections; key, dynamic scale and data position if they are there.
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
    visit("key", &key, &visitor)
    visit("dynamic_scale", &dynamicScale, &visitor)
    visit("data_position", &dataPosition, &visitor)
  }

  /// Presents a field that most states do not have, if this one has it.
  private func visit<Field: StateSerializable>(
    _ name: String, _ field: inout Field?, _ visitor: inout StateVisitor
  ) {
    guard var value = field else { return }
    visitor.visit(name, &value)
    field = value
  }
}

extension DynamicScale: StateSerializable {}
extension DataPosition: StateSerializable {}

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
