import Linen
import Testing

/// Reading a property that `setup` never sets is an error at the boundary, whatever its type.
@Suite struct UnsetPropertiesTests {
  let x = Tensor.ones([2, 3])

  /// Sets none of its properties.
  fileprivate final class Forgetful: Module, @unchecked Sendable {
    @Setup var dense: Dense
    @Setup var own: Nested
    @Setup var cell: LSTMCell
    @Setup var layer: any UnaryLayer
    @Setup var layers: [Dense]
    @Setup var byName: [String: Dense]
    @Setup var pair: (Dense, Conv)
    @Setup var scale: Tensor
    @Setup var count: Variable<Tensor>
    @Setup var activation: ActivationFunction
    @Setup var function: (Tensor) -> Tensor
    @Setup var block: Block
    @Setup var depth: Int
    @Setup var dropout: Dropout?

    func callAsFunction(_ x: Tensor, _ body: (Forgetful, Tensor) -> Tensor) -> Tensor {
      method(x) { x in body(self, x) }
    }
  }

  /// A module with properties of many types, of which no initializer runs.
  fileprivate final class Nested: Module, @unchecked Sendable {
    let widths: [Int]
    let title: String
    let activation: ActivationFunction
    let compute: @Sendable (Int, String) -> [Tensor]
    let inner: Dense
    @Setup var part: Dense

    init(_ widths: [Int], _ compute: @escaping @Sendable (Int, String) -> [Tensor]) {
      self.widths = widths
      title = "nested"
      activation = .relu
      self.compute = compute
      inner = Dense(3)
      super.init()
    }

    override func setup() { part = Dense(widths[0]) }

    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        compute(widths[0], title).reduce(x) { activation($0 * $1) } + inner(x) + part(x)
      }
    }

    func pair(_ x: Tensor) -> (Tensor, [Tensor]) {
      method(x) { x in (part(x), compute(widths[1], title)) }
    }
  }

  fileprivate struct Block: Sendable {
    let name: String
    let dense: Dense
    let width: Int
  }

  @Test(arguments: uses) fileprivate func everyUseIsAnError(_ use: Use) {
    let parent = Model { _, x in Forgetful(name: "inner")(x, use.body) }
    #expect(
      errorText { _ = try parent.initialize(Key(0)) { $0(x) } } == """
        "Forgetful" object has no attribute "\(use.property)".
        path: /M/inner Forgetful
        hint: set "\(use.property)" in setup() of Forgetful
        """)
  }

  @Test func readingOutsideOfAMethodIsAnErrorToo() {
    for _ in 0..<3 {
      #expect(
        errorText { _ = try Forgetful().apply([:]) { $0.dense(x) } } == """
          "Forgetful" object has no attribute "dense".
          path: /Forgetful
          hint: set "dense" in setup() of Forgetful
          """)
    }
    #expect(
      errorText { try withErrors { _ = Forgetful().own(x) } } == """
        "Forgetful" object has no attribute "own". If "own" is defined in '.setup()', remember these \
        fields are only accessible from inside 'init' or 'apply'.
        path: /Forgetful
        """)
  }

  @Test func optionalThatIsNotSetIsNil() throws {
    let y = try Forgetful().apply([:]) { $0(x) { module, x in module.dropout?(x) ?? x } }
    try expectEqual(y, x)
  }

  @Test func propertyThatIsNeitherSetNorReadIsNoError() throws {
    try expectEqual(try Forgetful().apply([:]) { $0(x) { $1 } }, x)
  }

  fileprivate struct Use: CustomTestStringConvertible, Sendable {
    let property: String
    let body: @Sendable (Forgetful, Tensor) -> Tensor

    var testDescription: String { property }
  }

  fileprivate static let uses: [Use] = [
    Use(property: "dense") { $0.dense($1) },
    Use(property: "own") { $0.own($1) },
    Use(property: "own") { module, x in module.own.pair(x).0 },
    Use(property: "own") { module, x in module.own.inner(x) * Double(module.own.widths.count) },
    Use(property: "cell") { module, x in
      module.cell(module.cell.initializeCarry(Key(0), x.shape), x).1
    },
    Use(property: "layer") { $0.layer($1) },
    Use(property: "layers") { module, x in module.layers.reduce(x) { $1($0) } },
    Use(property: "byName") { module, x in module.byName["a"]?(x) ?? x },
    Use(property: "pair") { $0.pair.1($1) },
    Use(property: "scale") { $0.scale * $1 },
    Use(property: "count") { module, x in
      module.count.value += 1
      return x * module.count.value
    },
    Use(property: "activation") { $0.activation($1) },
    Use(property: "function") { $0.function($1) },
    Use(property: "block") { module, x in module.block.dense(x) },
    Use(property: "depth") { $1 * Double($0.depth) },
  ]
}
