extension DType {
  /// Finds the type that both promote to, by JAX's lattice.
  ///
  /// A weakly typed operand (a Swift literal or scalar) adapts to the other: `float16` and a weak
  /// `float32` give `float16`; `int32` and a weak float give the default float type. `uint32` and a
  /// narrower signed type give the default integer type.
  /// Source: https://docs.jax.dev/en/latest/jep/9407-type-promotion.html
  public static func promoted(
    _ a: DType, weak aWeak: Bool = false, _ b: DType, weak bWeak: Bool = false
  ) -> DType {
    if a == b { return a }
    let join = lattice[Int(node(a, aWeak)) * nodeCount + Int(node(b, bWeak))]
    switch join {
    case weakInt: return .defaultInteger
    case weakFloat: return .defaultFloat
    case weakComplex: return .defaultComplex
    // uint32 with a signed type: without x64, JAX cuts what no operand has down to 32 bits.
    case DType.int64.rawValue where a != .int64 && b != .int64: return .defaultInteger
    default: return DType(rawValue: join) ?? .defaultFloat
    }
  }

  // The lattice's nodes are the raw values of the types and three more for the weak kinds.
  private static let weakInt: UInt8 = 15
  private static let weakFloat: UInt8 = 16
  private static let weakComplex: UInt8 = 17
  private static let nodeCount = 18

  private static func node(_ type: DType, _ weak: Bool) -> UInt8 {
    guard weak else { return type.rawValue }
    if type.isComplex { return weakComplex }
    return type.isFloatingPoint ? weakFloat : type.isInteger ? weakInt : type.rawValue
  }

  /// The least upper bound of each pair of nodes, row by row.
  private static let lattice: [UInt8] = {
    func raw(_ type: DType) -> UInt8 { type.rawValue }
    var above: [[UInt8]] = Array(repeating: [], count: nodeCount)
    above[Int(raw(.bool))] = [weakInt]
    above[Int(weakInt)] = [raw(.uint8), raw(.int8)]
    above[Int(raw(.uint8))] = [raw(.uint16), raw(.int16)]
    above[Int(raw(.uint16))] = [raw(.uint32), raw(.int32)]
    above[Int(raw(.uint32))] = [raw(.uint64), raw(.int64)]
    above[Int(raw(.uint64))] = [weakFloat]
    above[Int(raw(.int8))] = [raw(.int16)]
    above[Int(raw(.int16))] = [raw(.int32)]
    above[Int(raw(.int32))] = [raw(.int64)]
    above[Int(raw(.int64))] = [weakFloat]
    above[Int(weakFloat)] = [raw(.float16), raw(.bfloat16), weakComplex]
    above[Int(raw(.float16))] = [raw(.float32)]
    above[Int(raw(.bfloat16))] = [raw(.float32)]
    above[Int(raw(.float32))] = [raw(.float64), raw(.complex64)]
    above[Int(raw(.float64))] = [raw(.complex128)]
    above[Int(weakComplex)] = [raw(.complex64)]
    above[Int(raw(.complex64))] = [raw(.complex128)]
    func reachable(_ from: UInt8) -> Set<UInt8> {
      above[Int(from)].reduce(into: [from]) { $0.formUnion(reachable($1)) }
    }
    let bounds = (0..<UInt8(nodeCount)).map(reachable)
    var table = [UInt8](repeating: 0, count: nodeCount * nodeCount)
    for a in 0..<nodeCount {
      for b in 0..<nodeCount {
        let common = bounds[a].intersection(bounds[b])
        // In a lattice one common bound lies below all others: the one that reaches them all.
        let least = common.first { common.isSubset(of: bounds[Int($0)]) }
        table[a * nodeCount + b] = least ?? raw(.complex128)
      }
    }
    return table
  }()
}
