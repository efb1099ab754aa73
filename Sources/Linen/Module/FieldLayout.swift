#if !canImport(Darwin)
@_spi(Reflection) import Swift
#endif

/// Where the stored properties of a type lie, as the standard library's metadata tells.
enum FieldLayout {
  #if canImport(Darwin)
  /// Apple's interface of the standard library does not show these functions.
  static let isKnown = false

  static func forEachField(of type: Any.Type, _ body: (_ offset: Int, Any.Type) -> Void) {}

  static func isComposed<T>(_ type: T.Type) -> Bool { false }
  #else
  static let isKnown = true

  /// Presents the properties of a structure, tuple or class, its superclasses' first.
  static func forEachField(of type: Any.Type, _ body: (_ offset: Int, Any.Type) -> Void) {
    // The option `classType` is a variable in the standard library, which Swift 6 does not let us read.
    let isClass = type is AnyClass
    _ = _forEachField(of: type, options: isClass ? _EachFieldOptions(rawValue: 1) : []) {
      _, offset, part, _ in
      body(offset, part)
      return true
    }
  }

  /// Whether a type is a structure or a tuple.
  static func isComposed<T>(_ type: T.Type) -> Bool {
    var result = false
    _ = _forEachField(of: Holder<T>.self) { _, _, _, kind in
      result = kind == .struct || kind == .tuple
      return true
    }
    return result
  }

  private struct Holder<T> {
    let value: T
  }
  #endif
}
