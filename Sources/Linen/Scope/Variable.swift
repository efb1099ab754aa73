/// A reference to a variable of a running call, with its value to read and to set.
///
/// Made by ``Module/variable(_:_:unbox:_:)``. Inside a lifted transform of the module it is the
/// variable there. Mirrors `flax.linen.Variable`.
public struct Variable<Value: Sendable> {
  /// The name of its collection, such as `batch_stats`.
  public let collection: String
  /// Its name in the scope.
  public let name: String
  /// Where it was made.
  private let home: Scope
  private let unbox: Bool
  /// What to give after an error, when there is no value.
  private let placeholder: Value?

  init(_ scope: Scope, _ collection: String, _ name: String, unbox: Bool, placeholder: Value?) {
    home = scope
    self.collection = collection
    self.name = name
    self.unbox = unbox
    self.placeholder = placeholder
  }

  /// Where it is now: inside the transforms that run on the scope where it was made.
  private var scope: Scope { home.lifted }

  /// Whether the variable can be set in this call.
  public var isMutable: Bool { scope.isMutableCollection(collection) }

  /// The value; setting it writes to the collection, in the box of metadata that is there.
  ///
  /// Records an error if the collection is not mutable, or the value is of another type.
  public var value: Value {
    get {
      let stored = scope.getVariable(collection, name)
      if let value = (unbox ? stored?.unboxed : stored)?.value(as: Value.self) { return value }
      return fallback(found: stored)
    }
    nonmutating set {
      var new = Variables(value: newValue)
      if unbox, let stored = scope.getVariable(collection, name) {
        new = stored.replacingBoxed(with: new)
      }
      scope.putVariable(collection, name, new)
    }
  }

  private func fallback(found: Variables?) -> Value {
    if found != nil || placeholder == nil {
      record(
        LinenError(
          .valueType(
            name: name, collection: collection, found: found?.kindDescription ?? "missing",
            expected: "\(Value.self)")))
    }
    if let placeholder { return placeholder }
    if let value: Value = makeStandIn() { return value }
    // Any other type has no value that could stand in: a variable declared without a first value.
    fatalError("variable \"\(name)\" of collection \"\(collection)\" has no value")
  }
}

/// A variable of any type, which belongs to its scope.
protocol VariableReference {
  /// Where it is now.
  var place: Scope { get }
}

extension Variable: VariableReference {
  var place: Scope { scope }
}
