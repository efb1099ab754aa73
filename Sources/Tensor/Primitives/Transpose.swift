/// The axes in another order, in which axis `permutation[i]` comes as axis i; a view.
///
/// https://openxla.org/stablehlo/spec#transpose
package struct Transpose: ViewPrimitive {
  package static let name = "transpose"
  package let permutation: [Int]

  package init(_ permutation: [Int]) { self.permutation = permutation }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let shape = inputs[0].shape
    guard permutation.sorted() == Array(shape.indices) else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "permutation", value: "\(permutation)",
          expected: "each axis of the operand once"),
        [.init("operand", inputs[0])])
    }
    return [inputs[0].with(shape: Shape(permutation.map { shape.dimensions[$0] }))]
  }

  package func view(_ layout: Layout) -> Layout? { layout.transposed(permutation) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [cotangents[0].map { bind(Transpose(inverse), $0) }]
  }

  /// The permutation that undoes this one.
  private var inverse: [Int] {
    var result = permutation
    for (target, source) in permutation.enumerated() { result[source] = target }
    return result
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let axis = axes[0] ?? 0
    let shifted = permutation.map { $0 >= axis ? $0 + 1 : $0 }
    return ([bind(Transpose([axis] + shifted), inputs[0])], [0])
  }
}
