#if Macros
import LinenMacros
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacrosGenericTestSupport
import Testing

private let macros: [String: MacroSpec] = [
  "Module": MacroSpec(type: ModuleMacro.self, conformances: ["Configurable"]),
  "_ModuleField": MacroSpec(type: FieldMacro.self),
  "Method": MacroSpec(type: MethodMacro.self),
  "Compact": MacroSpec(type: CompactMacro.self),
  "CompactNameScope": MacroSpec(type: CompactNameScopeMacro.self),
  "NoWrap": MacroSpec(type: NoWrapMacro.self),
]

/// Checks what the macros make of a source, and what they say about it.
func expectExpansion(
  _ source: String, _ expected: String, diagnostics: [DiagnosticSpec] = [],
  applyFixIts: [String]? = nil, fixed: String? = nil,
  location: Testing.SourceLocation = #_sourceLocation
) {
  assertMacroExpansion(
    source, expandedSource: expected, diagnostics: diagnostics, macroSpecs: macros,
    applyFixIts: applyFixIts, fixedSource: fixed, indentationWidth: .spaces(2),
    failureHandler: { failure in
      Issue.record("\(failure.message)", sourceLocation: location)
    })
}
#endif
