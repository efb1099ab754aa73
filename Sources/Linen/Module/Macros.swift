#if Macros
/// Writes what a module's class needs besides its properties and methods.
///
///     @Module
///     final class MLP: Module {
///       let features: [Int]
///       var rate: Double = 0.5
///
///       @Compact
///       func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
///         let h = Dropout(rate, deterministic: !train)(relu(Dense(features[0])(x)))
///         return Dense(features[1])(h)
///       }
///     }
///
///     let model = MLP(features: [16, 4])
///
/// It makes
/// - an initializer with all properties in order and `name:` at the end. A `var` can have a default
///   value; the macro makes a constant of it. A `let` with a value is no argument. If the class has
///   an initializer of its own, none is made.
/// - copies with changes: the class is ``Configurable``.
/// - the conformance `@unchecked Sendable`, which every subclass has to state again.
/// - the list of its properties, so that they need not be found by reflection.
/// - the table of its methods by name, for `apply(variables, method: "encode", x)`.
/// - the wrapping of every method: those marked ``Compact()`` in `compact { }`, all others in
///   `method { }`, but for `setup`, static methods, those marked ``NoWrap()`` and those that consist of
///   a call of `compact`, `method` or `compactNameScope`.
///
/// The class must be final, a direct subclass of ``Module-class``, and not inside a function.
@attached(member, names: named(init), named(fieldValues), named(methods))
@attached(memberAttribute)
@attached(extension, conformances: Configurable, Sendable)
public macro Module() = #externalMacro(module: "LinenMacros", type: "ModuleMacro")

/// Marks a method that makes its submodules and parameters where it uses them: wraps its body in
/// `compact { }`.
///
/// Interceptors and tables see the first three arguments that are values.
@attached(body)
public macro Compact() = #externalMacro(module: "LinenMacros", type: "CompactMacro")

/// Marks a method whose submodules are below its name: wraps its body in `compactNameScope { }`.
@attached(body)
public macro CompactNameScope() =
  #externalMacro(module: "LinenMacros", type: "CompactNameScopeMacro")

/// Wraps the body of a method in `method { }`; ``Module()`` does so where nothing else is said.
@attached(body)
public macro Method() = #externalMacro(module: "LinenMacros", type: "MethodMacro")

/// Marks a method that ``Module()`` is to leave as it is: it runs as a part of its caller.
@attached(peer)
public macro NoWrap() = #externalMacro(module: "LinenMacros", type: "NoWrapMacro")

/// Makes a constant of a `var`; ``Module()`` adds it.
@attached(accessor, names: named(get))
@attached(peer, names: prefixed(_))
public macro _ModuleField() = #externalMacro(module: "LinenMacros", type: "FieldMacro")
#endif
