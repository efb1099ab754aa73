import Linen
import TestSupport
import Testing

/// The modules of `Documentation/Modules.md` that are written by hand.
private enum Page {
  final class MLP: Module, @unchecked Sendable {
    let features: [Int]
    let rate: Double

    init(features: [Int], rate: Double = 0.5, name: String? = nil) {
      self.features = features
      self.rate = rate
      super.init(name: name)
    }

    func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
      compact(x, train) { x, train in
        let hidden = relu(Dense(features[0])(x))
        let dropped = Dropout(rate, deterministic: !train)(hidden)
        return Dense(features[1])(dropped)
      }
    }
  }

  final class AutoEncoder: Module, @unchecked Sendable {
    let width: Int
    @Setup var encoder: Dense
    @Setup var decoder: Dense

    init(width: Int, name: String? = nil) {
      self.width = width
      super.init(name: name)
    }

    override func setup() {
      encoder = Dense(width)
      decoder = Dense(5)
    }

    func encode(_ x: Tensor) -> Tensor {
      method(x) { x in encoder(x) }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      method(x) { x in decoder(scaled(encode(x))) }
    }

    private func scaled(_ x: Tensor) -> Tensor { x / 2 }
  }

  final class Scale: Module, Configurable, @unchecked Sendable {
    let factor: Double

    init(factor: Double = 2, name: String? = nil) {
      self.factor = factor
      super.init(name: name)
    }

    convenience init(_ configuration: Configuration<Scale>, name: String?) {
      self.init(factor: configuration.factor, name: name)
    }

    override class var methods: [String: NamedMethod] {
      ["inverse": NamedMethod(Scale.inverse)]
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      method(x) { x in x * factor }
    }

    func inverse(_ x: Tensor) -> Tensor {
      method(x) { x in x / factor }
    }
  }
}

@Suite struct ModulesPageTests {
  private typealias MLP = Page.MLP
  private typealias AutoEncoder = Page.AutoEncoder
  private typealias Scale = Page.Scale

  private let x = Tensor.ones([2, 5])

  @Test func compactMethods() throws {
    let x = Tensor.ones([1, 3])
    let model = MLP(features: [16, 4])
    let variables = try model.initialize(Key(0)) { $0(x, train: false) }
    let y = try model.apply(variables, rngs: ["dropout": Key(1)]) { $0(x, train: true) }
    #expect(
      variables.shapesDescription
        == "{'params': {'Dense_0': {'bias': (16,), 'kernel': (3, 16)}, "
        + "'Dense_1': {'bias': (4,), 'kernel': (16, 4)}}}")
    #expect("\(model)".contains("features = (16, 4)\n    rate = 0.5"))
    // MLP(features=[16, 4]).apply of Flax with these keys.
    try expectScalars(y, [0.070853285, 0.7187857, -0.1859906, -1.1238883])
  }

  @Test func setupMethods() throws {
    let model = AutoEncoder(width: 3)
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["encoder", "decoder"])
    let z = try model.apply(variables) { $0.encode(x) }
    #expect(z.shape == [2, 3])
    let captured = try model.apply(
      variables, captureIntermediates: .matching { module, _ in module is AutoEncoder }
    ) { $0(x) }.variables
    // The method that is not wrapped is not seen.
    #expect(captured["intermediates"].keys.sorted() == ["__call__", "encode"])
  }

  @Test func copiesAndNames() throws {
    let triple = Scale().copy { $0.factor = 3 }
    let third: Tensor = try triple.apply([:], method: "inverse", x)
    try expectScalars(third.indexed([0, 0]), [1.0 / 3])
    #expect(triple == Scale(factor: 3))
    #expect(triple != Scale())
  }

  /// Every snippet of the page stands in a test.
  @Test func snippetsAreCompiled() throws {
    let snippets = try DocumentationPage("Documentation/Modules.md").snippets
    #expect(snippets.count == 8)
    #expect(
      try DocumentationPage.missing(
        snippets, in: "Tests/LinenTests/Documentation/ModulesPageTests.swift",
        "Tests/LinenMacrosTests/ModulesPageMacroTests.swift"
      ).isEmpty)
  }
}
