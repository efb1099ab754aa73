/// A convolution of any number of spatial axes, with strides, padding, dilation and groups.
///
/// Operands: lhs (the input) and rhs (the kernel, which is not turned round). Its rules are those
/// of `jax.lax.conv_general_dilated`.
/// https://openxla.org/stablehlo/spec#convolution
package struct ConvGeneralDilated: Primitive {
  package static let name = "conv_general_dilated"
  package let window: ConvWindow
  package let axes: ConvAxes
  /// Groups of input features, each with its own kernels.
  package let featureGroups: Int
  /// Groups of the batch, each with its own kernels.
  package let batchGroups: Int

  package init(_ window: ConvWindow, _ axes: ConvAxes, featureGroups: Int = 1, batchGroups: Int = 1)
  {
    self.window = window
    self.axes = axes
    self.featureGroups = featureGroups
    self.batchGroups = batchGroups
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [Convolution.run(self, inputs[0], inputs[1], outputs[0])]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let left = tangents[0].map { bind(self, $0, primals[1]) }
    let right = tangents[1].map { bind(self, primals[0], $0) }
    return (bind(self, primals), [sumOfTangents(left, right)])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    switch (inputs[0], inputs[1]) {
    case (.linear(let lhs), .known(let rhs)):
      [cotangents[0].map { lhsCotangent($0, lhs, rhs) }, nil]
    case (.known(let lhs), .linear(let rhs)):
      [nil, cotangents[0].map { rhsCotangent($0, lhs, rhs) }]
    default: notLinear(inputs)
    }
  }

  /// Two operations for each tap inside the unpadded input.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let (lhs, rhs, out) = (inputs[0].shape, inputs[1].shape, outputs[0].shape)
    var taps = lhs.dimensions[axes.lhs.feature] / featureGroups
    taps *= out.dimensions[axes.out.feature]
    taps *= lhs.dimensions[axes.lhs.batch] / batchGroups
    for index in window.spatial.indices {
      taps *= window.spatial[index].innerTaps(
        input: lhs.dimensions[axes.lhs.spatial[index]],
        kernel: rhs.dimensions[axes.rhs.spatial[index]],
        output: out.dimensions[axes.out.spatial[index]])
    }
    return Cost(flops: 2 * taps)
  }
}

// The transposes, without the spatial axes and with m the batch, j input and k output features:
//
//     forward                [m, j] [j, k] -> [m, k]
//     cotangent of lhs       [m, k] [k, j] -> [m, j]
//     cotangent of rhs       [j, m] [m, k] -> [j, k]
//
// With feature groups g, the forward is [m, gj] [j, gk] -> [m, gk]; the cotangent of lhs has
// feature groups again, that of rhs batch groups: [gj, m] [m, gk] -> [j, gk]. With batch groups,
// the forward is [gm, j] [j, gk] -> [m, gk], and both cotangents have feature groups.
extension ConvGeneralDilated {
  private func lhsCotangent(_ ct: Tensor, _ lhs: ShapeDtype, _ rhs: Tensor) -> Tensor {
    let groups = featureGroups * batchGroups
    var kernel = rhs
    if groups > 1 {
      kernel = splitAxis(kernel, axes.rhs.outFeature, groups)
      kernel = mergeAxis(kernel, axes.rhs.outFeature, into: axes.rhs.inFeature)
    }
    kernel = bind(Rev(axes: axes.rhs.spatial), kernel)
    let transposed = ConvWindow(
      window.spatial.indices.map { index in
        window.spatial[index].lhsTransposed(
          input: lhs.shape.dimensions[axes.lhs.spatial[index]],
          kernel: rhs.shape.dimensions[axes.rhs.spatial[index]],
          output: ct.shape.dimensions[axes.out.spatial[index]])
      })
    let operation = ConvGeneralDilated(
      transposed, ConvAxes(lhs: axes.out, rhs: axes.rhs.swapped, out: axes.lhs),
      featureGroups: groups)
    var result = bind(operation, ct, kernel)
    if batchGroups > 1 {
      result = splitAxis(result, axes.lhs.feature, batchGroups)
      result = mergeAxis(result, axes.lhs.feature, into: axes.lhs.batch)
    }
    return result
  }

  private func rhsCotangent(_ ct: Tensor, _ lhs: Tensor, _ rhs: ShapeDtype) -> Tensor {
    // A cotangent without elements would make a kernel of size 0.
    if ct.elementCount == 0 { return Tensor(NDArray.filled(0, rhs)) }
    let transposed = ConvWindow(
      window.spatial.indices.map { index in
        window.spatial[index].rhsTransposed(
          input: lhs.shape.dimensions[axes.lhs.spatial[index]],
          kernel: rhs.shape.dimensions[axes.rhs.spatial[index]],
          output: ct.shape.dimensions[axes.out.spatial[index]])
      })
    let operation = ConvGeneralDilated(
      transposed,
      ConvAxes(
        lhs: axes.lhs.swapped, rhs: ConvAxes.Kernel(axes.out.swapped),
        out: ConvAxes.Image(axes.rhs.swapped)),
      featureGroups: batchGroups, batchGroups: featureGroups)
    return bind(operation, lhs, ct)
  }

  /// Makes the batch axis a part of the batch or feature axis, with as many groups more.
  package func batch(
    _ inputs: [Tensor], _ batchAxes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (lhs, rhs) = (inputs[0], inputs[1])
    if size == 0 { return emptyBatch(inputs, batchAxes) }
    func with(
      _ lhs: Tensor, _ rhs: Tensor, featureGroups: Int? = nil, batchGroups: Int? = nil
    ) -> Tensor {
      bind(
        ConvGeneralDilated(
          window, axes, featureGroups: featureGroups ?? self.featureGroups,
          batchGroups: batchGroups ?? self.batchGroups), lhs, rhs)
    }
    switch (batchAxes[0], batchAxes[1]) {
    case (let l?, let r?):
      // Every member is a group.
      let kernel = mergeAxis(rhs, r, into: axes.rhs.outFeature)
      let result =
        batchGroups > 1
        ? with(
          mergeAxis(lhs, l, into: axes.lhs.batch), kernel, batchGroups: batchGroups * size)
        : with(
          mergeAxis(lhs, l, into: axes.lhs.feature), kernel, featureGroups: featureGroups * size)
      return ([splitAxis(result, axes.out.feature, size)], [axes.out.feature])
    case (let l?, nil):
      var x = lhs
      if batchGroups > 1 {
        // The groups stay outermost: [g, batch, m] from [batch, g m].
        let own = axes.lhs.batch
        x = splitAxis(x, own + (l <= own ? 1 : 0), batchGroups)
        x = mergeAxis(x, l + (own < l ? 1 : 0), into: own + 1)
        x = mergeAxis(x, own, into: own)
      } else {
        x = mergeAxis(x, l, into: axes.lhs.batch)
      }
      return ([splitAxis(with(x, rhs), axes.out.batch, size)], [axes.out.batch])
    case (nil, let r?):
      let groups = featureGroups * batchGroups
      let place = axes.out.feature
      if groups == 1 {
        let result = with(lhs, mergeAxis(rhs, r, into: axes.rhs.outFeature))
        return ([splitAxis(result, place, size)], [place])
      }
      let own = axes.rhs.outFeature
      var kernel = splitAxis(rhs, own + (r <= own ? 1 : 0), groups)
      kernel = mergeAxis(kernel, r + (own < r ? 1 : 0), into: own + 1)
      kernel = mergeAxis(kernel, own, into: own)
      var result = splitAxis(with(lhs, kernel), place, groups)
      result = splitAxis(result, place + 1, size)
      return ([mergeAxis(result, place, into: place + 1)], [place])
    case (nil, nil):
      return ([with(lhs, rhs)], [nil])
    }
  }

  /// No members: only the type of one is known.
  private func emptyBatch(
    _ inputs: [Tensor], _ batchAxes: [Int?]
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let types = zip(inputs, batchAxes).map { input, axis in
      axis.map { input.type.with(shape: input.shape.removing([$0])) } ?? input.type
    }
    guard let output = (try? infer(types))?.first else { return (bind(self, inputs), [nil]) }
    let shape = output.shape.inserting(0, at: 0)
    return ([Tensor(NDArray.filled(0, output.with(shape: shape)))], [0])
  }
}

/// Merges axis `source` into axis `target`, counted after `source` is removed, as its outer part.
package func mergeAxis(_ x: Tensor, _ source: Int, into target: Int) -> Tensor {
  let moved = moveAxis(x, from: source, to: target)
  var sizes = moved.shape.dimensions
  let inner = sizes.remove(at: target + 1)
  sizes[target] *= inner
  return bind(Reshape(Shape(sizes)), moved)
}

/// Splits an axis into an outer one of size `outer` and the rest.
package func splitAxis(_ x: Tensor, _ axis: Int, _ outer: Int) -> Tensor {
  let inner = x.shape.dimensions[axis] / outer
  return bind(Reshape(x.shape.replacing(axis, with: inner).inserting(outer, at: axis)), x)
}
