import CKernels

/// A float type with pooling kernels.
protocol PoolScalar: WindowScalar, FloatingPoint {
  /// Combines the windows of one image.
  static func pool(
    _ combination: Windows.Combination, _ plane: inout ck_pool2d, _ x: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>)

  /// Writes the gradient of a window sum.
  static func sumGradient(
    _ plane: inout ck_pool2d, _ dy: UnsafePointer<Self>, _ dx: UnsafeMutablePointer<Self>)

  /// Writes the gradient of a window maximum or minimum.
  static func choiceGradient(
    _ choice: Windows.Combination, _ plane: inout ck_pool2d, _ x: UnsafePointer<Self>,
    _ dy: UnsafePointer<Self>, _ dx: UnsafeMutablePointer<Self>)
}

extension Float: PoolScalar {
  static func pool(
    _ combination: Windows.Combination, _ plane: inout ck_pool2d, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    switch combination {
    case .sum: ck_pool2d_sum_f32(&plane, x, y)
    case .max: ck_pool2d_max_f32(&plane, x, y)
    case .min: ck_pool2d_min_f32(&plane, x, y)
    }
  }

  static func sumGradient(
    _ plane: inout ck_pool2d, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
  ) {
    ck_pool2d_sum_grad_f32(&plane, dy, dx)
  }

  static func choiceGradient(
    _ choice: Windows.Combination, _ plane: inout ck_pool2d, _ x: UnsafePointer<Float>,
    _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
  ) {
    if choice == .min {
      ck_pool2d_min_grad_f32(&plane, x, dy, dx)
    } else {
      ck_pool2d_max_grad_f32(&plane, x, dy, dx)
    }
  }
}

extension Double: PoolScalar {
  static func pool(
    _ combination: Windows.Combination, _ plane: inout ck_pool2d, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) {
    switch combination {
    case .sum: ck_pool2d_sum_f64(&plane, x, y)
    case .max: ck_pool2d_max_f64(&plane, x, y)
    case .min: ck_pool2d_min_f64(&plane, x, y)
    }
  }

  static func sumGradient(
    _ plane: inout ck_pool2d, _ dy: UnsafePointer<Double>, _ dx: UnsafeMutablePointer<Double>
  ) {
    ck_pool2d_sum_grad_f64(&plane, dy, dx)
  }

  static func choiceGradient(
    _ choice: Windows.Combination, _ plane: inout ck_pool2d, _ x: UnsafePointer<Double>,
    _ dy: UnsafePointer<Double>, _ dx: UnsafeMutablePointer<Double>
  ) {
    if choice == .min {
      ck_pool2d_min_grad_f64(&plane, x, dy, dx)
    } else {
      ck_pool2d_max_grad_f64(&plane, x, dy, dx)
    }
  }
}

extension Windows {
  static func planarOrTable<T: PoolScalar>(
    _ combination: Combination, _ groups: WindowGroups, _ x: NDArray, _ result: NDArray,
    as type: T.Type
  ) {
    let (px, py) = (x.pointer(as: T.self), result.pointer(as: T.self))
    defer { withExtendedLifetime(x) {} }
    let (m, n) = (groups.inputCount, groups.outputCount)
    if let plane = groups.plane {
      images(groups) { image in
        var plane = plane
        T.pool(combination, &plane, px + image * m, py + image * n)
      }
    } else if combination == .sum, let plane = groups.adjointPlane {
      images(groups) { image in
        var plane = plane
        T.sumGradient(&plane, px + image * m, py + image * n)
      }
    } else {
      table(combination, groups, x, result, as: type)
    }
  }

  static func planarOrTableScatter<T: PoolScalar>(
    _ choice: Combination, _ groups: WindowGroups, _ x: NDArray, _ source: NDArray,
    _ result: NDArray, as type: T.Type
  ) {
    guard let plane = groups.plane else {
      return scatterTable(choice, groups, x, source, result, as: type)
    }
    let (px, ps, py) = (
      x.pointer(as: T.self), source.pointer(as: T.self), result.pointer(as: T.self)
    )
    defer { withExtendedLifetime((x, source)) {} }
    let (m, n) = (groups.inputCount, groups.outputCount)
    images(groups) { image in
      var plane = plane
      T.choiceGradient(choice, &plane, px + image * m, ps + image * n, py + image * m)
    }
  }

  /// Runs `body` for each image, over threads where there is enough to do.
  static func images(_ groups: WindowGroups, _ body: (Int) -> Void) {
    let work = max(1, max(groups.inputCount, groups.outputCount))
    parallelRanges(groups.outer, grain: max(1, RowLoop.parallelThreshold / 4 / work)) { range in
      for image in range { body(image) }
    }
  }
}
