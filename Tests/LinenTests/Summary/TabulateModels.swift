import Linen

/// The models of Fixtures/generate.py.
extension TabulateTests {
  final class ConvBlock: Module, @unchecked Sendable {
    let features: Int
    let sows: Bool
    @Setup var conv: Conv
    @Setup var bn: BatchNorm
    @Setup var dropout: Dropout

    init(_ features: Int, sows: Bool) {
      self.features = features
      self.sows = sows
      super.init()
    }

    override func setup() {
      conv = Conv(features, [3, 3])
      bn = BatchNorm()
      dropout = Dropout(0.5)
    }

    func block_method(_ x: Tensor, training: Bool) -> Tensor {
      method(x, training) { x, training in
        var x = conv(x)
        if sows { sow("intermediates", "INTERM", x) }
        x = bn(x, useRunningAverage: !training)
        return relu(dropout(x, deterministic: !training))
      }
    }
  }

  final class ConvNet: Module, @unchecked Sendable {
    let sows: Bool
    @Setup var block1: ConvBlock
    @Setup var block2: ConvBlock
    @Setup var dense: Dense

    init(sows: Bool = false) {
      self.sows = sows
      super.init()
    }

    override class var linenName: String { "CNN" }

    override func setup() {
      block1 = ConvBlock(32, sows: sows)
      block2 = ConvBlock(64, sows: sows)
      dense = Dense(10)
    }

    func cnn_method(_ x: Tensor, training: Bool) -> (Tensor, [String: Tensor]) {
      method(x, training) { x, training in run(x, training) }
    }

    func callAsFunction(_ x: Tensor, training: Bool) -> (Tensor, [String: Tensor]) {
      method(x, training) { x, training in run(x, training) }
    }

    private func run(_ x: Tensor, _ training: Bool) -> (Tensor, [String: Tensor]) {
      var x = block1.block_method(x, training: training)
      x = mean(block2.block_method(x, training: training), axes: [1, 2])
      if sows { sow("intermediates", "INTERM", x) }
      x = dense(x)
      return (x, ["a": x, "b": x + 1])
    }
  }

  final class ScannedLSTM: Module, @unchecked Sendable {
    let nameOfScan: String?

    init(nameOfScan: String? = nil) {
      self.nameOfScan = nameOfScan
      super.init()
    }

    override class var linenName: String { "LSTM" }

    func callAsFunction(_ x: Tensor) -> (LSTMCarry, Tensor) {
      compact(x) { x in
        let cell = scan(
          variableBroadcast: "params", splitRNGs: ["params": false], inAxes: 1, outAxes: 1,
          name: nameOfScan
        ) { LSTMCell(128) }
        let carry = cell.unlifted {
          $0.initializeCarry(Key(0), [x.shape[0], x.shape[-1]])
        }
        let result = cell(carry, x)
        return (result.carry, result.outputs)
      }
    }
  }

  final class ReusedBlock: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        var x = Conv(32, [3, 3])(x)
        x = BatchNorm(useRunningAverage: true)(x)
        return relu(Dropout(0.5, deterministic: true)(x))
      }
    }
  }

  final class Reusing: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let block = ReusedBlock()
        return block(block(block(x)))
      }
    }
  }

  final class EmptyInput: Module, @unchecked Sendable {
    func callAsFunction() -> Int { compact { 1 } }
  }

  final class Increment: Module, @unchecked Sendable {
    func callAsFunction(x: Double) -> Double { method(x) { x in x + 1 } }
  }

  final class ScalarInput: Module, @unchecked Sendable {
    func callAsFunction() -> Double { compact { Increment()(x: .pi) } }
  }

  final class Classifier: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let hidden = Dense(
          1024, kernelInit: withPartitioning(.lecunNormal(), [nil, "data"]),
          biasInit: withPartitioning(.zeros, [nil]), name: "hidden")
        let flat = (x / 255).reshaped(to: [x.shape[0], -1])
        return Dense(10, name: "head")(relu(hidden(flat)))
      }
    }
  }

  struct AxisLabels: TensorTree, Sendable {
    let names: [String]
    mutating func visitTensors(_ visitor: inout TensorVisitor) {}
  }

  final class Sowing: Module, @unchecked Sendable {
    func callAsFunction() -> Int? {
      compact {
        sow("foo", "bar", AxisLabels(names: ["baz", "qux"]))
        return nil
      }
    }
  }

  final class DictionaryInput: Module, @unchecked Sendable {
    func callAsFunction(_ inputs: [String: Tensor]) -> Tensor { compact(inputs) { run($0) } }

    func callAsFunction(inputs: [String: Tensor]) -> Tensor { compact(inputs) { run($0) } }

    private func run(_ inputs: [String: Tensor]) -> Tensor {
      sum(Dense(2)(inputs["x"] ?? Tensor.zeros([])))
    }
  }

  final class SubModel: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        var x = SpectralNorm(Dense(5))(x, updateStats: false)
        x = Dense(6)(x)
        return WeightNorm(Dense(7))(x)
      }
    }
  }

  final class Wrapping: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        var x = WeightNorm(Dense(3))(x)
        x = Dense(4)(x)
        x = SubModel()(x)
        x = Dense(8)(x)
        return SpectralNorm(Dense(9))(x, updateStats: false)
      }
    }
  }

  final class Lifting: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let mapped = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Dense(3) }
        return checkpoint { Dense(2) }(mapped(x))
      }
    }
  }

  final class Mixing: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> [String: Any] {
      compact(x) { x in
        var x = MultiHeadDotProductAttention(2)(x)
        x = Sequential {
          Dense(3)
          relu
          BatchNorm(useRunningAverage: true)
        }(x)
        x = PReLU()(x)
        x = GroupNorm(3)(x)
        let (carry, y) = GRUCell(5)(Tensor.zeros([2, 5]), x[0..., 0])
        return ["carry": carry, "y": (y, [x])]
      }
    }
  }

  final class Naming: Module, @unchecked Sendable {
    func helper(_ x: Tensor) -> Tensor { compact(x) { x in Dense(5)(x) } }

    func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in helper(Dense(3)(x)) } }
  }

  final class LongNames: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let names: PartitionSpec = [
          "a_rather_long_name_of_an_axis", "another_long_name_of_an_axis", "and_one_more",
        ]
        return x * param("scale", withPartitioning(.ones, names), [2, 3, 4])
      }
    }
  }

  final class Foo: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let h = Dense(4)(x)
        return Dense(2)(h)
      }
    }
  }
}
