#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// `@Method`: wraps the body in `method { }`.
package enum MethodMacro: BodyMacro {
  package static func expansion(
    of node: AttributeSyntax,
    providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
    in context: some MacroExpansionContext
  ) throws -> [CodeBlockItemSyntax] {
    declaration.as(FunctionDeclSyntax.self).map { ModuleMethod($0).wrapped(in: "method") } ?? []
  }
}

/// `@Compact`: wraps the body in `compact { }`.
package enum CompactMacro: BodyMacro {
  package static func expansion(
    of node: AttributeSyntax,
    providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
    in context: some MacroExpansionContext
  ) throws -> [CodeBlockItemSyntax] {
    declaration.as(FunctionDeclSyntax.self).map { ModuleMethod($0).wrapped(in: "compact") } ?? []
  }
}

/// `@CompactNameScope`: wraps the body in `compactNameScope { }`.
package enum CompactNameScopeMacro: BodyMacro {
  package static func expansion(
    of node: AttributeSyntax,
    providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
    in context: some MacroExpansionContext
  ) throws -> [CodeBlockItemSyntax] {
    declaration.as(FunctionDeclSyntax.self).map {
      ModuleMethod($0).wrapped(in: "compactNameScope", takesArguments: false)
    } ?? []
  }
}

/// `@NoWrap`: a mark for `@Module`, which leaves the method as it is.
package enum NoWrapMacro: PeerMacro {
  package static func expansion(
    of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    guard let function = declaration.as(FunctionDeclSyntax.self) else { return [] }
    let others = function.attributes.compactMap(\.attributeName)
      .filter { ["Compact", "Method", "CompactNameScope"].contains($0) }
    if let other = others.first {
      context.diagnose(Diagnostic(node: node, message: ModuleDiagnostic.bothMarks(other)))
    }
    return []
  }
}
#endif
