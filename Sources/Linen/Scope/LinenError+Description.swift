extension LinenError: CustomStringConvertible {
  /// The message: Flax's line, then the module's path, the facts, and a hint.
  public var description: String {
    var lines = [summary]
    if let path { lines.append("path: \(path)") }
    lines += details
    if let present { lines.append("present: " + (present.isEmpty ? "nothing" : list(present))) }
    if let hint { lines.append("hint: \(hint)") }
    return lines.joined(separator: "\n")
  }

  /// The first line, in Flax's words.
  public var summary: String {
    guard let className else { return sentence }
    let page = "https://flax.readthedocs.io/en/latest/api_reference/flax.errors.html"
    return "\(sentence) (\(page)#flax.errors.\(className))"
  }

  private var sentence: String {
    switch fact {
    case .paramNotFound(let name, let scope, _):
      "Could not find parameter named \"\(name)\" in scope \"\(scope)\"."
    case .variableNotFound(let name, let collection, let scope, _):
      "No Variable named \"\(name)\" for collection \"\(collection)\" exists in \"\(scope)\"."
    case .collectionNotFound(let collection, let name, let scope, _):
      "Tried to access \"\(name)\" from collection \"\(collection)\" in \"\(scope)\" but the "
        + "collection is empty."
    case .paramShape(let name, let scope, let expected, let stored):
      "For parameter \"\(name)\" in \"\(scope)\", the given initializer is expected to generate "
        + "shape \(tuple(expected)), but the existing parameter it received has shape "
        + "\(tuple(stored))."
    case .nameInUse(let kind, let name, let module):
      "Could not create \(kind) \"\(name)\" in Module \(module): Name in use."
    case .scopeNameInUse(let name): "Duplicate use of scope name: \"\(name)\""
    case .submoduleOutsideSetup(let module):
      "Submodule \(module) must be defined in `setup()` or in a method wrapped in `@compact`"
    case .variableOutsideSetup(let kind, _, _):
      "\(kind) must be initialized in `setup()` or in a method wrapped in `@compact`"
    case .compactUnbound, .setupUnbound: "Can't call compact methods on unbound modules"
    case .unbindUnbound: "Can't call `unbind()` on unbound modules"
    case .shareScopeUnbound: "Can't call `share_scope` on unbound modules"
    case .unbound(let action, _): "Can't \(action) on unbound modules"
    case .attributeMissing(let module, let attribute, let isBound):
      "\"\(module)\" object has no attribute \"\(attribute)\"."
        + (isBound
          ? ""
          : " If \"\(attribute)\" is defined in '.setup()', remember these fields are only "
            + "accessible from inside 'init' or 'apply'.")
    case .attributeFrozen(let module, let attribute, let value):
      "Can't set \(attribute)=\(value) for Module of type \(module): Module instance is frozen "
        + "outside of setup method."
    case .streamMissing(let scope, let stream, _):
      "\(scope ?? "None") needs PRNG for \"\(stream)\""
    case .keyInvalid(_, let key):
      "RNGs should be of shape (2,) or PRNGKey, but rngs are: \(key)"
    case .extraParamsLayer:
      "Expect the `variables` (first argument) passed to apply() to be a dict with the structure "
        + "{\"params\": ...}, but got a dict with an extra params layer, i.e.  {\"params\": "
        + "{\"params\": ... } }. You should instead pass in your dict's [\"params\"]."
    case .variablesType:
      "The first argument passed to an apply function should be a dictionary of collections. Each "
        + "collection should be a dictionary with string keys."
    case .immutableCollection(let collection, let name, let scope, _):
      "Cannot update variable \"\(name)\" in \"\(scope)\" because collection \"\(collection)\" is "
        + "immutable."
    case .collectionUnknown(let collection, _):
      "The mutable collection \"\(collection)\" is not among the variables, and no module uses it."
    case .scopeInvalid(let name): "The scope \"\(name ?? "None")\" is no longer valid."
    case .perturbationMissing(let name, let collection, _):
      "Perturbation collection \(collection) present, but missing perturbation variable \(name)"
    case .parameterMissing(let name):
      "Parameter \"\(name)\" must be passed to the constructor or at call time."
    case .parameterTwice(let name):
      "Parameter \"\(name)\" was passed to the constructor and at call time. Should be passed just "
        + "once."
    case .notEntered(let module, let method):
      "Module \(module) was made in \(method), but none of its methods entered `compact` or `method`."
    case .recursion(let module):
      "Maximum recursion depth exceeded: modules call each other without end, the last is \(module)."
    case .tensorMissing(let name, _): "There is no tensor named \"\(name)\"."
    case .valueType(let name, let collection, let found, let expected):
      "Variable \"\(name)\" of collection \"\(collection)\" is \(found), not \(expected)."
    case .jaxTransform: "Jax transforms and Flax models cannot be mixed."
    case .transformResult(let method):
      "Transformed module method \(method) cannot return Modules or Variables."
    case .transformTarget(let target):
      "Linen transformations must be applied to Modules classes or functions taking a Module "
        + "instance as the first argument. The provided target is not a Module class or callable: "
        + target
    case .lazyInitialization(let type):
      "Lazy init encountered a value that could with the given inputs (shape: \(type))."
    case .partitionNameMissing(let target):
      "Trying to transform a Partitioned variable but \"partition_name\" is not specified in "
        + "metadata_params: \(target)"
    case .other(let text): text
    }
  }

  /// The class of flax.errors whose words the sentence has.
  private var className: String? {
    switch fact {
    case .paramNotFound: "ScopeParamNotFoundError"
    case .variableNotFound: "ScopeVariableNotFoundError"
    case .collectionNotFound: "ScopeCollectionNotFound"
    case .paramShape: "ScopeParamShapeError"
    case .nameInUse: "NameInUseError"
    case .submoduleOutsideSetup: "AssignSubModuleError"
    case .compactUnbound: "CallCompactUnboundModuleError"
    case .setupUnbound: "CallSetupUnboundModuleError"
    case .unbindUnbound: "CallUnbindOnUnboundModuleError"
    case .shareScopeUnbound: "CallShareScopeOnUnboundModuleError"
    case .attributeFrozen: "SetAttributeFrozenModuleError"
    case .streamMissing, .keyInvalid: "InvalidRngError"
    case .extraParamsLayer: "ApplyScopeInvalidVariablesStructureError"
    case .variablesType: "ApplyScopeInvalidVariablesTypeError"
    case .immutableCollection: "ModifyScopeVariableError"
    case .scopeInvalid: "InvalidScopeError"
    case .jaxTransform: "JaxTransformError"
    case .transformTarget: "TransformTargetError"
    case .transformResult: "TransformedMethodReturnValueError"
    case .lazyInitialization: "LazyInitError"
    case .partitionNameMissing: "PartitioningUnspecifiedError"
    default: nil
    }
  }

  /// The names there are, where the message is about one that is not.
  private var present: [String]? {
    switch fact {
    case .paramNotFound(_, _, let present), .variableNotFound(_, _, _, let present),
      .collectionNotFound(_, _, _, let present), .streamMissing(_, _, let present),
      .collectionUnknown(_, let present), .perturbationMissing(_, _, let present),
      .tensorMissing(_, let present):
      present
    default: nil
    }
  }

  private var hint: String? {
    switch fact {
    case .paramNotFound(let name, _, let present):
      nearest(name, present) ?? "these variables belong to another model, or to an older one"
    case .variableNotFound(let name, let collection, _, let present):
      nearest(name, present)
        ?? "give a first value and make \"\(collection)\" mutable, or take it from initialize"
    case .collectionNotFound(let collection, _, _, let present):
      nearest(collection, present)
        ?? "pass the variables that initialize returned, or make \"\(collection)\" mutable"
    case .paramShape:
      "the input has another size than at initialization, or the configuration differs"
    case .nameInUse: "give one of them another name"
    case .submoduleOutsideSetup:
      "put the body of the method that makes it in compact { }, or make it in setup()"
    case .variableOutsideSetup(_, let name, let module):
      "put the body of the method of \(module) that declares \"\(name)\" in compact { }"
    case .compactUnbound(let module):
      "call it inside: try \(lowercased(module)).apply(variables) { $0(x) }"
    case .setupUnbound(let module, let attribute):
      "setup() of \(module) runs by itself inside initialize and apply; \"\(attribute)\" is set "
        + "there only"
    case .unbindUnbound(let module), .shareScopeUnbound(let module), .unbound(_, let module):
      "\(module) has variables inside initialize and apply, or after bind"
    case .attributeMissing(let module, let attribute, let isBound):
      isBound ? "set \"\(attribute)\" in setup() of \(module)" : nil
    case .attributeFrozen(_, let attribute, _): "set \"\(attribute)\" in setup()"
    case .streamMissing(_, let stream, let present):
      nearest(stream, present) ?? "pass rngs: [\"\(stream)\": key]"
    case .keyInvalid(let stream, _):
      "\"\(stream)\" is a batch of keys: take one of them, or call this inside vmap"
    case .extraParamsLayer: "pass variables, or [\"params\": variables[\"params\"]]"
    case .variablesType(let collection): "\"\(collection)\" is a value"
    case .immutableCollection(let collection, _, _, let mutable):
      "pass mutable: [\"\(collection)\"]; now it is \(mutable)"
    case .collectionUnknown(let collection, let present): nearest(collection, present)
    case .jaxTransform(let collection, let name, let scope):
      "\"\(name)\" of \"\(collection)\" in \"\(scope)\" is set inside a transform that began later: use the "
        + "transform's lifted form, such as vmap(variableAxes:), and the module or scope that its "
        + "function gets"
    case .scopeInvalid: "a scope lives as long as the call that made it"
    case .perturbationMissing: "leave the collection out, or take it from initialize"
    case .notEntered(let module, _):
      "write its methods as func callAsFunction(...) { compact { ... } }, or make \(module) where "
        + "it is used"
    case .recursion: "a module that calls itself needs a case in which it does not"
    case .tensorMissing(let name, let present): nearest(name, present)
    case .lazyInitialization: "give the input on which it depends with its values"
    case .partitionNameMissing: "pass metadataParams: [partitionName: \"name\"] to the transform"
    default: nil
    }
  }
}

/// The shape as Python prints a tuple: `(3,)`, `(3, 4)`.
private func tuple(_ shape: Shape) -> String {
  shape.rank == 1 ? "(\(shape.dimensions[0]),)" : "(" + list(shape.map(String.init)) + ")"
}

private func list(_ parts: [String]) -> String { parts.joined(separator: ", ") }

private func lowercased(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }

/// A question after the name that is one or two letters away.
private func nearest(_ name: String, _ candidates: [String]) -> String? {
  // A candidate may carry its type after a blank: only the name counts.
  let names = candidates.map { String($0.prefix { $0 != " " }) }
  let best = names.map { (name: $0, distance: editDistance($0, name)) }
    .min { $0.distance < $1.distance }
  guard let best, best.distance > 0, best.distance <= Swift.max(2, name.count / 3) else {
    return nil
  }
  return "did you mean \"\(best.name)\"?"
}

/// The fewest letters to insert, remove or replace to make one word of the other.
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let change = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = Swift.min(change, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
