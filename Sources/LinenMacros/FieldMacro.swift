#if Macros
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// Makes a constant of a `var` that may have a default value: a property that can only be read, and
/// the storage that the initializer sets.
package enum FieldMacro {}

extension FieldMacro: AccessorMacro {
  package static func expansion(
    of node: AttributeSyntax, providingAccessorsOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) throws -> [AccessorDeclSyntax] {
    guard let field = declaration.as(VariableDeclSyntax.self).map(ModuleField.fields)?.first else {
      return []
    }
    return ["get { \(raw: field.storage) }"]
  }
}

extension FieldMacro: PeerMacro {
  package static func expansion(
    of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    guard let field = declaration.as(VariableDeclSyntax.self).map(ModuleField.fields)?.first,
      let type = field.type
    else { return [] }
    return ["private let \(raw: field.storage): \(type)"]
  }
}
#endif
