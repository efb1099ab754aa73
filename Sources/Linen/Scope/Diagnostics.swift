/// Something that is allowed and often a mistake; Flax does it without a word.
public struct Diagnostic: Error, Sendable, Hashable {
  /// What happened.
  public enum Fact: Sendable, Hashable {
    /// `sow` stored nothing, as its collection is not mutable.
    case sowDropped(collection: String, name: String)
    /// A key was drawn from `params`, as there is no stream of this name.
    case streamFallback(stream: String)
    /// Two streams were given the same key.
    case equalKeys(first: String, second: String)
    /// Two compact methods of a module gave a submodule or variable the same name, and so share it.
    case nameShared(name: String, first: String, second: String)
    /// Two scopes drew the same key from one stream, as their paths are not told apart.
    case keyRepeated(stream: String, first: String, second: String)
    /// A given variable was not used.
    case variableUnused(collection: String, name: String)
    /// A variable was made anew, though its collection was given.
    case variableMissing(collection: String, name: String)
    /// A variable has another dtype than a new one would have.
    case dtypeChanged(name: String, stored: DType, expected: DType)
    /// Values of an attention have the shape of a mask.
    case valuesLikeMask(shape: Shape)
  }

  /// What happened.
  public let fact: Fact
  /// The module in which it happened, such as `/Model/head Dense`.
  public var path: String?
}

extension Diagnostic: LocatedError {}

extension Diagnostic: CustomStringConvertible {
  /// What happened, where, and what to do.
  public var description: String {
    let (text, hint) = message
    return text + (path.map { " (in \($0))" } ?? "") + "\nhint: \(hint)"
  }

  private var message: (text: String, hint: String) {
    switch fact {
    case .sowDropped(let collection, let name):
      (
        "sow of \"\(name)\" is dropped: collection \"\(collection)\" is not mutable",
        "pass mutable: [\"\(collection)\"]"
      )
    case .streamFallback(let stream):
      (
        "there is no stream \"\(stream)\", the key is drawn from \"params\"",
        "pass rngs: [\"\(stream)\": key]"
      )
    case .equalKeys(let first, let second):
      (
        "streams \"\(first)\" and \"\(second)\" have the same key",
        "split one key, or fold in a number"
      )
    case .nameShared(let name, let first, let second):
      (
        "\"\(name)\" is made by \(first) and by \(second), which share its variables",
        "give one of them another name, or use compactNameScope"
      )
    case .keyRepeated(let stream, let first, let second):
      (
        "\"\(first)\" and \"\(second)\" drew the same key from stream \"\(stream)\"",
        "pass rngs: RNGs([\"\(stream)\": key], separation: .zeroByte), or change a name"
      )
    case .variableMissing(let collection, let name):
      (
        "variable \"\(name)\" of collection \"\(collection)\" is not among those given, and made anew",
        "pass it, or take the collection from initialize"
      )
    case .variableUnused(let collection, let name):
      (
        "variable \"\(name)\" of collection \"\(collection)\" is not used",
        "it belongs to another model, or to another method"
      )
    case .dtypeChanged(let name, let stored, let expected):
      (
        "variable \"\(name)\" is \(stored), a new one is \(expected)", "cast it, or set paramDtype"
      )
    case .valuesLikeMask(let shape):
      ("the values have shape \(shape), which is that of a mask", "a mask is passed as mask:")
    }
  }
}

/// A key that a module or scope drew from a stream.
public struct RNGDraw: Sendable, Equatable {
  /// The stream that was asked for.
  public let stream: String
  /// The stream that the key came from: `params`, if the other was not given.
  public let source: String
  /// The names from the root to the scope that drew it.
  public let path: [String]
  /// How many keys the scope had drawn from the stream, with this one.
  public let count: Int
  /// The key; nil inside a transform that does not know its value.
  public let key: Key?
}

extension RNGDraw: CustomStringConvertible {
  /// The stream, who drew and which key: `dropout (from params) /encoder/Dropout_0 #1 Key([1, 2])`.
  public var description: String {
    let stream = source == stream ? stream : "\(stream) (from \(source))"
    let key = key.map { " \($0)" } ?? ""
    return "\(stream) /\(path.joined(separator: "/")) #\(count)\(key)"
  }
}

/// What was noticed while a function ran.
public struct DiagnosticReport: Sendable {
  /// What may be a mistake, in order, each thing once.
  public internal(set) var diagnostics: [Diagnostic] = []
  /// Every key that was drawn, in order.
  public internal(set) var draws: [RNGDraw] = []
}

extension DiagnosticReport: CustomStringConvertible {
  /// The diagnostics, then the keys that were drawn, each on a line of its own.
  public var description: String {
    (diagnostics.map(\.description) + draws.map(\.description)).joined(separator: "\n")
  }
}

/// Runs `body` and reports what may be a mistake, and who drew which key, in the calls of models.
///
/// - Throws: what `body` throws.
public func withDiagnostics<R, E: Error>(
  _ body: () throws(E) -> R
) throws(E) -> (result: R, report: DiagnosticReport) {
  let collector = DiagnosticCollector(isStrict: false)
  let result = try ContextSlot.diagnostics.with(collector, body)
  return (result, collector.report)
}

/// Runs `body` with everything that may be a mistake an error.
///
/// - Throws: the first ``Diagnostic``, or what `body` throws.
public func strictly<R>(_ body: () throws -> R) throws -> R {
  try withErrors {
    try ContextSlot.diagnostics.with(DiagnosticCollector(isStrict: true), body)
  }
}

/// Gathers what is noticed on this thread.
final class DiagnosticCollector {
  private let isStrict: Bool
  private(set) var report = DiagnosticReport()
  private var seen: Set<Diagnostic> = []

  init(isStrict: Bool) { self.isStrict = isStrict }

  static var current: DiagnosticCollector? {
    guard let pointer = ContextSlot.diagnostics.pointer else { return nil }
    return Unmanaged<DiagnosticCollector>.fromOpaque(pointer).takeUnretainedValue()
  }

  func note(_ fact: Diagnostic.Fact) {
    var diagnostic = Diagnostic(fact: fact)
    diagnostic.path = ModuleContext.current?.errorPath
    if isStrict { record(diagnostic) }
    if seen.insert(diagnostic).inserted { report.diagnostics.append(diagnostic) }
  }

  func note(_ draw: RNGDraw) { report.draws.append(draw) }
}
