#if Macros
import SwiftSyntax

extension ClassDeclSyntax {
  /// Whether `Module` is the superclass, with or without the name of its library.
  var isModule: Bool {
    guard let first = inheritanceClause?.inheritedTypes.first else { return false }
    return ["Module", "Linen.Module"].contains(first.type.trimmedDescription)
  }

  /// Whether it says itself that it is Sendable.
  var statesSendable: Bool {
    inheritanceClause?.inheritedTypes.contains {
      $0.type.trimmedDescription.hasSuffix("Sendable")
    } ?? false
  }

  var isFinal: Bool { modifiers.contains { $0.name.tokenKind == .keyword(.final) } }

  /// Whether the class has an initializer of its own, which then says how it is configured.
  var hasInitializer: Bool {
    memberBlock.members.contains { $0.decl.is(InitializerDeclSyntax.self) }
  }

  /// The access of what the macro makes: that of the class, with a blank after it.
  var access: String {
    let levels = ["public", "package", "open"]
    guard let level = modifiers.first(where: { levels.contains($0.name.text) }) else { return "" }
    return level.name.text + " "
  }

  /// The class with `Module` as its superclass.
  var inheritingFromModule: ClassDeclSyntax {
    var result = self
    let module = InheritedTypeSyntax(type: IdentifierTypeSyntax(name: "Module"))
    if let clause = inheritanceClause {
      var types = Array(clause.inheritedTypes)
      types.insert(module.with(\.trailingComma, .commaToken(trailingTrivia: .space)), at: 0)
      result.inheritanceClause = clause.with(\.inheritedTypes, InheritedTypeListSyntax(types))
    } else {
      result.name = name.with(\.trailingTrivia, [])
      result.inheritanceClause = InheritanceClauseSyntax(
        colon: .colonToken(trailingTrivia: .space),
        inheritedTypes: [module.with(\.trailingTrivia, .space)])
    }
    return result
  }

  /// The class with the modifier `final`.
  var madeFinal: ClassDeclSyntax {
    var result = self
    let final = DeclModifierSyntax(
      leadingTrivia: modifiers.isEmpty ? classKeyword.leadingTrivia : [],
      name: .keyword(.final, trailingTrivia: .space))
    if modifiers.isEmpty { result.classKeyword = classKeyword.with(\.leadingTrivia, []) }
    result.modifiers.append(final)
    return result
  }
}
#endif
