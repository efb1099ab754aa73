import Linen
import Tensor
import Training

/// The programs that can't be written in Swift, with what the compiler says of them.
let refusedByTheCompiler: [String: String] = [
  "apply_method_missing": "value of type 'Simple' has no member 'nope'",
  "apply_not_a_dict": "dictionary of type 'Variables' cannot be used with array literal",
  "apply_on_class": "instance member 'apply' cannot be used on type 'Dense'",
  "assign_field_in_setup": "cannot assign to property: 'features' is a 'let' constant",
  "assign_new_attribute_outside_setup": "value of type 'M' has no member 'count'",
  "assign_outside_setup": "cannot assign to property: 'features' is a 'let' constant",
  "attribute_error_in_property": "value of type 'M' has no member 'not_there'",
  "invalid_filter":
    "cannot convert value of type 'Double' to expected argument type 'CollectionFilter'",
  "invalid_rng_type":
    "cannot convert value of type 'String' to expected dictionary value type 'Key'",
  "lifted_instance":
    "cannot convert value of type 'Dense' to expected argument type '(Tensor) throws -> Tensor'",
  "missing_attribute": "value of type 'M' has no member 'nope'",
  "reserved_attribute":
    "property 'name' with type 'Int' cannot override a property with type 'String?'",
]

/// The programs of errors.json in Swift, by id.
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
  "name_in_use_field": { _ = try SameName().initialize(Key(0)) { $0(x) } },
  "unbound_setup_attribute": { _ = WithDense().dense },
  "setup_called_directly": { WithDense().setup() },
  "missing_rng": { _ = try Dropout(0.5, deterministic: false).apply([:]) { $0(x) } },
  "conv_bad_padding": {
    let conv = Conv(2, [3, 3], padding: .each([1]))
    _ = try conv.initialize(Key(0)) { $0(Tensor.ones([1, 4, 4, 1])) }
  },
  "conv_causal_2d": {
    let conv = Conv(2, [3, 3], padding: .causal)
    _ = try conv.initialize(Key(0)) { $0(Tensor.ones([1, 4, 4, 1])) }
  },
  "conv_mask_shape": {
    let conv = Conv(2, [3], mask: Tensor.ones([3, 2, 2]))
    _ = try conv.initialize(Key(0)) { $0(Tensor.ones([1, 4, 1])) }
  },
  "conv_string_padding_with_input_dilation": {
    let conv = Conv(2, [3], padding: .valid, inputDilation: 2)
    _ = try conv.initialize(Key(0)) { $0(Tensor.ones([1, 4, 2])) }
  },
  "missing_collection": {
    let params: Variables = ["scale": Tensor.ones([3]), "bias": Tensor.zeros([3])]
    _ = try BatchNorm(useRunningAverage: true).apply(["params": params]) { $0(x) }
  },
  "batchnorm_train_without_mutable": {
    let norm = BatchNorm(useRunningAverage: false)
    _ = try norm.apply(norm.initialize(Key(0)) { $0(x) }) { $0(x) }
  },
  "embed_float_index": { _ = try Embed(3, 2).initialize(Key(0)) { $0(x) } },
  "dense_general_batch_dims": {
    _ = try DenseGeneral([4], batchDims: [1]).initialize(Key(0)) { $0(Tensor.ones([2, 3, 4])) }
  },
  "group_norm_both_sizes": {
    _ = try GroupNorm(2, groupSize: 2).initialize(Key(0)) { $0(Tensor.ones([2, 4])) }
  },
  "attention_heads_indivisible": {
    let attention = MultiHeadDotProductAttention(3)
    _ = try attention.initialize(Key(0)) { $0(Tensor.ones([2, 3, 4])) }
  },
  "attention_decode_length": {
    let attention = MultiHeadDotProductAttention(2, decode: true)
    let variables = try attention.initialize(Key(0)) { $0(Tensor.ones([2, 3, 4])) }
    _ = try attention.apply(variables, mutable: ["cache"]) { $0(Tensor.ones([2, 2, 4])) }
  },
  "sequential_empty": { _ = try Sequential([Sequential.Part]()).initialize(Key(0)) { $0(x) } },
  "perturb_missing_variable": {
    let model = M { module, x in module.perturb("p", x) }
    let perturbations: Variables = ["other": Tensor.ones([2, 3])]
    _ = try model.apply(["perturbations": perturbations]) { $0(x) }
  },
  "from_state_dict_list_length": { _ = try fromStateDict([1, 2], ["0": 1]) },
]

private let x = Tensor.ones([2, 3])

private final class Simple: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { Dense(4)($0) } }
}

private final class Twice: Module, @unchecked Sendable {
  func a(_ x: Tensor) -> Tensor { compact(x) { $0 } }
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { $0 } }
}

private final class WithDense: Module, @unchecked Sendable {
  @Setup var dense: Dense

  override class var linenName: String { "M" }
  override func setup() { dense = Dense(2) }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { dense($0) } }
}

private final class SameName: Module, @unchecked Sendable {
  @Setup var w: Tensor
  @Setup var v: Tensor

  override class var linenName: String { "M" }

  override func setup() {
    w = param("w", .ones, [3])
    v = param("w", .ones, [3])
  }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { $0 * w } }
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
