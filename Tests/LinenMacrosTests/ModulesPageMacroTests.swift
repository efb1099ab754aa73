#if Macros
import Linen
import Testing

/// The modules of `Documentation/Modules.md` that the macro completes.
private enum Page {
  @Module
  final class MLP: Module {
    let features: [Int]
    var rate: Double = 0.5

    @Compact
    func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
      let hidden = relu(Dense(features[0])(x))
      let dropped = Dropout(rate, deterministic: !train)(hidden)
      return Dense(features[1])(dropped)
    }
  }

  @Module
  final class AutoEncoder: Module {
    let width: Int
    @Setup var encoder: Dense
    @Setup var decoder: Dense

    override func setup() {
      encoder = Dense(width)
      decoder = Dense(5)
    }

    func encode(_ x: Tensor) -> Tensor { encoder(x) }

    func callAsFunction(_ x: Tensor) -> Tensor {
      decoder(scaled(encode(x)))
    }

    @NoWrap
    private func scaled(_ x: Tensor) -> Tensor { x / 2 }
  }

  @Module
  final class Scale: Module {
    var factor: Double = 2

    func callAsFunction(_ x: Tensor) -> Tensor { x * factor }

    func inverse(_ x: Tensor) -> Tensor { x / factor }
  }
}

@Suite struct ModulesPageMacroTests {
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
    #expect(
      try allClose(y, Tensor([[0.070853285, 0.7187857, -0.1859906, -1.1238883]]), relative: 2e-6)
        .item(as: Bool.self))
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
    #expect(try allClose(third, x / 3, relative: 1e-6).item(as: Bool.self))
    #expect(triple == Scale(factor: 3))
    #expect(triple != Scale())
  }
}
#endif
