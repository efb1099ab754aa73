#if Macros
import Linen
import Testing

/// What both forms of the model below have.
private protocol Network: Configurable {
  var rate: Double { get }
  func callAsFunction(_ x: Tensor, train: Bool) -> Tensor
  func encode(_ x: Tensor) -> Tensor
}

private enum ByHand {
  final class Model: Module, Network, @unchecked Sendable {
    let features: [Int]
    let rate: Double
    let last: Dense?
    @Setup var encoder: Dense

    init(features: [Int], rate: Double = 0.25, last: Dense? = nil, name: String? = nil) {
      self.features = features
      self.rate = rate
      self.last = last
      super.init(name: name)
    }

    convenience init(_ configuration: Configuration<Model>, name: String?) {
      self.init(
        features: configuration.features, rate: configuration.rate, last: configuration.last,
        name: name)
    }

    override class var methods: [String: NamedMethod] {
      ["encode": NamedMethod(Model.encode)]
    }

    override func setup() { encoder = Dense(features[0]) }

    func encode(_ x: Tensor) -> Tensor { method(x) { x in halved(encoder(x)) } }

    func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
      compact(x, train) { x, train in
        let hidden = Dropout(rate, deterministic: !train)(relu(encode(x)))
        let y = Dense(features[1])(hidden)
        return last?(y) ?? y
      }
    }

    private func halved(_ x: Tensor) -> Tensor { x / 2 }
  }
}

private enum ByMacro {
  @Module
  final class Model: Module, Network {
    let features: [Int]
    var rate: Double = 0.25
    var last: Dense?
    @Setup var encoder: Dense

    override func setup() { encoder = Dense(features[0]) }

    func encode(_ x: Tensor) -> Tensor { halved(encoder(x)) }

    @Compact
    func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
      let hidden = Dropout(rate, deterministic: !train)(relu(encode(x)))
      let y = Dense(features[1])(hidden)
      return last?(y) ?? y
    }

    @NoWrap
    private func halved(_ x: Tensor) -> Tensor { x / 2 }
  }
}

/// One model, written by hand and with the macro, behaves the same.
@Suite struct SameModelTests {
  private let x = Random.normal(Key(3), [2, 3])

  /// A property of a model, as text.
  private func expectSame(
    _ what: (any Network) throws -> String, location: SourceLocation = #_sourceLocation
  ) throws {
    let pairs: [(any Network, any Network)] = [
      (ByHand.Model(features: [4, 5]), ByMacro.Model(features: [4, 5])),
      (
        ByHand.Model(features: [6, 2], rate: 0.5, last: Dense(3), name: "n"),
        ByMacro.Model(features: [6, 2], rate: 0.5, last: Dense(3), name: "n")
      ),
    ]
    for (hand, macro) in pairs {
      let expected = try what(hand)
      #expect(!expected.isEmpty, sourceLocation: location)
      #expect(try what(macro) == expected, sourceLocation: location)
    }
  }

  private func initialize<M: Network>(_ model: M) throws -> Variables {
    try model.initialize(["params": Key(0), "dropout": Key(1)]) { $0(x, train: true) }
  }

  @Test func variablesAndOutputs() throws {
    func outputs<M: Network>(_ model: M) throws -> String {
      let variables = try initialize(model)
      let y = try model.apply(variables, rngs: ["dropout": Key(7)]) { $0(x, train: true) }
      let z = try model.apply(variables) { $0.encode(x) }
      return "\(variables)\n\(y)\n\(z)"
    }
    try expectSame { try outputs($0) }
  }

  @Test func descriptionAndTable() throws {
    func table<M: Network>(_ model: M) throws -> String {
      let text = try model.tabulate(Key(0), x, style: .plain(width: 120), computeFlops: true) {
        $0($1, train: false)
      }
      return "\(model)\n\(text)"
    }
    try expectSame { try table($0) }
  }

  @Test func interceptedCallsAndIntermediates() throws {
    func calls<M: Network>(_ model: M) throws -> String {
      var lines: [String] = []
      let variables = try initialize(model)
      let captured = try interceptMethods({ next, arguments, context in
        lines.append(
          "\(type(of: context.module)).\(context.methodName) of \(arguments.values.count)")
        return next(arguments)
      }) {
        try model.apply(
          variables, captureIntermediates: .matching { _, name in name != "setup" }
        ) { $0(x, train: false) }
      }
      lines.append("\(captured.variables)")
      return lines.joined(separator: "\n")
    }
    try expectSame { try calls($0) }
  }

  @Test func methodsByNameAndCopies() throws {
    func copies<M: Network>(_ model: M) throws -> String {
      let variables = try initialize(model)
      let z: Tensor = try model.apply(variables, method: "encode", x)
      let copy = model.copy(name: "copy")
      #expect(copy == model && copy !== model && copy.rate == model.rate)
      return "\(z)\n\(copy)"
    }
    try expectSame { try copies($0) }
  }

  @Test func errors() throws {
    func error<M: Network>(_ model: M) throws -> String {
      let variables = try initialize(model)
      do {
        _ = try model.apply(variables) { $0(Tensor.ones([2, 9]), train: false) }
        return ""
      } catch {
        return "\(error)"
      }
    }
    try expectSame { try error($0) }
  }

  @Test func modelsAreSendable() async throws {
    let model = ByMacro.Model(features: [4, 5])
    let x = x
    let variables = try initialize(model)
    let expected = try model.apply(variables) { $0(x, train: false) }
    let y = try await Task { try model.apply(variables) { $0(x, train: false) } }.value
    #expect(try y.scalars(as: Float.self) == expected.scalars(as: Float.self))
  }
}
#endif
