extension ConvGeneralDilated {
  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (lhs, rhs) = (inputs[0], inputs[1])
    try checkParameters(lhs, rhs)
    let output = ShapeDtype(
      outputShape(lhs.shape, rhs.shape), lhs.dtype, isWeak: lhs.isWeak && rhs.isWeak)
    func failure(
      _ fact: TensorError.Fact, _ left: Int? = nil, _ right: Int? = nil, hint: String? = nil
    ) -> TensorError {
      TensorError(
        Self.name, fact, [.init("lhs", lhs, axis: left), .init("rhs", rhs, axis: right)],
        hint: hint, placeholders: [output])
    }
    let features = lhs.shape.dimensions[axes.lhs.feature]
    let kernelIn = rhs.shape.dimensions[axes.rhs.inFeature]
    let kernelOut = rhs.shape.dimensions[axes.rhs.outFeature]
    guard features % featureGroups == 0 else {
      throw failure(
        .argumentInvalid(
          name: "feature group count", value: "\(featureGroups)",
          expected: "a divisor of the lhs features"), axes.lhs.feature)
    }
    let perGroup = features / featureGroups
    guard perGroup == kernelIn else {
      let groups = featureGroups == 1 ? "" : " in each of \(featureGroups) groups, \(perGroup),"
      throw failure(
        .sizesDiffer(what: "the features of lhs\(groups) and the input features of rhs"),
        axes.lhs.feature, axes.rhs.inFeature,
        hint: "with feature groups the kernel has the features of lhs divided by their number")
    }
    let groups = featureGroups * batchGroups
    guard kernelOut % groups == 0 else {
      throw failure(
        .argumentInvalid(
          name: "group count", value: "\(groups)",
          expected: "a divisor of the output features of rhs"), nil, axes.rhs.outFeature)
    }
    guard lhs.shape.dimensions[axes.lhs.batch] % batchGroups == 0 else {
      throw failure(
        .argumentInvalid(
          name: "batch group count", value: "\(batchGroups)",
          expected: "a divisor of the lhs batch"), axes.lhs.batch)
    }
    for (index, spatial) in window.spatial.enumerated() {
      let size = lhs.shape.dimensions[axes.lhs.spatial[index]]
      guard spatial.padded(size) >= 0 else {
        throw failure(
          .argumentInvalid(
            name: "padding", value: "(\(spatial.low), \(spatial.high))",
            expected: "one that leaves a size of at least 0"), axes.lhs.spatial[index])
      }
    }
    guard lhs.dtype == rhs.dtype else {
      throw failure(.dtypesDiffer, hint: "convert one with cast(to:)")
    }
    guard lhs.dtype != .bool else {
      throw failure(.dtypeUnsupported(dtype: .bool, expected: "a number type"))
    }
    return [output]
  }

  /// Checks what the shape of the result needs: ranks, axes, and positive parameters.
  private func checkParameters(_ lhs: ShapeDtype, _ rhs: ShapeDtype) throws(TensorError) {
    let operands: [TensorError.Operand] = [.init("lhs", lhs), .init("rhs", rhs)]
    guard lhs.rank == rhs.rank else {
      throw TensorError(
        Self.name, .rankInvalid(rank: rhs.rank, expected: "\(lhs.rank), that of lhs, for rhs"),
        operands, placeholders: [lhs])
    }
    guard lhs.rank == window.spatial.count + 2 else {
      throw TensorError(
        Self.name,
        .rankInvalid(
          rank: lhs.rank, expected: "\(window.spatial.count + 2) for as many strides and paddings"),
        operands, placeholders: [lhs])
    }
    let all = Array(0..<lhs.rank)
    guard axes.lhs.all.sorted() == all, axes.rhs.all.sorted() == all, axes.out.all.sorted() == all
    else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "dimension numbers", value: "\(axes.lhs.all), \(axes.rhs.all), \(axes.out.all)",
          expected: "each axis once"), operands, placeholders: [lhs])
    }
    guard featureGroups > 0, batchGroups > 0, featureGroups == 1 || batchGroups == 1 else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "feature and batch group counts", value: "\(featureGroups) and \(batchGroups)",
          expected: "at least 1, and one of them 1"), operands, placeholders: [lhs])
    }
    for spatial in window.spatial {
      for (what, value) in [
        ("stride", spatial.stride), ("lhs dilation", spatial.inputDilation),
        ("rhs dilation", spatial.kernelDilation),
      ] where value < 1 {
        throw TensorError(
          Self.name, .argumentInvalid(name: what, value: "\(value)", expected: "at least 1"),
          operands, placeholders: [lhs])
      }
    }
  }

  private func outputShape(_ lhs: Shape, _ rhs: Shape) -> Shape {
    var sizes = [Int](repeating: 0, count: lhs.rank)
    sizes[axes.out.batch] = lhs.dimensions[axes.lhs.batch] / batchGroups
    sizes[axes.out.feature] = rhs.dimensions[axes.rhs.outFeature]
    for (index, spatial) in window.spatial.enumerated() {
      sizes[axes.out.spatial[index]] = spatial.outputSize(
        input: lhs.dimensions[axes.lhs.spatial[index]],
        kernel: rhs.dimensions[axes.rhs.spatial[index]])
    }
    return Shape(sizes)
  }
}
