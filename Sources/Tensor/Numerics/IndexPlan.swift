/// An index resolved for a tensor: a slice, then a shape, then a gather.
struct IndexPlan {
  private(set) var slice: Slice
  /// The axes to turn round before slicing, for steps below 0.
  private(set) var reversed: [Int] = []
  /// The shape after integers have dropped and `newAxis` has inserted axes.
  private(set) var shape: Shape
  /// Index tensors with the axes of `shape` that they index.
  private(set) var arrays: [(axis: Int, indices: Tensor)] = []
  /// Whether the axes of the index tensors take the place of the first they index.
  private var arraysStayInPlace = true

  init(_ index: [TensorIndex], _ type: ShapeDtype) throws(TensorError) {
    let parts = try IndexPlan.expanded(index, type)
    let hasArrays = parts.contains { if case .tensor = $0 { true } else { false } }
    var (start, limit, step) = ([Int](), [Int](), [Int]())
    var sizes: [Int] = []
    var blocks: [Int] = []
    var axis = 0
    for (position, part) in parts.enumerated() {
      if case .newAxis = part {
        sizes.append(1)
        continue
      }
      let size = type.shape.dimensions[axis]
      switch part {
      case .at(let place):
        let resolved = place < 0 ? place + size : place
        guard (0..<size).contains(resolved) else {
          throw TensorError(
            "subscript",
            .argumentInvalid(
              name: "index", value: "\(place)", expected: "\(-size) to \(size - 1)"),
            [.init("operand", type, axis: axis)])
        }
        start.append(resolved)
        limit.append(resolved + 1)
        step.append(1)
        // Among tensors an integer is one, too: it decides where their axes go.
        if hasArrays { blocks.append(position) }
      case .slice(let from, let to, let by):
        let bounds = try IndexPlan.bounds(from, to, by, size, type, axis)
        if by < 0 { reversed.append(axis) }
        start.append(bounds.start)
        limit.append(bounds.limit)
        step.append(Swift.abs(by))
        sizes.append((bounds.limit - bounds.start + Swift.abs(by) - 1) / Swift.abs(by))
      case .tensor(let indices):
        start.append(0)
        limit.append(size)
        step.append(1)
        arrays.append((sizes.count, indices))
        sizes.append(size)
        blocks.append(position)
      case .newAxis, .ellipsis: break
      }
      axis += 1
    }
    slice = Slice(start: start, limit: limit, step: step)
    shape = Shape(sizes)
    arraysStayInPlace = zip(blocks, blocks.dropFirst()).allSatisfy { $0 + 1 == $1 }
  }

  /// Replaces the ellipsis by whole axes, and masks by the indices where they are true.
  private static func expanded(
    _ index: [TensorIndex], _ type: ShapeDtype
  ) throws(TensorError) -> [TensorIndex] {
    func failure(_ value: String, _ expected: String) -> TensorError {
      TensorError(
        "subscript", .argumentInvalid(name: "index", value: value, expected: expected),
        [.init("operand", type)])
    }
    var parts: [TensorIndex] = []
    var ellipsis: Int?
    var named = 0
    for part in index {
      switch part {
      case .ellipsis:
        guard ellipsis == nil else { throw failure("with two ...", "one ... at most") }
        ellipsis = parts.count
      case .newAxis: parts.append(part)
      case .tensor(let mask) where mask.dtype == .bool:
        let masked = Array(type.shape.dimensions.dropFirst(named).prefix(mask.rank))
        guard masked == mask.shape.dimensions else {
          throw failure("a mask of shape \(mask.shape)", "one of the axes' sizes \(masked)")
        }
        parts += try places(of: mask).map { .tensor($0) }
        named += mask.rank
      case .tensor(let indices):
        guard indices.dtype.isInteger else {
          throw failure("a tensor of dtype \(indices.dtype)", "integers or bool")
        }
        parts.append(part)
        named += 1
      default:
        parts.append(part)
        named += 1
      }
    }
    guard named <= type.rank else {
      throw failure("\(named) parts", "at most \(type.rank), the axes of the operand")
    }
    let whole = [TensorIndex](
      repeating: .slice(start: nil, stop: nil, step: 1), count: type.rank - named)
    parts.insert(contentsOf: whole, at: ellipsis ?? parts.count)
    return parts
  }

  /// The index vectors of the elements where a mask is true, which must be known.
  private static func places(of mask: Tensor) throws(TensorError) -> [Tensor] {
    guard let array = mask.array else {
      throw TensorError(
        "subscript", .valueUnknown(transform: "a transform"), [.init("mask", mask.type)],
        hint: "the number of true elements decides the shape; use which(mask, x, y) instead")
    }
    let flat = array.contiguous()
    let values = flat.pointer(as: UInt8.self)
    let chosen = withExtendedLifetime(flat) { (0..<flat.count).filter { values[$0] != 0 } }
    let strides = mask.shape.rowMajorStrides
    return mask.shape.indices.map { axis in
      Tensor(
        chosen.map { Int32($0 / strides[axis] % mask.shape.dimensions[axis]) }, dtype: .int32)
    }
  }

  /// The places of a slice in the axis, counted in the reversed axis for a negative step.
  private static func bounds(
    _ from: Int?, _ to: Int?, _ step: Int, _ size: Int, _ type: ShapeDtype, _ axis: Int
  ) throws(TensorError) -> (start: Int, limit: Int) {
    guard step != 0 else {
      throw TensorError(
        "subscript", .argumentInvalid(name: "step", value: "0", expected: "not 0"),
        [.init("operand", type, axis: axis)])
    }
    func resolved(_ place: Int) -> Int { place < 0 ? place + size : place }
    func cut(_ place: Int) -> Int { Swift.min(Swift.max(place, 0), size) }
    if step > 0 {
      let start = cut(from.map(resolved) ?? 0)
      return (start, Swift.max(start, cut(to.map(resolved) ?? size)))
    }
    // Place p is place size - 1 - p from the other end.
    let start = cut(from.map { size - 1 - resolved($0) } ?? 0)
    return (start, Swift.max(start, cut(to.map { size - 1 - resolved($0) } ?? size)))
  }
}

extension IndexPlan {
  /// Whether the index has no tensors and takes neighbouring elements in order.
  var isBlock: Bool {
    arrays.isEmpty && reversed.isEmpty && slice.step.allSatisfy { $0 == 1 }
  }

  /// Whether the index is made of tensors and whole axes alone.
  func isWhole(_ type: ShapeDtype) -> Bool {
    reversed.isEmpty && shape == type.shape && slice.step.allSatisfy { $0 == 1 }
      && slice.limit == type.shape.dimensions && slice.start.allSatisfy { $0 == 0 }
  }

  func taken(from x: Tensor, _ mode: IndexMode) throws(TensorError) -> Tensor {
    var result = reversed.isEmpty ? x : bind(Rev(axes: reversed), x)
    let isWholeSlice =
      slice.limit == x.shape.dimensions && slice.start.allSatisfy { $0 == 0 }
      && slice.step.allSatisfy { $0 == 1 }
    if !isWholeSlice { result = bind(slice, result) }
    if result.shape != shape { result = bind(Reshape(shape), result) }
    guard !arrays.isEmpty else { return result }
    let (axes, indices) = try gathering(x.type)
    let sizes = shape.indices.map { axis in
      arrays.contains { $0.axis == axis }
        ? Swift.min(1, shape.dimensions[axis]) : shape.dimensions[axis]
    }
    return bind(Gather(axes, sliceSizes: sizes, mode: mode), result, indices)
  }

  /// The axes of the gather and its index vectors [..., components], counted from the front.
  func gathering(_ type: ShapeDtype) throws(TensorError) -> (IndexAxes, Tensor) {
    var common = Shape.scalar
    for (_, indices) in arrays {
      guard let shape = common.broadcast(with: indices.shape) else {
        throw TensorError(
          "subscript", .shapesDiffer,
          arrays.enumerated().map { .init("index \($0)", $1.indices.type) })
      }
      common = shape
    }
    let columns = arrays.map { axis, indices in
      let size = shape.dimensions[axis]
      let isWide = size > Int(Int32.max) || indices.dtype.byteSize == 8
      let places = indices.converted(isWide ? .int64 : .int32)
      let counted =
        indices.dtype.isUnsigned
        ? places : which(places .< 0, places + Tensor(size, dtype: places.dtype), places)
      return counted.expanded(to: common).expandingAxis(common.rank)
    }
    let vectors = columns.count == 1 ? columns[0] : concatenate(columns, axis: -1)
    let axes = arrays.map(\.axis)
    let kept = shape.rank - axes.count
    // The axes of the index tensors stand where the first indexed axis stood, or in front.
    let place = arraysStayInPlace ? (axes.first ?? 0) : 0
    let offset = (0..<kept).map { $0 < place ? $0 : $0 + common.rank }
    return (IndexAxes(offset: offset, collapsed: axes, startMap: axes), vectors)
  }
}
