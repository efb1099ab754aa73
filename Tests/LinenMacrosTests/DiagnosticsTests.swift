#if Macros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

/// What the macros say of a class that they are not for, and how to mend it.
@Suite struct MacroDiagnosticsTests {
  @Test func onlyForClasses() {
    expectExpansion(
      "@Module struct Model {}", "struct Model {}",
      diagnostics: [
        DiagnosticSpec(message: "'@Module' is for classes", line: 1, column: 1)
      ])
  }

  @Test func onlyForModules() {
    let spec = DiagnosticSpec(
      message: "'@Module' is for subclasses of Module; the subclass of another class lists its "
        + "properties in an initializer", line: 1, column: 21,
      fixIts: [FixItSpec(message: "inherit from Module")])
    expectExpansion(
      "@Module final class Model: Sendable {}", "final class Model: Sendable {}",
      diagnostics: [spec], fixed: "@Module final class Model: Module, Sendable {}")
    expectExpansion(
      "@Module final class Model {}", "final class Model {}", diagnostics: [spec],
      fixed: "@Module final class Model: Module {}")
  }

  @Test func onlyForFinalClasses() {
    expectExpansion(
      """
      @Module
      public class Model: Module {}
      """,
      "public class Model: Module {}",
      diagnostics: [
        DiagnosticSpec(
          message: "a class with '@Module' must be final: its initializer lists all properties",
          line: 2, column: 8, fixIts: [FixItSpec(message: "make it final")])
      ],
      fixed: """
        @Module
        public final class Model: Module {}
        """)
  }

  @Test func reservedNames() {
    expectExpansion(
      """
      @Module
      final class Model: Module {
        let parent: Int
        init() {}
      }
      """,
      """
      final class Model: Module {
        let parent: Int
        init() {}

        override var fieldValues: KeyValuePairs<String, Any>? {
          ["parent": parent as Any]
        }
      }

      extension Model: @unchecked Sendable {
      }
      """,
      diagnostics: [
        DiagnosticSpec(
          message: "properties `parent` and `name` are reserved: 'parent'", line: 3, column: 7)
      ])
  }

  @Test func fieldsNeedTypes() {
    expectExpansion(
      """
      @Module
      final class Model: Module {
        let width = 3
        var rate = 0.5
        init() {}
      }
      """,
      """
      final class Model: Module {
        let width = 3
        var rate {
          get {
            _rate
          }
        }
        init() {}

        override var fieldValues: KeyValuePairs<String, Any>? {
          ["width": width as Any, "rate": rate as Any]
        }
      }

      extension Model: @unchecked Sendable {
      }
      """,
      diagnostics: [
        DiagnosticSpec(
          message: "property 'rate' of a module needs a type annotation", line: 4, column: 7,
          fixIts: [FixItSpec(message: "add the type")])
      ],
      fixed: """
        @Module
        final class Model: Module {
          let width = 3
          var rate: Double = 0.5
          init() {}
        }
        """)
  }

  @Test func asynchronousMethods() {
    expectExpansion(
      """
      @Module
      final class Model: Module {
        /// Waits.
        func wait() async {}
        init() {}
      }
      """,
      """
      final class Model: Module {
        /// Waits.
        func wait() async {}
        init() {}
      }

      extension Model: @unchecked Sendable {
      }
      """,
      diagnostics: [
        DiagnosticSpec(
          message: "method 'wait' is async and can't be wrapped: a module runs on one thread",
          line: 4, column: 8, fixIts: [FixItSpec(message: "add @NoWrap")])
      ],
      fixed: """
        @Module
        final class Model: Module {
          /// Waits.
          @NoWrap func wait() async {}
          init() {}
        }
        """)
  }

  @Test func declarationsOutsideOfCompactMethods() {
    expectExpansion(
      """
      @Module
      final class Model: Module {
        func callAsFunction(_ x: Tensor) -> Tensor { x * param("w", .ones, [3]) }
        init() {}
      }
      """,
      """
      final class Model: Module {
        func callAsFunction(_ x: Tensor) -> Tensor {
          method(x) { (x) -> Tensor in
            x * param("w", .ones, [3])
          }
        }
        init() {}

        override class var methods: [String: NamedMethod] {
          ["callAsFunction": NamedMethod(Model.callAsFunction(_:))]
        }
      }

      extension Model: @unchecked Sendable {
      }
      """,
      diagnostics: [
        DiagnosticSpec(
          message: "'param' must be called in `setup()` or in a method with '@Compact'", line: 3,
          column: 52, severity: .warning, fixIts: [FixItSpec(message: "add @Compact")])
      ],
      fixed: """
        @Module
        final class Model: Module {
          @Compact func callAsFunction(_ x: Tensor) -> Tensor { x * param("w", .ones, [3]) }
          init() {}
        }
        """)
  }

  @Test func marksThatExcludeEachOther() {
    expectExpansion(
      "@NoWrap @Compact func f() { g() }",
      """
      func f() {
        compact { () -> Void in
          g()
        }
      }
      """,
      diagnostics: [
        DiagnosticSpec(
          message: "'@NoWrap' and '@Compact' exclude each other", line: 1, column: 1)
      ])
  }
}
#endif
