/// A primitive that combines the elements of a window as it moves over its operand.
///
/// `window` has strides, padding, base dilation (`inputDilation`) and window dilation
/// (`kernelDilation`) for every axis of the operand.
/// https://openxla.org/stablehlo/spec#reduce_window
package protocol WindowReduction: Primitive {
  var sizes: [Int] { get }
  var window: ConvWindow { get }
  init(sizes: [Int], window: ConvWindow)
  static var expectedTypes: String { get }
  static var combination: Windows.Combination { get }
}

extension WindowReduction {
  package static var expectedTypes: String {
    combination == .sum ? "a number type" : "a real number type"
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let output = try inferWindow(Self.name, sizes, window, inputs[0])
    guard inputs[0].dtype != .bool, Self.combination == .sum || !inputs[0].dtype.isComplex else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: inputs[0].dtype, expected: Self.expectedTypes),
        [.init("operand", inputs[0])], placeholders: [output])
    }
    return [output]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [Windows.reduce(Self.combination, inputs[0], sizes, window.spatial, outputs[0])]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let axis = axes[0] ?? 0
    let operation = Self(sizes: inserting(1, sizes, at: axis), window: window.inserting(at: axis))
    return ([bind(operation, inputs[0])], [axis])
  }

  /// One operation for each element of the window beyond the first.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: (sizes.reduce(1, *) - 1) * outputs[0].elementCount)
  }
}

/// The type of what a window of `sizes` gives at each of its places.
package func inferWindow(
  _ name: String, _ sizes: [Int], _ window: ConvWindow, _ operand: ShapeDtype
) throws(TensorError) -> ShapeDtype {
  guard sizes.count == operand.rank, window.spatial.count == operand.rank else {
    throw TensorError(
      name,
      .argumentInvalid(
        name: "window", value: "\(sizes)", expected: "one size, stride and padding an axis"),
      [.init("operand", operand)])
  }
  for (axis, spatial) in window.spatial.enumerated() {
    for (what, value) in [
      ("window size", sizes[axis]), ("stride", spatial.stride),
      ("base dilation", spatial.inputDilation), ("window dilation", spatial.kernelDilation),
    ] where value < 1 {
      throw TensorError(
        name, .argumentInvalid(name: what, value: "\(value)", expected: "at least 1"),
        [.init("operand", operand, axis: axis)])
    }
    guard spatial.padded(operand.shape.dimensions[axis]) >= 0 else {
      throw TensorError(
        name,
        .argumentInvalid(
          name: "padding", value: "(\(spatial.low), \(spatial.high))",
          expected: "one that leaves a size of at least 0"), [.init("operand", operand, axis: axis)]
      )
    }
  }
  let shape = operand.shape.indices.map { axis in
    window.spatial[axis].outputSize(input: operand.shape.dimensions[axis], kernel: sizes[axis])
  }
  return operand.with(shape: Shape(shape))
}

/// A copy of `list` with `value` inserted.
package func inserting<Element>(_ value: Element, _ list: [Element], at index: Int) -> [Element] {
  var list = list
  list.insert(value, at: index)
  return list
}

extension ConvWindow {
  /// One trivial axis more.
  package func inserting(at axis: Int) -> ConvWindow {
    var spatial = spatial
    spatial.insert(Axis(), at: axis)
    return ConvWindow(spatial)
  }
}
