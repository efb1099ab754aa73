import Linen
import Tensor
import Training

final class TwoLayers: Module, @unchecked Sendable {
  override class var linenName: String { "Foo" }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = Dense(4)(x)
      return Dense(2)(h)
    }
  }
}

private final class Deep: Module, @unchecked Sendable {
  @Setup var stem: TwoLayers
  @Setup var layers: [any Sendable]

  override func setup() {
    let pair: [any Sendable] = [LayerNorm(), Dense(2)]
    let rest: [String: any Sendable] = ["a": Dense(3), "b": pair]
    stem = TwoLayers()
    layers = [Dense(2), rest]
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      guard let first = layers[0] as? Dense, let rest = layers[1] as? [String: any Sendable],
        let a = rest["a"] as? Dense, let pair = rest["b"] as? [any Sendable],
        let norm = pair[0] as? LayerNorm, let dense = pair[1] as? Dense
      else { return x }
      return dense(norm(a(first(stem(x)))))
    }
  }
}

/// modulePaths of the documentation's Foo, and of a model with setup, lists and dictionaries.
func docsModulePaths(_ run: ProgramRun) throws {
  let x = try run.input("x")
  run.give(value: "foo", names(try TwoLayers().modulePaths(run.key(0), x) { $0($1) }))
  run.give(value: "deep", names(try Deep().modulePaths(run.key(0), x) { $0($1) }))
  run.give("vars", try Deep().initialize(run.key(3)) { $0(x) })
}

private func names(_ modules: [(path: String, module: Module)]) -> JSON {
  .object(modules.map { .init($0.path, .string(type(of: $0.module).linenName)) })
}
