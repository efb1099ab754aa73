import Linen
import Tensor

/// The programs of errors.json in Swift, by id.
///
/// What the compiler refuses can't be written: a filter that is no filter, a key that is a text, a
/// call on a class, a set constant.
let mistakenPrograms: [String: MistakenProgram] = [
  "missing_param": {
    _ = try Dense(4).apply(["params": ["bias": Tensor.zeros([4])]]) { $0(x) }
  },
  "missing_params_collection": { _ = try Dense(4).apply([:]) { $0(x) } },
  "missing_param_nested": {
    let dense: Variables = ["kernel": Tensor.ones([3, 4])]
    _ = try Simple().apply(["params": ["Dense_0": dense]]) { $0(x) }
  },
  "wrong_param_shape": {
    let params: Variables = ["kernel": Tensor.ones([5, 4]), "bias": Tensor.zeros([4])]
    _ = try Dense(4).apply(["params": params]) { $0(x) }
  },
  "name_in_use_submodule": {
    try initialize { _, x in Dense(2, name: "layer")(Dense(3, name: "layer")(x)) }
  },
  "name_in_use_param_twice": {
    try initialize { module, x in
      let first = module.param("w", .zeros, [2])
      return first + module.param("w", .zeros, [2])
    }
  },
  "name_in_use_param_and_module": {
    try initialize { module, x in
      let w = module.param("w", .zeros, [2])
      return Dense(2, name: "w")(x) + w
    }
  },
  "submodule_outside_compact": {
    let model = M(isCompact: false) { _, x in Dense(2)(x) }
    _ = try model.initialize(Key(0)) { $0(x) }
  },
  "param_outside_compact": {
    let model = M(isCompact: false) { module, x in x + module.param("w", .zeros, [3]) }
    _ = try model.initialize(Key(0)) { $0(x) }
  },
  "call_unbound": { _ = Dense(3)(x) },
  "modify_immutable": {
    let model = M { module, x in
      let count = module.variable("stats", "count") { Tensor(0) }
      count.value = count.value + 1
      return x
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    _ = try model.apply(variables) { $0(x) }
  },
  "merge_param_both": { _ = mergeParam("use_running_average", true, false) },
  "merge_param_neither": { _ = mergeParam("use_running_average", nil, nil) },
  "initializer_fan_of_vector": { _ = Initializer.lecunNormal()(Key(0), [3]) },
  "apply_extra_params_layer": {
    let model = Simple()
    let variables = try model.initialize(Key(0)) { $0(x) }
    _ = try model.apply(["params": variables]) { $0(x) }
  },
  "compact_twice": { _ = try Twice().initialize(Key(0)) { $0(x) } },
  "perturb_missing_variable": {
    let model = M { module, x in module.perturb("p", x) }
    let perturbations: Variables = ["other": Tensor.ones([2, 3])]
    _ = try model.apply(["perturbations": perturbations]) { $0(x) }
  },
]

private let x = Tensor.ones([2, 3])

private final class Simple: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { Dense(4)($0) } }
}

private final class Twice: Module, @unchecked Sendable {
  func a(_ x: Tensor) -> Tensor { compact(x) { $0 } }
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { $0 } }
}

/// A module whose call is given.
private final class M: Module, @unchecked Sendable {
  private let isCompact: Bool
  private let body: @Sendable (Module, Tensor) -> Tensor

  init(isCompact: Bool = true, _ body: @escaping @Sendable (Module, Tensor) -> Tensor) {
    self.isCompact = isCompact
    self.body = body
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    isCompact ? compact(x) { body(self, $0) } : method(x) { body(self, $0) }
  }
}

private func initialize(_ body: @escaping @Sendable (Module, Tensor) -> Tensor) throws {
  _ = try M(body).initialize(Key(0)) { $0(x) }
}
