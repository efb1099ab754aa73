import Linen

/// What a block does with its result: by default nothing, in a broken program what is wrong.
typealias Fault = @Sendable (FaultBlock, Tensor) -> Tensor

/// A model that works, with a block in it that can be given a fault, and an input for it.
struct Program: Sendable {
  let name: String
  let input: Tensor
  let make: @Sendable (@escaping Fault) -> any UnaryLayer

  init(
    _ name: String, _ shape: Shape, _ make: @escaping @Sendable (@escaping Fault) -> any UnaryLayer
  ) {
    self.name = name
    self.input = Tensor.ones(shape)
    self.make = make
  }

  /// The model without a fault.
  var model: any UnaryLayer { make { $1 } }

  /// The variables of the model without a fault.
  func variables() throws -> Variables { try Program.initialize(model, input) }

  func run(
    _ variables: Variables, _ input: Tensor? = nil, mutable: CollectionFilter = false
  ) throws {
    try Program.apply(model, variables, input ?? self.input, mutable)
  }

  /// Makes the variables of the model with a fault, and runs it.
  func run(with fault: @escaping Fault) throws { _ = try Program.initialize(make(fault), input) }

  private static func initialize<M: UnaryLayer>(_ model: M, _ input: Tensor) throws -> Variables {
    try model.initialize(Key(0)) { $0(input) }
  }

  private static func apply<M: UnaryLayer>(
    _ model: M, _ variables: Variables, _ input: Tensor, _ mutable: CollectionFilter
  ) throws {
    _ = try model.apply(variables, mutable: mutable) { $0(input) }
  }
}

/// A dense layer, then what may be wrong.
final class FaultBlock: Module, UnaryLayer, @unchecked Sendable {
  let width: Int
  let fault: Fault
  @Setup var scale: Tensor

  init(_ width: Int, _ fault: @escaping Fault) {
    self.width = width
    self.fault = fault
    super.init()
  }

  override func setup() { scale = param("scale", .ones, [width]) }

  override class var methods: [String: NamedMethod] { ["late": NamedMethod(FaultBlock.late)] }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in fault(self, relu(Dense(width)(x)) * scale) }
  }

  /// Declares a parameter where none can be declared.
  func late(_ x: Tensor) -> Tensor { method(x) { x in x * param("late", .ones, [1]) } }
}

/// The programs: layers by hand and from setup, images, attention, recurrence, lifted transforms.
let programs: [Program] = [
  Program("tower", [2, 3]) { fault in
    layers { x in
      let y = BatchNorm(useRunningAverage: true)(Dense(4)(x))
      return Dense(2, name: "head")(FaultBlock(3, fault)(y))
    }
  },
  Program("image", [2, 6, 6, 1]) { fault in
    layers { x in
      let y = relu(GroupNorm(2)(Conv(4, [3, 3])(x)))
      return Dense(2)(FaultBlock(4, fault)(mean(y, axes: [1, 2])))
    }
  },
  Program("attention", [2, 4, 6]) { fault in
    layers { x in
      let y = x + MultiHeadDotProductAttention(2)(LayerNorm()(x))
      return y + Dense(6)(FaultBlock(3, fault)(LayerNorm()(y)))
    }
  },
  Program("recurrent", [2, 5, 3]) { fault in
    layers { x in Dense(2)(FaultBlock(3, fault)(RNN(LSTMCell(4))(x))) }
  },
  Program("setup", [2, 3]) { fault in SetupTower { FaultBlock(4, fault) } },
  Program("sequential", [2, 3]) { fault in
    Sequential([.layer(Dense(4)), .layer(FaultBlock(3, fault)), .layer(Dense(2))])
  },
  Program("ensemble", [2, 4, 3]) { fault in
    layers { x in
      vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { FaultBlock(3, fault) }(x)
    }
  },
  Program("stack", [2, 3]) { fault in
    layers { x in
      let stack = scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 3) {
        remat { FaultBlock(3, fault) }
      }
      return stack(x)
    }
  },
]

private func layers(_ body: @escaping @Sendable (Tensor) -> Tensor) -> Model {
  Model { _, x in body(x) }
}

extension Model: UnaryLayer {}

private final class SetupTower: Module, UnaryLayer, @unchecked Sendable {
  let make: @Sendable () -> FaultBlock
  @Setup var blocks: [FaultBlock]
  @Setup var head: Dense

  init(_ make: @escaping @Sendable () -> FaultBlock) {
    self.make = make
    super.init()
  }

  override func setup() {
    blocks = [make(), make()]
    head = Dense(2)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in head(blocks.reduce(x) { $1($0) }) }
  }
}
