/// A module of which others can be made with the same configuration, or with parts of it changed.
///
///     let wide = layer.copy { $0.features = 64 }
///     let last = layer.copy(name: "last")
///
/// All layers of this library are; a module of your own says in one line how it is made:
///
///     extension MLP: Configurable {
///       convenience init(_ configuration: Configuration<MLP>, name: String?) {
///         self.init(configuration.features, name: name)
///       }
///     }
///
/// Mirrors `flax.linen.Module.copy` and `clone`.
public protocol Configurable: Module {
  /// Makes a module whose properties have the values that `configuration` gives.
  init(_ configuration: Configuration<Self>, name: String?)
}

/// The properties of a module, some of them changed, for making another one.
@dynamicMemberLookup
public struct Configuration<M: Module> {
  private let original: M
  private var changes: [PartialKeyPath<M>: Any] = [:]

  init(of original: M) { self.original = original }

  /// The value of a property: that of the original, unless it was changed.
  public subscript<Value>(dynamicMember property: KeyPath<M, Value>) -> Value {
    get { (changes[property] as? Change<Value>)?.value ?? original[keyPath: property] }
    set { changes[property] = Change(value: newValue) }
  }
}

/// The new value of a property, in a box because it may be an optional.
private struct Change<Value> {
  let value: Value
}

extension Configurable {
  /// Makes a module of the same configuration but for what `change` sets.
  ///
  /// Inside a running call it becomes a submodule of the module that runs, as any module that is made
  /// there, with variables of its own. Without a name it is called after its class and number.
  public func copy(
    name: String? = nil, _ change: (inout Configuration<Self>) -> Void = { _ in }
  ) -> Self {
    var configuration = Configuration(of: self)
    change(&configuration)
    return Self(configuration, name: name)
  }

  /// Makes a module of the same configuration and name that has no place in the running call.
  ///
  /// Modules in properties stay the same ones. Use it to change a model, or for a model that is used
  /// by itself inside another: `try inner.clone().apply(variables) { $0(x) }`.
  public func clone(_ change: (inout Configuration<Self>) -> Void = { _ in }) -> Self {
    var configuration = Configuration(of: self)
    change(&configuration)
    return withoutPlace { Self(configuration, name: givenName) }
  }
}
