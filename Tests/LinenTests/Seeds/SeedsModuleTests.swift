import Linen
import Testing

/// The examples of `bind`, `unbind`, `setup`, `module_paths` and `tabulate` in the documentation of
/// `flax.linen.Module`.
@Suite struct SeedsModuleTests {
  private final class AutoEncoder: Module, @unchecked Sendable {
    @Setup var encoder: Dense
    @Setup var decoder: Dense

    override func setup() {
      encoder = Dense(3)
      decoder = Dense(5)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in decoder(encoder(x)) } }
  }

  @Test func binding() throws {
    let x = Tensor.ones([16, 9])
    let autoencoder = AutoEncoder()
    let variables = try autoencoder.initialize(Key(0)) { $0(x) }
    let model = autoencoder.bind(variables)
    let z = try model.encoder { $0(x) }
    #expect(z.shape == [16, 3])
    let reconstructed = try model.decoder { $0(z) }
    try expectEqual(reconstructed, try autoencoder.apply(variables) { $0(x) })
    // With the choices that the page names.
    let mutable = autoencoder.bind(variables, rngs: ["params": Key(1)], mutable: ["params"])
    #expect(try mutable { $0.isMutableCollection("params") && $0.hasRNG("params") })
  }

  private final class Encoder: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(256)(x) } }
  }

  private final class Decoder: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(784)(x) } }
  }

  private final class DeepAutoEncoder: Module, @unchecked Sendable {
    @Setup var encoder: Encoder
    @Setup var decoder: Decoder

    override func setup() {
      encoder = Encoder()
      decoder = Decoder()
    }

    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in decoder(encoder(x)) } }
  }

  @Test func unbinding() throws {
    let x = Tensor.ones([1, 784])
    let module = DeepAutoEncoder()
    let variables = try module.initialize(Key(0)) { $0(x) }
    let (encoder, encoderVariables) = try module.bind(variables).encoder.unbind()
    #expect(
      encoderVariables.shapesDescription
        == "{'params': {'Dense_0': {'bias': (256,), 'kernel': (784, 256)}}}")
    #expect(try encoder.apply(encoderVariables) { $0(x) }.shape == [1, 256])
  }

  private final class Convolving: Module, @unchecked Sendable {
    @Setup var conv1: Conv

    override func setup() {
      let submodule = Conv(2, [3])
      conv1 = submodule
    }

    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in conv1(x) } }
  }

  @Test func setupNamesSubmodules() throws {
    let variables = try Convolving().initialize(Key(0)) { $0(Tensor.ones([1, 4, 1])) }
    #expect(variables["params"].keys == ["conv1"])
  }

  private final class Foo: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let h = Dense(4)(x)
        return Dense(2)(h)
      }
    }
  }

  private let x = Tensor.ones([16, 9])

  @Test func modulePaths() throws {
    let modules = try Foo().modulePaths(Key(0), x) { $0($1) }
    let names = modules.map { "'\($0.path)': '\(type(of: $0.module).linenName)'" }
    #expect(
      "{" + names.joined(separator: ", ") + "}"
        == "{'': 'Foo', 'Dense_0': 'Dense', 'Dense_1': 'Dense'}")
    let repeated = try Model { _, x in
      let dense = Dense(3, name: "d")
      return dense(dense(x))
    }.modulePaths(Key(0), Tensor.ones([1, 3]), showRepeated: true, mutable: true) { $0($1) }
    #expect(repeated.map(\.path) == ["", "d", "d"])
  }

  /// The table as the page shows it, where a console of 90 columns made it.
  @Test func tabulateAsThePageShowsIt() throws {
    let text = try Foo().tabulate(
      Key(0), x, style: .plain(width: 90), computeFlops: true, computeVJPFlops: true
    ) { $0($1) }
    let lines = text.split(separator: "\n").map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
    let page = """
                                           Foo Summary
      ┏━━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━┳━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
      ┃ path    ┃ module ┃ inputs        ┃ outputs       ┃ flops ┃ vjp_flops ┃ params          ┃
      ┡━━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━╇━━━━━━━╇━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
      │         │ Foo    │ float32[16,9] │ float32[16,2] │ 1504  │ 4460      │                 │
      ├─────────┼────────┼───────────────┼───────────────┼───────┼───────────┼─────────────────┤
      │ Dense_0 │ Dense  │ float32[16,9] │ float32[16,4] │ 1216  │ 3620      │ bias:           │
      │         │        │               │               │       │           │ float32[4]      │
      │         │        │               │               │       │           │ kernel:         │
      │         │        │               │               │       │           │ float32[9,4]    │
      │         │        │               │               │       │           │                 │
      │         │        │               │               │       │           │ 40 (160 B)      │
      ├─────────┼────────┼───────────────┼───────────────┼───────┼───────────┼─────────────────┤
      │ Dense_1 │ Dense  │ float32[16,4] │ float32[16,2] │ 288   │ 840       │ bias:           │
      │         │        │               │               │       │           │ float32[2]      │
      │         │        │               │               │       │           │ kernel:         │
      │         │        │               │               │       │           │ float32[4,2]    │
      │         │        │               │               │       │           │                 │
      │         │        │               │               │       │           │ 10 (40 B)       │
      ├─────────┼────────┼───────────────┼───────────────┼───────┼───────────┼─────────────────┤
      │         │        │               │               │       │     Total │ 50 (200 B)      │
      └─────────┴────────┴───────────────┴───────────────┴───────┴───────────┴─────────────────┘
                                    Total Parameters: 50 (200 B)
      """
    let expected = page.split(separator: "\n").map(String.init)
    #expect(lines.count == expected.count)
    for (line, wanted) in zip(lines, expected) {
      // The page has lost blanks before the title and the caption.
      let isAnnotation = wanted.first == " "
      #expect(
        isAnnotation
          ? line.drop { $0 == " " } == wanted.drop { $0 == " " } : line == wanted,
        "\(line)\n\(wanted)")
    }
  }

  /// The older page has the same table without operations.
  @Test func tabulateOfTheOlderPage() throws {
    let text = try Foo().tabulate(Key(0), x, style: .plain()) { $0($1) }
    #expect(
      text.contains("│ Dense_0 │ Dense  │ float32[16,9] │ float32[16,4] │ bias: float32[4]     │"))
    #expect(
      text.contains("│         │        │               │         Total │ 50 (200 B)           │"))
    #expect(text.contains("                       Total Parameters: 50 (200 B)"))
  }

  @Test func tabulateOptions() throws {
    let table = try Foo().moduleTable(Key(0), x, depth: 0) { $0($1) }
    #expect(table.rows.count == 1)
    #expect(table.size.elements == 50)
    let folded = try Foo().tabulate(
      Key(0), x,
      style: TableStyle(width: 60, colors: .never, box: .ascii, expands: true, overflow: .fold)
    ) { $0($1) }
    let widths = Set(folded.split(separator: "\n").map(\.count))
    #expect(widths == [60])
    #expect(folded.contains("float32[16,\n") == false && folded.contains("+"))
  }

  @Test func applyWithCapturedIntermediates() throws {
    let model = Foo()
    let variables = try model.initialize(Key(0)) { $0(x) }
    let all = try model.apply(variables, captureIntermediates: true) { $0(x) }
    #expect(all.variables["intermediates"].keys.sorted() == ["Dense_0", "Dense_1", "__call__"])
    let some = try model.apply(
      variables,
      captureIntermediates: .matching { module, method in
        module is Dense && method == "__call__"
      }
    ) { $0(x) }
    #expect(some.variables["intermediates"].keys.sorted() == ["Dense_0", "Dense_1"])
  }
}
