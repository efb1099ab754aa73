extension TensorError: CustomStringConvertible {
  /// The message: operation, what is wrong, each operand, the module path, and a hint line.
  public var description: String {
    var text = "\(operation): \(fact)"
    for operand in operands { text += ", \(operand)" }
    if let path { text += " (in \(path))" }
    if let hint { text += "\nhint: \(hint)" }
    return text
  }
}

extension TensorError.Fact: CustomStringConvertible {
  /// The fact in words.
  public var description: String {
    switch self {
    case .shapesDiffer: "shapes differ and don't broadcast"
    case .dtypesDiffer: "dtypes differ"
    case .axisOutOfRange(let axis, let rank): "axis \(axis) is out of range for rank \(rank)"
    case .axesInvalid(let axes, let rank):
      "axes \(axes) must be distinct and within the \(rank) axes of the operand"
    case .rankInvalid(let rank, let expected): "rank is \(rank), expected \(expected)"
    case .sizesDiffer(let what): "\(what) differ"
    case .dtypeUnsupported(let dtype, let expected):
      "dtype \(dtype) is not supported, expected \(expected)"
    case .argumentInvalid(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    case .valueUnknown(let transform):
      "the value is read while \(transform) traces, where only shape and dtype are known"
    case .tracerEscaped(let transform):
      "a tensor of \(transform) is used after \(transform) has ended"
    case .ruleMissing(let rule): "there is no \(rule) rule"
    case .other(let text): text
    }
  }
}

extension TensorError.Operand: CustomStringConvertible {
  /// The role, type and axis, such as `lhs f32[8,128] axis 1 = 128`.
  public var description: String {
    guard let axis, type.shape.indices.contains(axis) else { return "\(label) \(type)" }
    return "\(label) \(type) axis \(axis) = \(type.shape.dimensions[axis])"
  }
}
