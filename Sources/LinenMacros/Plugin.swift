#if Macros
import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main
struct LinenMacrosPlugin: CompilerPlugin {
  let providingMacros: [any Macro.Type] = [
    ModuleMacro.self, FieldMacro.self, MethodMacro.self, CompactMacro.self,
    CompactNameScopeMacro.self, NoWrapMacro.self,
  ]
}
#else
/// Without the trait `Macros` there is nothing to plug in; the target is built all the same.
@main
struct LinenMacrosPlugin {
  static func main() {}
}
#endif
