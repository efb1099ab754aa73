import Linen
import TestSupport
import Testing

/// A model of the size of GPT-2: nothing is computed to list its modules, and no parameter made.
@Suite struct LargeModelTests {
  final class Block: Module, @unchecked Sendable {
    let features: Int
    let heads: Int

    init(_ features: Int, _ heads: Int) {
      self.features = features
      self.heads = heads
      super.init()
    }

    func callAsFunction(_ x: Tensor, _ mask: Tensor, _ train: Bool) -> Tensor {
      compact(x, mask, train) { x, mask, train in
        var y = LayerNorm()(x)
        y = MultiHeadDotProductAttention(heads, dropoutRate: 0.1, deterministic: !train)(
          y, nil, mask: mask)
        let attended = x + Dropout(0.1, deterministic: !train)(y)
        y = LayerNorm()(attended)
        y = gelu(Dense(4 * features)(y))
        y = Dense(features)(y)
        return attended + Dropout(0.1, deterministic: !train)(y)
      }
    }
  }

  final class LM: Module, @unchecked Sendable {
    let words = 50257
    let features = 768
    let length = 1024

    func callAsFunction(_ tokens: Tensor) -> Tensor {
      compact(tokens) { tokens in
        let positions = param("pos", .normal(stddev: 0.02), [length, features])
        var x = Embed(words, features)(tokens) + positions[..<tokens.shape[1]]
        let mask = makeCausalMask(tokens)
        for _ in 0..<12 { x = Block(features, 12)(x, mask, true) }
        return Dense(words)(LayerNorm()(x))
      }
    }
  }

  /// In a process of its own, whose arrays are all of this.
  @Test func tabulatingTakesNoMemory() async {
    await #expect(processExitsWith: .success) {
      let tokens = Tensor(ShapeDtype([1, 8], .int32))
      let rngs = ["params": Key(0), "dropout": Key(1)]
      let (table, bytes) = try peakBytes { try LM().moduleTable(rngs, tokens) { $0($1) } }
      #expect(table.size.elements == 163_087_441)
      #expect(bytes < 1 << 20, "\(bytes) bytes")
      #expect(table.rows.count == 148)
      let paths = try peakBytes { try LM().modulePaths(rngs, tokens) { $0($1) } }
      #expect(paths.bytes < 1 << 20, "\(paths.bytes) bytes")
      let counted = try peakBytes {
        try LM().moduleTable(
          rngs, tokens, depth: 1, computeFlops: true, computeVJPFlops: true
        ) { $0($1) }
      }
      #expect(counted.bytes < 50 << 20, "\(counted.bytes) bytes")
      #expect((counted.result.rows[0].flops ?? 0) > 2 * 8 * 123_000_000)
    }
  }
}
