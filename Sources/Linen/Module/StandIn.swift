/// A type with a value to go on with after an error.
protocol StandingIn {
  static var standIn: Self { get }
}

/// A value of a type to go on with after an error, where the right one was never made.
///
/// There is one of tensors, plain data, text, collections, optionals, modules, the functions of layers,
/// and structures and tuples of these; nil for other types. It need only be valid, as the error makes
/// the result of the call disappear.
func makeStandIn<T>(for type: T.Type = T.self) -> T? {
  if let type = type as? any StandingIn.Type { return type.standIn as? T }
  if let type = type as? Module.Type { return StandInModules.instance(of: type) as? T }
  if let function = standInFunctions().lazy.compactMap({ $0 as? T }).first { return function }
  if let layer = withoutPlace({ StandInLayer() }) as? T { return layer }
  return composed(type)
}

/// A structure or tuple of stand-ins; plain data is zero.
private func composed<T>(_ type: T.Type) -> T? {
  let memory = UnsafeMutableRawPointer.allocate(
    byteCount: max(MemoryLayout<T>.size, 1), alignment: MemoryLayout<T>.alignment)
  defer { memory.deallocate() }
  memory.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<T>.size)
  guard _isPOD(type) || FieldLayout.isComposed(type) && StandInModules.fill(type, memory) else {
    return nil
  }
  return memory.assumingMemoryBound(to: T.self).move()
}

private func standInFunctions() -> [Any] {
  let tensor: (Tensor) -> Tensor = { $0 }
  let activation: ActivationFunction = .identity
  let merge: MergeFunction = .concatenate
  let attention: AttentionFunction = .dotProductAttention
  let promotion: PromoteDTypeFunction = .promoteDType
  return [
    tensor, activation.function, merge.function, attention.function, promotion.function,
  ]
}

/// Stands in for a layer of which only the protocol is known.
private final class StandInLayer: Module, MultipleInputLayer, TupleLayer, @unchecked Sendable {
  func callAsFunction(_ inputs: Tensor) -> Tensor { inputs }
  func callAsFunction(_ inputs: [Tensor]) -> Tensor { inputs.first ?? .standIn }
  func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { inputs }
}

extension Tensor: StandingIn {
  static var standIn: Tensor { Tensor.zeros([]) }
}

extension Variables: StandingIn {
  static var standIn: Variables { Variables() }
}

extension Variable: StandingIn {
  static var standIn: Variable { Variable(.detached, "", "", unbox: true, placeholder: nil) }
}

extension Key: StandingIn {
  static var standIn: Key { Key(0) }
}

extension Initializer: StandingIn {
  static var standIn: Initializer { .zeros }
}

extension String: StandingIn {
  static var standIn: String { "" }
}

extension Optional: StandingIn {
  static var standIn: Wrapped? { nil }
}

extension Array: StandingIn {
  static var standIn: [Element] { [] }
}

extension Set: StandingIn {
  static var standIn: Set { [] }
}

extension Dictionary: StandingIn {
  static var standIn: [Key: Value] { [:] }
}
