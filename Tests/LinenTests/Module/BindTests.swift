import Linen
import Testing

private final class AutoEncoder: Module, @unchecked Sendable {
  @Setup var encoder: Dense
  @Setup var decoder: Dense

  override func setup() {
    encoder = Dense(3)
    decoder = Dense(5)
  }

  func encode(_ x: Tensor) -> Tensor { method(x) { x in encoder(x) } }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in decoder(encode(x)) } }
}

@Suite struct BindTests {
  let x = Tensor.ones([2, 4])

  @Test func aBoundModuleIsUsedPartByPart() throws {
    let model = AutoEncoder()
    let variables = try model.initialize(Key(0)) { $0(x) }
    let bound = model.bind(variables)
    let z = try bound.encoder { $0(x) }
    let y = try bound.decoder { $0(z) }
    try expectEqual(y, try model.apply(variables) { $0(x) })
    try expectEqual(z, try bound { $0.encode(x) })
  }

  @Test func unbindTakesASubmoduleOut() throws {
    let model = AutoEncoder()
    let variables = try model.initialize(Key(0)) { $0(x) }
    let (encoder, encoderVariables) = try model.bind(variables).encoder.unbind()
    #expect(
      encoderVariables.shapesDescription == "{'params': {'bias': (3,), 'kernel': (4, 3)}}")
    #expect(encoder.name == nil)
    let z = try encoder.apply(encoderVariables) { $0(x) }
    try expectScalars(z, [0.2533003, 0.98441666, -1.5999591, 0.2533003, 0.98441666, -1.5999591])
    let (whole, all) = try model.bind(variables).unbind()
    #expect(whole === model)
    #expect(treeStructure(all) == treeStructure(variables))
  }

  @Test func aBoundModuleKeepsItsState() throws {
    let counter = Model { module, x in
      let count = module.variable("state", "count") { Tensor.zeros([]) }
      count.value += 1
      return x + count.value
    }
    let bound = counter.bind(["state": ["count": Tensor.zeros([])]], mutable: true)
    let zero = Tensor.zeros([1])
    try expectScalars(bound { $0(zero) }, [1])
    try expectScalars(bound { $0(zero) }, [2])
    try expectScalars(bound.variables["state"]["count"], [2])
  }

  @Test func streamsGoOnCounting() throws {
    let module = Model { module, x in module.makeRNG().data }
    let bound = module.bind([:], rngs: Key(0))
    let first = try bound { $0(x) }.scalars(as: UInt32.self)
    let second = try bound { $0(x) }.scalars(as: UInt32.self)
    #expect(first != second)
  }

  @Test func setupRunsOnceWhileBound() throws {
    final class Once: Module, @unchecked Sendable {
      let count = Count()
      @Setup var dense: Dense
      override func setup() {
        count.value += 1
        dense = Dense(2)
      }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(dense(x)) } }
    }
    let module = Once()
    let square = Tensor.ones([2, 2])
    let variables = try module.initialize(Key(0)) { $0($0(square)) }
    #expect(module.count.value == 1)
    let bound = module.bind(variables)
    for _ in 0..<3 { _ = try bound { $0(square) } }
    #expect(module.count.value == 2)
  }

  @Test func errorsAreThrownByEachUse() throws {
    let bound = AutoEncoder().bind([:])
    for _ in 0..<2 {
      #expect(errorText { _ = try bound { $0(x) } }.hasPrefix("Tried to access \"kernel\""))
    }
  }
}

private final class Count: @unchecked Sendable {
  var value = 0
}
