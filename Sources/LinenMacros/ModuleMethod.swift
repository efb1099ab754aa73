#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// A method of a module's class.
struct ModuleMethod {
  let declaration: FunctionDeclSyntax

  init(_ declaration: FunctionDeclSyntax) { self.declaration = declaration }

  private static let markers: Set<String?> = ["Method", "Compact", "CompactNameScope", "NoWrap"]

  /// Whether `@Module` wraps it: every method of instances but `setup`, those with a mark of their
  /// own, and those whose body is a call of `compact`, `method` or `compactNameScope` already.
  func isWrapped(in context: some MacroExpansionContext) -> Bool {
    guard isOfInstances, declaration.body != nil, declaration.name.text != "setup",
      declaration.name.text != "hash", !isMarked, !wrapsItself
    else { return false }
    if declaration.signature.effectSpecifiers?.asyncSpecifier != nil {
      context.diagnose(
        Diagnostic(
          node: declaration.name, message: ModuleDiagnostic.isAsync(declaration.name.text),
          fixIt: .replace(
            message: ModuleFixIt("add @NoWrap"), oldNode: declaration,
            newNode: declaration.marked("NoWrap"))))
      return false
    }
    if declaration.name.text == "callAsFunction", let call = declaration.firstDeclaringCall {
      context.diagnose(
        Diagnostic(
          node: call, message: ModuleDiagnostic.notCompact(call.trimmedDescription),
          fixIt: .replace(
            message: ModuleFixIt("add @Compact"), oldNode: declaration,
            newNode: declaration.marked("Compact"))))
    }
    return true
  }

  private var isOfInstances: Bool {
    !declaration.modifiers.contains { ["static", "class", "nonisolated"].contains($0.name.text) }
  }

  private var isMarked: Bool {
    declaration.attributes.contains { ModuleMethod.markers.contains($0.attributeName) }
  }

  private var wrapsItself: Bool {
    guard let body = declaration.body, body.statements.count == 1,
      var expression = body.statements.first?.item.as(ExprSyntax.self)
        ?? body.statements.first?.item.as(ReturnStmtSyntax.self)?.expression
    else { return false }
    if let inner = expression.as(TryExprSyntax.self)?.expression { expression = inner }
    guard let call = expression.as(FunctionCallExprSyntax.self)?.calledExpression else {
      return false
    }
    return ["compact", "method", "compactNameScope"].contains(call.trimmedDescription)
  }

  // MARK: Wrapping

  /// The body inside a call of `compact` or another function that takes it as a closure.
  func wrapped(in function: String, takesArguments: Bool = true) -> [CodeBlockItemSyntax] {
    guard let body = declaration.body else { return [] }
    let names = takesArguments ? argumentNames : []
    let effects = declaration.signature.effectSpecifiers?.throwsClause
    let result = declaration.signature.returnClause?.type.trimmedDescription ?? "Void"
    let arguments = names.isEmpty ? "" : "(\(names.joined(separator: ", ")))"
    let throwing = effects.map { " \($0.trimmedDescription)" } ?? ""
    let closure = "(\(names.joined(separator: ", ")))\(throwing) -> \(result) in"
    let opening = "\(effects == nil ? "" : "try ")\(function)\(arguments) { \(closure)"
    return [
      """
      \(raw: opening)
      \(body.statements)
      }
      """
    ]
  }

  /// The arguments that interceptors and tables see: the first three that are values.
  private var argumentNames: [String] {
    let values = declaration.signature.parameterClause.parameters.filter { $0.isValue }
    return values.prefix(3).map { ($0.secondName ?? $0.firstName).text }
  }

  // MARK: Names

  /// The entries of the table of methods by name: those that can be called with any arguments, and
  /// have a name of their own.
  static func named(in declaration: ClassDeclSyntax) -> [String] {
    let functions = declaration.memberBlock.members.compactMap {
      $0.decl.as(FunctionDeclSyntax.self)
    }
    return functions.filter { function in
      let parameters = function.signature.parameterClause.parameters
      return ModuleMethod(function).isOfInstances && function.name.text != "setup"
        && function.name.text != "hash"
        && function.genericParameterClause == nil && parameters.count <= 3
        && parameters.allSatisfy { $0.isValue && !$0.type.is(SomeOrAnyTypeSyntax.self) }
        && function.signature.effectSpecifiers?.asyncSpecifier == nil
        && !function.modifiers.contains { ["private", "fileprivate"].contains($0.name.text) }
        && functions.filter { $0.name.text == function.name.text }.count == 1
    }.map { function in
      let labels = function.signature.parameterClause.parameters.map { "\($0.firstName.text):" }
      let name = function.name.text
      let full = labels.isEmpty ? name : "\(name)(\(labels.joined()))"
      return "\"\(name.unquoted)\": NamedMethod(\(declaration.name.text).\(full))"
    }
  }
}

extension FunctionParameterSyntax {
  /// Whether it can be passed on as a value: no `inout`, no function, no pack.
  fileprivate var isValue: Bool {
    if let attributed = type.as(AttributedTypeSyntax.self) {
      return attributed.specifiers.isEmpty && !attributed.baseType.is(FunctionTypeSyntax.self)
    }
    return !type.is(FunctionTypeSyntax.self) && !type.is(PackExpansionTypeSyntax.self)
  }
}

extension FunctionDeclSyntax {
  /// The method with an attribute before it.
  fileprivate func marked(_ name: String) -> FunctionDeclSyntax {
    var result = self
    let trivia = leadingTrivia
    result.leadingTrivia = []
    let attribute = AttributeSyntax(attributeName: IdentifierTypeSyntax(name: .identifier(name)))
      .with(\.trailingTrivia, .space)
    result.attributes.insert(.attribute(attribute), at: result.attributes.startIndex)
    result.leadingTrivia = trivia
    return result
  }

  /// The first call of `param` or `variable` in the body.
  fileprivate var firstDeclaringCall: TokenSyntax? {
    guard let body else { return nil }
    let finder = DeclaringCallFinder(viewMode: .sourceAccurate)
    finder.walk(body)
    return finder.found
  }
}

/// Finds what only compact methods and `setup` may call.
private final class DeclaringCallFinder: SyntaxVisitor {
  var found: TokenSyntax?

  override func visit(_ node: FunctionCallExprSyntax) -> SyntaxVisitorContinueKind {
    let name = node.calledExpression.as(DeclReferenceExprSyntax.self)?.baseName
    if found == nil, let name, ["param", "variable"].contains(name.text) { found = name }
    return .visitChildren
  }
}
#endif
