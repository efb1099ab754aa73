/// The base class of all layers and models.
///
/// A module is configuration: its stored properties are constants, given when it is made. Its
/// parameters and other variables are made by ``Applicable/initialize(_:mutable:captureIntermediates:_:)``
/// and passed to ``Applicable/apply(_:rngs:_:)``; the module itself never changes, so that one
/// instance can be used by many threads at once.
///
///     final class MLP: Module, @unchecked Sendable {
///       let features: [Int]
///
///       init(_ features: [Int], name: String? = nil) {
///         self.features = features
///         super.init(name: name)
///       }
///
///       func callAsFunction(_ x: Tensor) -> Tensor {
///         compact { Dense(features[1])(relu(Dense(features[0])(x))) }
///       }
///     }
///
///     let model = MLP([16, 4])
///     let variables = try model.initialize(Key(0)) { $0(x) }
///     let y = try model.apply(variables) { $0(x) }
///
/// The body of a method stands in `compact { }`, if it makes its submodules where it uses them, or
/// in `method { }`, if they are made in ``setup()`` or passed in. Methods can have any name.
///
/// Subclasses are Sendable as this class is, unchecked: their stored properties must be constants
/// of Sendable type, or wrapped in ``Setup``. Mirrors `flax.linen.Module`.
open class Module: Applicable, @unchecked Sendable {
  /// The name that was asked for when the module was made.
  final let givenName: String?
  /// The call in which the module was made, 0 if it was made outside of every call.
  final let birthplace: UInt64
  /// The module's place in that call.
  ///
  /// Set by the thread that makes the module, while no other has it yet, and only read afterwards:
  /// this is what makes a shared module safe to use. The call owns it, and nobody looks at it when
  /// the call has ended.
  final unowned(unsafe) var home: Binding?

  /// Makes a module; inside a running call it becomes a submodule of the module that runs.
  ///
  /// Without a name it is called after its class and number, or in ``setup()`` after the property
  /// that it is assigned to. Records an error if the name is taken, or if the module that runs is
  /// neither in `setup` nor in `compact`.
  public init(name: String? = nil) {
    givenName = name
    guard let context = ModuleContext.current, !context.makesDetached else {
      birthplace = 0
      return
    }
    let parent = context.top
    birthplace = parent?.context.id ?? context.id
    ModuleContext.adopt(new: self, in: context, by: parent)
  }

  /// Makes a submodule of a module that need not be running.
  init(attachedTo owner: Binding, as name: String) {
    givenName = name
    birthplace = owner.context.id
    owner.context.attachNew(self, to: owner, name: name)
  }

  /// Makes submodules and variables for the properties marked ``Setup``; called once in a call,
  /// before the first other method or property of the module needs them.
  open func setup() {}

  /// Hashes the class and the configuration; for a class that knows what of it matters to override.
  open func hash(into hasher: inout Hasher) { hashConfiguration(into: &hasher) }

  /// The name that automatic names and messages use, such as `Dense` in `Dense_0`.
  ///
  /// By default the name of the class, without generic arguments.
  open class var linenName: String {
    String(String(describing: self).prefix { $0 != "<" })
  }

  /// The names of modules in stored properties, by property, where they are not called after it.
  ///
  /// For models whose parameters have names in another style than their properties.
  open class var submoduleNames: [String: String] { [:] }

  /// Whether modules in stored properties keep the names that they were given, where they have one;
  /// nil if ``preservingAdoptedNames(_:_:)`` decides, and otherwise they do not.
  open class var preservesAdoptedNames: Bool? { nil }

  /// The methods that can be called by their names, as in `apply(variables, method: "encode", x)`.
  open class var methods: [String: NamedMethod] { [:] }

  /// The stored properties that are no ``Setup``, in order, with their values; nil to find them by
  /// reflection, which the macro `@Module` makes unnecessary.
  open var fieldValues: KeyValuePairs<String, Any>? { nil }

  /// Whether a stored property can hold a module; if none can, looking for them is not needed.
  package class var holdsModules: Bool { true }
}

/// What has the methods `initialize`, `apply` and their kin: every module.
///
/// A protocol of its own so that their closures receive the module as its own type.
public protocol Applicable: AnyObject {}
