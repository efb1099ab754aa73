import CKernels

/// Finds the operations of a loop that one kernel does together.
///
/// Each composition is given as a function; its graph is the pattern that is looked for. A value in
/// the midst of it must have no other use.
struct LoopComposer {
  /// A kernel in the place of several operations.
  struct Composition {
    let kernel: LoopKernel
    /// The result.
    let variable: Int
    let operands: [Atom]
    /// The values that are no longer computed.
    let replaced: Set<Int>
  }

  private let graph: Graph
  private let cluster: Cluster
  private let isNeeded: (Int) -> Bool
  /// The equation of the cluster that makes each variable.
  private var maker: [Int: Int] = [:]
  /// The equations of the cluster that use each variable.
  private var users: [Int: Set<Int>] = [:]

  init(_ cluster: Cluster, _ graph: Graph, isNeeded: @escaping (Int) -> Bool) {
    self.cluster = cluster
    self.graph = graph
    self.isNeeded = isNeeded
    for index in cluster.equations {
      maker[graph.equations[index].outputs[0]] = index
      for case .variable(let variable) in graph.equations[index].inputs {
        users[variable, default: []].insert(index)
      }
    }
  }

  /// The compositions, of which none uses a value that another one replaces.
  func compositions() -> [Composition] {
    var result: [Composition] = []
    var taken = Set<Int>()
    for index in cluster.equations.reversed() {
      let variable = graph.equations[index].outputs[0]
      guard !taken.contains(variable), graph.types[variable].dtype == .float32 else { continue }
      for pattern in Pattern.all {
        guard let match = match(pattern, index), match.replaced.isDisjoint(with: taken) else {
          continue
        }
        taken.formUnion(match.replaced)
        result.append(match)
        break
      }
    }
    return result
  }

  private func match(_ pattern: Pattern, _ root: Int) -> Composition? {
    guard case .variable(let output) = pattern.graph.outputs[0] else { return nil }
    var bound: [Int: Atom] = [:]
    var matched = Set<Int>()
    func matches(_ expected: Atom, _ actual: Atom) -> Bool {
      switch (expected, actual) {
      case (.constant(let expected), .constant(let actual)):
        return expected.repeatedElement != nil && expected.repeatedElement == actual.repeatedElement
      case (.variable(let variable), _):
        if pattern.graph.inputs.contains(variable) {
          defer { bound[variable] = bound[variable] ?? actual }
          return bound[variable].map { isSame($0, actual) } ?? true
        }
        guard case .variable(let made) = actual, let index = maker[made],
          let equation = pattern.graph.equations.first(where: { $0.outputs == [variable] })
        else { return false }
        return matchesEquation(equation, index)
      default: return false
      }
    }
    func matchesEquation(_ expected: Equation, _ index: Int) -> Bool {
      let actual = graph.equations[index]
      guard AnyHashable(expected.operation) == AnyHashable(actual.operation) else { return false }
      matched.insert(index)
      return zip(expected.inputs, actual.inputs).allSatisfy { matches($0, $1) }
    }
    guard let equation = pattern.graph.equations.first(where: { $0.outputs == [output] }),
      matchesEquation(equation, root)
    else { return nil }
    let variable = graph.equations[root].outputs[0]
    let replaced = Set(matched.map { graph.equations[$0].outputs[0] }).subtracting([variable])
    let operands = pattern.graph.inputs.compactMap { bound[$0] }
    guard operands.count == pattern.graph.inputs.count,
      replaced.allSatisfy({ value in
        !isNeeded(value) && cluster.levels[value] == cluster.levels[variable]
          && users[value, default: []].isSubset(of: matched)
      })
    else { return nil }
    return Composition(
      kernel: pattern.kernel, variable: variable, operands: operands, replaced: replaced)
  }

  private func isSame(_ a: Atom, _ b: Atom) -> Bool {
    if case (.variable(let a), .variable(let b)) = (a, b) { a == b } else { false }
  }
}

/// A function of which there is a kernel, as a graph.
private struct Pattern: Sendable {
  let graph: Graph
  let kernel: LoopKernel

  static let all: [Pattern] = [
    Pattern(ck_gelu_tanh(CK_F32).map { .map1($0) }, operands: 1) { gelu($0[0]) },
    Pattern(ck_silu(CK_F32).map { .map1($0) }, operands: 1) { silu($0[0]) },
    Pattern(ck_exp_sub(CK_F32).map { .map2($0) }, operands: 2) { exp($0[0] - $0[1]) },
  ].compactMap { $0 }

  private init?(_ kernel: LoopKernel?, operands: Int, _ function: ([Tensor]) -> Tensor) {
    guard let kernel else { return nil }
    self.kernel = kernel
    let types = Array(repeating: ShapeDtype([2], .float32), count: operands)
    graph = Graph.record(name: "pattern", types) { [function($0)] }.simplified()
  }
}

extension Tensor {
  /// The bits and the dtype of a tensor that is one repeated element.
  fileprivate var repeatedElement: RepeatedElement? {
    guard case .array(let array) = storage, array.count > 0,
      array.count == 1 || array.uniformStride == 0
    else { return nil }
    var bits: UInt64 = 0
    withUnsafeMutableBytes(of: &bits) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: array.data, count: array.dtype.byteSize))
    }
    return RepeatedElement(bits: bits, dtype: array.dtype)
  }
}

private struct RepeatedElement: Equatable {
  let bits: UInt64
  let dtype: DType
}
