#if Macros
import SwiftSyntax

/// A stored property of a module's class.
struct ModuleField {
  let name: TokenSyntax
  let type: TypeSyntax?
  let defaultValue: ExprSyntax?
  let declaration: VariableDeclSyntax
  /// Whether it is declared with `var`: then the macro makes a constant of it, so that it can have a
  /// default value, which a `let` can't.
  let isVariable: Bool

  /// Whether the memberwise initializer sets it: all but constants that have their value.
  var isConfiguration: Bool { isVariable || defaultValue == nil }

  /// The stored properties of a class in order, without those that wrappers and accessors make others
  /// of, and without static ones.
  static func all(in members: MemberBlockItemListSyntax) -> [ModuleField] {
    members.compactMap { $0.decl.as(VariableDeclSyntax.self) }.flatMap(fields)
  }

  static func fields(of declaration: VariableDeclSyntax) -> [ModuleField] {
    guard !declaration.modifiers.contains(where: { notStored.contains($0.name.text) }),
      declaration.attributes.allSatisfy({ $0.attributeName == fieldAttribute })
    else { return [] }
    return declaration.bindings.compactMap { binding in
      guard binding.accessorBlock == nil,
        let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier
      else { return nil }
      return ModuleField(
        name: name, type: binding.typeAnnotation?.type.trimmed,
        defaultValue: binding.initializer?.value.trimmed, declaration: declaration,
        isVariable: declaration.bindingSpecifier.tokenKind == .keyword(.var))
    }
  }

  private static let notStored: Set<String> = ["static", "class", "lazy", "override"]

  /// The attribute by which a `var` becomes a constant.
  static let attributeName = "_ModuleField"
  private static let fieldAttribute: String? = attributeName

  /// The declaration with the type that a literal has; nil where that is not known.
  var typed: VariableDeclSyntax? {
    guard let type = defaultValue?.literalType else { return nil }
    var result = declaration
    result.bindings = PatternBindingListSyntax(
      declaration.bindings.map { binding in
        binding.with(\.pattern, binding.pattern.with(\.trailingTrivia, []))
          .with(
            \.typeAnnotation,
            TypeAnnotationSyntax(
              colon: .colonToken(trailingTrivia: .space),
              type: type.with(\.trailingTrivia, .space)))
      })
    return result
  }

  /// The property in which the value is kept.
  var storage: String { isVariable ? "_\(name.text.unquoted)" : name.text }

  /// The parameter of the memberwise initializer.
  var parameter: String {
    let type = type?.trimmedDescription ?? "Any"
    let isFunction =
      self.type?.is(FunctionTypeSyntax.self) == true
      || self.type?.as(AttributedTypeSyntax.self)?.baseType.is(FunctionTypeSyntax.self) == true
    let isOptional = self.type?.is(OptionalTypeSyntax.self) == true
    // A variable that is optional starts as nil, as in the memberwise initializers of structs.
    let value = defaultValue?.description ?? (isVariable && isOptional ? "nil" : nil)
    return "\(name.text): \(isFunction ? "@escaping " : "")\(type)"
      + (value.map { " = \($0)" } ?? "")
  }
}

extension AttributeListSyntax.Element {
  /// The name of an attribute, as it is written.
  var attributeName: String? {
    self.as(AttributeSyntax.self)?.attributeName.trimmedDescription
  }
}

extension String {
  /// The name without the quotes that keywords need.
  var unquoted: String { filter { $0 != "`" } }
}

extension ExprSyntax {
  /// The type that a literal has by default.
  var literalType: TypeSyntax? {
    if self.is(IntegerLiteralExprSyntax.self) { return "Int" }
    if self.is(FloatLiteralExprSyntax.self) { return "Double" }
    if self.is(BooleanLiteralExprSyntax.self) { return "Bool" }
    if self.is(StringLiteralExprSyntax.self) { return "String" }
    return nil
  }
}
#endif
