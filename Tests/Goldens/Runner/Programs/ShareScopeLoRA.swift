import Linen

private final class LoRABase: Module, @unchecked Sendable {
  let base: Dense
  let rank: Int

  init(_ base: Dense, rank: Int) {
    self.base = base
    self.rank = rank
    super.init()
  }

  override func setup() { shareScope(self, base) }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let a = param("A", .normal(stddev: 0.1), [x.shape[-1], rank])
      let b = param("B", .normal(stddev: 0.1), [rank, base.features])
      return base(x) + matmul(matmul(x, a), b)
    }
  }
}

private final class LoRAChild: Module, @unchecked Sendable {
  let features: Int
  let rank: Int
  @Setup var child: Dense

  init(_ features: Int, rank: Int) {
    self.features = features
    self.rank = rank
    super.init()
  }

  override func setup() {
    child = Dense(features)
    shareScope(self, child)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let a = param("A", .normal(stddev: 0.1), [x.shape[-1], rank])
      let b = param("B", .normal(stddev: 0.1), [rank, features])
      return child(x) + matmul(matmul(x, a), b)
    }
  }
}

private final class Model: Module, @unchecked Sendable {
  let isBase: Bool

  init(isBase: Bool) {
    self.isBase = isBase
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      isBase ? LoRABase(Dense(4), rank: 2)(x) : LoRAChild(4, rank: 2)(x)
    }
  }
}

/// shareScope: both adapters of the documentation.
func shareScopeLoRA(_ run: ProgramRun) throws {
  let x = try run.input("x")
  for (form, isBase) in [("base", true), ("child", false)] {
    let variables = try Model(isBase: isBase).initialize(run.key(0)) { $0(x) }
    run.give("vars_\(form)", variables)
    run.give("out_\(form)", try Model(isBase: isBase).apply(variables) { $0(x) })
  }
}
