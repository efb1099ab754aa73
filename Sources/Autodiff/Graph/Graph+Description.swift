extension Graph: CustomStringConvertible {
  /// The graph as JAX prints a jaxpr: inputs, one line an equation, results.
  ///
  ///     { lambda ; a:f32[2] b:f32[2]. let
  ///         c:f32[2] = mul a b
  ///         d:f32[2] = reduce_sum[axes=[0]] c
  ///       in (d,) }
  ///
  /// Constants of more than one element, and tensors of other transforms, stand before the semicolon.
  /// The text depends on the operations and types alone. Source:
  /// https://docs.jax.dev/en/latest/jaxpr.html
  package var description: String {
    var printer = GraphPrinter(self)
    return printer.lines().joined(separator: "\n")
  }
}

/// Gives names to the variables of a graph, in the order in which they appear, and prints it.
private struct GraphPrinter {
  private let graph: Graph
  private var names: [Int: String] = [:]
  private var constants: [(tensor: Tensor, name: String)] = []
  private var isRead: [Bool]

  init(_ graph: Graph) {
    self.graph = graph
    isRead = Array(repeating: false, count: graph.types.count)
    for atom in graph.equations.flatMap(\.inputs) + graph.outputs {
      switch atom {
      case .variable(let variable): isRead[variable] = true
      case .constant(let tensor):
        if literal(tensor) == nil, name(of: tensor) == nil {
          constants.append((tensor, GraphPrinter.name(constants.count)))
        }
      }
    }
  }

  mutating func lines() -> [String] {
    let inputs = graph.inputs.map { binder($0) }
    let shared = constants.map { "\($0.name):\($0.tensor.type)" }
    var lines = [
      "{ lambda \(shared.joined(separator: " ")); \(inputs.joined(separator: " ")). let"
    ]
    for equation in graph.equations {
      let operands = equation.inputs.map(text)
      let results = equation.outputs.map {
        isRead[$0] ? binder($0) : "_:\(graph.types[$0])"
      }
      var parts = GraphPrinter.call(equation.operation)
      parts[0] = "\(results.joined(separator: " ")) = \(parts[0])"
      parts[parts.count - 1] += operands.map { " " + $0 }.joined()
      lines += parts.map { "    " + $0 }
    }
    let results = graph.outputs.map(text)
    let list = results.count == 1 ? "\(results[0])," : results.joined(separator: ", ")
    return lines + ["  in (\(list)) }"]
  }

  // MARK: Names

  /// a to z, then aa, ab and so on.
  private static func name(_ number: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(97 + number % 26)))
    return number < 26 ? letter : name(number / 26 - 1) + letter
  }

  private mutating func binder(_ variable: Int) -> String {
    let name = names[variable] ?? GraphPrinter.name(constants.count + names.count)
    names[variable] = name
    return "\(name):\(graph.types[variable])"
  }

  private func name(of tensor: Tensor) -> String? {
    constants.first { $0.tensor.isSame(as: tensor) }?.name
  }

  private func text(_ atom: Atom) -> String {
    switch atom {
    case .variable(let variable): names[variable] ?? "?"
    case .constant(let tensor): literal(tensor) ?? name(of: tensor) ?? "?"
    }
  }

  /// A constant all of whose elements are one number.
  private func literal(_ tensor: Tensor) -> String? {
    guard case .array(let array) = tensor.storage, array.count > 0,
      array.count == 1 || array.uniformStride == 0
    else { return nil }
    let element = Tensor(array.view([], strides: []))
    return "\(element.scalarText):\(tensor.type)"
  }

  // MARK: Parameters

  /// A primitive with its stored properties; one that is a graph takes lines of its own.
  private static func call(_ operation: any Primitive) -> [String] {
    let name = type(of: operation).name
    let parameters = Mirror(reflecting: operation).children.compactMap { child in
      child.label.map { ($0, child.value) }
    }
    if parameters.isEmpty { return [name] }
    let texts = parameters.map { label, value in parameter(label, value) }
    if texts.allSatisfy({ $0.count == 1 }) {
      return ["\(name)[\(texts.map { $0[0] }.joined(separator: " "))]"]
    }
    return ["\(name)["] + texts.joined().map { "  " + $0 } + ["]"]
  }

  private static func parameter(_ label: String, _ value: Any) -> [String] {
    if let graph = value as? Subgraph {
      var printer = GraphPrinter(graph.graph)
      return prefixed("\(label)=", printer.lines())
    }
    if let graphs = value as? [Subgraph] {
      let parts = graphs.flatMap { graph in
        var printer = GraphPrinter(graph.graph)
        return printer.lines().map { "  " + $0 }
      }
      return ["\(label)=("] + parts + [")"]
    }
    return ["\(label)=\(plain(value))"]
  }

  /// A value as text, an optional one without its wrapping.
  private static func plain(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return "\(value)" }
    return mirror.children.first.map { plain($0.value) } ?? "nil"
  }

  private static func prefixed(_ prefix: String, _ lines: [String]) -> [String] {
    [prefix + lines[0]] + lines.dropFirst()
  }
}

extension Tensor {
  /// Whether two tensors are one array or one tracer.
  fileprivate func isSame(as other: Tensor) -> Bool {
    switch (storage, other.storage) {
    case (.array(let a), .array(let b)): a === b
    case (.tracer(let a), .tracer(let b)): a === b
    default: false
    }
  }

  /// The one element, as text.
  fileprivate var scalarText: String {
    let text =
      switch dtype {
      case .bool: (try? item(as: Bool.self)).map { "\($0)" }
      case _ where dtype.isFloatingPoint: (try? item(as: Double.self)).map { "\($0)" }
      default: (try? item(as: Int.self)).map { "\($0)" }
      }
    return text ?? "?"
  }
}
