#if Macros
import SwiftDiagnostics

/// What can be wrong with a class or method that has the macros' attributes.
enum ModuleDiagnostic: DiagnosticMessage {
  case notAClass
  case notAModule
  case notFinal
  case reserved(String)
  case noType(String)
  case isAsync(String)
  case notCompact(String)
  case bothMarks(String)

  var message: String {
    switch self {
    case .notAClass: "'@Module' is for classes"
    case .notAModule:
      "'@Module' is for subclasses of Module; the subclass of another class lists its properties in "
        + "an initializer"
    case .notFinal: "a class with '@Module' must be final: its initializer lists all properties"
    case .reserved(let name): "properties `parent` and `name` are reserved: '\(name)'"
    case .noType(let name): "property '\(name)' of a module needs a type annotation"
    case .isAsync(let name):
      "method '\(name)' is async and can't be wrapped: a module runs on one thread"
    case .notCompact(let call):
      "'\(call)' must be called in `setup()` or in a method with '@Compact'"
    case .bothMarks(let other): "'@NoWrap' and '@\(other)' exclude each other"
    }
  }

  var severity: DiagnosticSeverity {
    if case .notCompact = self { .warning } else { .error }
  }

  var diagnosticID: MessageID { MessageID(domain: "LinenMacros", id: "\(self)") }
}

/// A way to mend it.
struct ModuleFixIt: FixItMessage {
  let message: String

  init(_ message: String) { self.message = message }

  var fixItID: MessageID { MessageID(domain: "LinenMacros", id: message) }
}
#endif
