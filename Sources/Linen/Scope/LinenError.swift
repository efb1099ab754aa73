/// A mistake in the use of modules, scopes and variables.
///
/// The first line of the message says what Flax says; the facts that help follow: the module's
/// path, what is there, what was expected, and a hint.
public struct LinenError: LocatedError, Sendable, Hashable {
  /// What can be wrong.
  public enum Fact: Sendable, Hashable {
    /// The given variables lack a parameter.
    case paramNotFound(name: String, scope: String, present: [String])
    /// The given variables lack a variable of a collection.
    case variableNotFound(name: String, collection: String, scope: String, present: [String])
    /// The given variables lack the collection.
    case collectionNotFound(collection: String, name: String, scope: String, present: [String])
    /// A parameter has another shape than its initializer would give it.
    case paramShape(name: String, scope: String, expected: Shape, stored: Shape)
    /// The name of a submodule, variable or parameter is taken.
    case nameInUse(kind: String, name: String, module: String)
    /// A scope gives a name away twice.
    case scopeNameInUse(name: String)
    /// A submodule is made in a method that is neither compact nor `setup`.
    case submoduleOutsideSetup(module: String)
    /// A parameter or variable is declared in a method that is neither compact nor `setup`.
    case variableOutsideSetup(kind: String, name: String, module: String)
    /// A compact method is called on a module that has no variables.
    case compactUnbound(module: String)
    /// `setup` runs on a module that has no variables.
    case setupUnbound(module: String, attribute: String)
    /// `unbind` is called on a module that has no variables.
    case unbindUnbound(module: String)
    /// `shareScope` is given a module that has no variables.
    case shareScopeUnbound(module: String)
    /// A module without variables is asked for what only a bound one has.
    case unbound(action: String, module: String)
    /// A property of `setup` is read before it has a value.
    case attributeMissing(module: String, attribute: String, isBound: Bool)
    /// A property of `setup` is set in another method.
    case attributeFrozen(module: String, attribute: String, value: String)
    /// There is no stream of this name and none of `params` to fall back to.
    case streamMissing(scope: String?, stream: String, present: [String])
    /// What is given for a stream is no single key.
    case keyInvalid(stream: String, key: String)
    /// Variables are given one level too deep.
    case extraParamsLayer
    /// A collection is given as a value, not as a dictionary.
    case variablesType(collection: String)
    /// A variable of an immutable collection is set.
    case immutableCollection(collection: String, name: String, scope: String, mutable: String)
    /// A collection is made mutable that is not given, and that no module writes or asks for.
    case collectionUnknown(collection: String, present: [String])
    /// A scope is used after its call has ended.
    case scopeInvalid(name: String?)
    /// There are perturbations, but not this one.
    case perturbationMissing(name: String, collection: String, present: [String])
    /// A parameter that can be given when a module is made or called was given in neither place.
    case parameterMissing(name: String)
    /// A parameter that can be given when a module is made or called was given in both places.
    case parameterTwice(name: String)
    /// A module was made and seems to have been called by a method without `compact` or `method`.
    case notEntered(module: String, method: String)
    /// Modules call each other without end.
    case recursion(module: String)
    /// Variables hold no tensor of this name.
    case tensorMissing(name: String, present: [String])
    /// A variable holds a value of another type.
    case valueType(name: String, collection: String, found: String, expected: String)
    /// A variable is set to a value of a transform that began inside the running call.
    case jaxTransform(collection: String, name: String, scope: String)
    /// What a lifted transform is given has no scopes.
    case transformTarget(target: String)
    /// A function inside a lifted transform returns a module or a variable.
    case transformResult(method: String)
    /// A variable's first value depends on an abstract input.
    case lazyInitialization(type: String)
    /// A transform adds an axis to a box of metadata and does not name it.
    case partitionNameMissing(target: String)
    /// Anything else, in the words of Flax.
    case other(String)
  }

  /// What is wrong.
  public let fact: Fact
  /// The module in which it happened, such as `/Model/head Dense`.
  public var path: String?
  /// Further lines of the message.
  public var details: [String]

  /// Describes a mistake.
  public init(_ fact: Fact, details: [String] = []) {
    self.fact = fact
    self.details = details
  }
}
