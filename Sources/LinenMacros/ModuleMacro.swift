#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@Module`: the initializer, the list of fields, copies, and the wrapping of methods.
package enum ModuleMacro {}

extension ModuleMacro: MemberMacro {
  package static func expansion(
    of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax,
    conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    guard let declaration = checked(declaration, node, in: context) else { return [] }
    let fields = ModuleField.all(in: declaration.memberBlock.members)
    for field in fields { check(field, in: context) }
    let access = declaration.access
    var members: [DeclSyntax] = []
    if !declaration.hasInitializer {
      let configuration = fields.filter(\.isConfiguration)
      let parameters = (configuration.map(\.parameter) + ["name: String? = nil"])
        .joined(separator: ", ")
      let assignments = configuration.map { "  self.\($0.storage) = \($0.name.text)\n" }.joined()
      members.append(
        """
        /// Makes a module of this configuration.
        \(raw: access)init(\(raw: parameters)) {
        \(raw: assignments)  super.init(name: name)
        }
        """)
      // Here and not in the extension: there it could not be as private as the class.
      let values = configuration.map { "\($0.name.text): configuration.\($0.name.text)" }
      members.append(
        """
        /// Makes a module of a configuration.
        \(raw: access)convenience init(
          _ configuration: Configuration<\(raw: declaration.name.text)>, name: String?
        ) {
          self.init(\(raw: (values + ["name: name"]).joined(separator: ", ")))
        }
        """)
    }
    if !fields.isEmpty {
      let list = fields.map { "\"\($0.name.text.unquoted)\": \($0.name.text) as Any" }
      members.append(
        """
        \(raw: access)override var fieldValues: KeyValuePairs<String, Any>? {
          [\(raw: list.joined(separator: ", "))]
        }
        """)
    }
    let methods = ModuleMethod.named(in: declaration)
    if !methods.isEmpty {
      members.append(
        """
        \(raw: access)override class var methods: [String: NamedMethod] {
          [\(raw: methods.joined(separator: ", "))]
        }
        """)
    }
    return members
  }
}

extension ModuleMacro: MemberAttributeMacro {
  package static func expansion(
    of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
    providingAttributesFor member: some DeclSyntaxProtocol, in context: some MacroExpansionContext
  ) throws -> [AttributeSyntax] {
    if let function = member.as(FunctionDeclSyntax.self) {
      return ModuleMethod(function).isWrapped(in: context) ? ["@Method"] : []
    }
    if let variable = member.as(VariableDeclSyntax.self),
      ModuleField.fields(of: variable).contains(where: \.isVariable)
    {
      return ["@\(raw: ModuleField.attributeName)"]
    }
    return []
  }
}

extension ModuleMacro: ExtensionMacro {
  package static func expansion(
    of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
    providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
    in context: some MacroExpansionContext
  ) throws -> [ExtensionDeclSyntax] {
    // What is wrong with the class has been said where its members are made.
    guard let declaration = declaration.as(ClassDeclSyntax.self), declaration.isModule,
      declaration.isFinal
    else { return [] }
    var conformances: [String] = []
    let isConfigurable = protocols.contains { $0.trimmedDescription == "Configurable" }
    if isConfigurable && !declaration.hasInitializer { conformances.append("Configurable") }
    // A subclass must say again that it is Sendable, which the fields, all constants, make true.
    if !declaration.statesSendable { conformances.append("@unchecked Sendable") }
    return try conformances.map {
      try ExtensionDeclSyntax("extension \(type.trimmed): \(raw: $0) {}")
    }
  }
}

extension ModuleMacro {
  /// The class, unless it is not one of which a module can be made.
  private static func checked(
    _ declaration: some DeclGroupSyntax, _ node: AttributeSyntax,
    in context: some MacroExpansionContext
  ) -> ClassDeclSyntax? {
    guard let declaration = declaration.as(ClassDeclSyntax.self) else {
      context.diagnose(Diagnostic(node: node, message: ModuleDiagnostic.notAClass))
      return nil
    }
    guard declaration.isModule else {
      context.diagnose(
        Diagnostic(
          node: declaration.name, message: ModuleDiagnostic.notAModule,
          fixIt: .replace(
            message: ModuleFixIt("inherit from Module"), oldNode: declaration,
            newNode: declaration.inheritingFromModule)))
      return nil
    }
    if !declaration.isFinal {
      context.diagnose(
        Diagnostic(
          node: declaration.classKeyword, message: ModuleDiagnostic.notFinal,
          fixIt: .replace(
            message: ModuleFixIt("make it final"), oldNode: declaration,
            newNode: declaration.madeFinal)))
      return nil
    }
    return declaration
  }

  private static func check(_ field: ModuleField, in context: some MacroExpansionContext) {
    if ["name", "parent"].contains(field.name.text.unquoted) {
      context.diagnose(
        Diagnostic(
          node: field.name, message: ModuleDiagnostic.reserved(field.name.text.unquoted)))
    }
    if field.isConfiguration && field.type == nil {
      let fixIt = field.typed.map {
        FixIt.replace(
          message: ModuleFixIt("add the type"), oldNode: field.declaration, newNode: $0)
      }
      context.diagnose(
        Diagnostic(
          node: field.name, message: ModuleDiagnostic.noType(field.name.text),
          fixIts: fixIt.map { [$0] } ?? []))
    }
  }
}
#endif
