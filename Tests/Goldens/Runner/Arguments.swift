import Tensor
import Training

/// The arguments of a call or the fields of a configuration, by their names in Flax.
///
/// Each is read by the row that builds the call; one that is left over would have been ignored, so
/// the case is skipped, naming it.
package final class Arguments {
  package let values: Values
  private let members: [String: JSON]
  private var unread: Set<String>

  package init(_ json: JSON?, _ values: Values) {
    self.values = values
    let members = json?.members ?? []
    self.members = Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) })
    unread = Set(members.map(\.key))
  }

  /// The JSON of an argument; nil if it is absent.
  package func json(_ name: String) -> JSON? {
    unread.remove(name)
    return members[name]
  }

  /// The JSON of an argument that is neither absent nor null.
  package func given(_ name: String) -> JSON? {
    json(name).flatMap { $0.isNull ? nil : $0 }
  }

  /// Whether `name` is the only argument.
  package func isOnly(_ name: String) -> Bool { Set(members.keys) == [name] }

  /// Whether an argument is given as null.
  package func isNull(_ name: String) -> Bool { json(name)?.isNull == true }

  /// Throws if an argument has not been read.
  package func checkAllRead() throws {
    if let name = unread.min() { throw NotBuilt("argument \(name)") }
  }

  private func typed<T>(_ name: String, _ what: String, _ read: (JSON) throws -> T?) throws -> T? {
    guard let json = given(name) else { return nil }
    guard let value = try read(json) else { throw GoldenError("\(name) is \(json), not \(what)") }
    return value
  }

  private func required<T>(_ name: String, _ value: T?) throws -> T {
    guard let value else { throw GoldenError("argument \(name) is missing") }
    return value
  }

  package func int(_ name: String) throws -> Int? { try typed(name, "an integer", \.integer) }

  package func int(_ name: String) throws -> Int { try required(name, try int(name)) }

  package func double(_ name: String) throws -> Double? { try typed(name, "a number", \.double) }

  package func double(_ name: String) throws -> Double { try required(name, try double(name)) }

  package func int(_ name: String, _ absent: Int) throws -> Int { try int(name) ?? absent }

  package func double(_ name: String, _ absent: Double) throws -> Double {
    try double(name) ?? absent
  }

  package func bool(_ name: String, _ absent: Bool) throws -> Bool { try bool(name) ?? absent }

  package func bool(_ name: String) throws -> Bool? { try typed(name, "true or false", \.bool) }

  package func text(_ name: String) throws -> String? { try typed(name, "a text", \.text) }

  package func text(_ name: String) throws -> String { try required(name, try text(name)) }

  /// An integer or a list of integers.
  package func ints(_ name: String) throws -> [Int]? {
    try typed(name, "integers") { json in
      if let value = json.integer { return [value] }
      guard let list = json.elements else { return nil }
      let integers = list.compactMap(\.integer)
      return integers.count == list.count ? integers : nil
    }
  }

  package func shape(_ name: String) throws -> Shape? { try ints(name).map { Shape($0) } }

  package func shape(_ name: String) throws -> Shape { try required(name, try shape(name)) }

  package func dtype(_ name: String) throws -> DType? {
    try typed(name, "a dtype") { $0.text.flatMap { DType(name: $0) } }
  }

  /// The tensor that an argument refers to; nil if it is something else.
  package func tensor(_ name: String) throws -> Tensor? {
    guard let reference = given(name)?["tensor"]?.text else { return nil }
    return try values.tensor(reference)
  }

  /// Whether one of the arguments refers to a tensor.
  package func hasTensor(_ names: String...) throws -> Bool {
    try names.contains { try tensor($0) != nil }
  }

  /// A tensor, or a number as a weakly typed scalar.
  package func operand(_ name: String) throws -> Tensor? {
    if let tensor = try tensor(name) { return tensor }
    return try double(name).map { Tensor($0) }
  }

  package func key(_ name: String) throws -> Key? {
    guard let reference = given(name)?["rng"]?.text else { return nil }
    return try values.key(reference)
  }
}

/// What the references in a case's JSON stand for: the tensors of its file, some replaced by the
/// variables of a differentiation.
package struct Values {
  private let golden: GoldenCase?
  /// Tensors that stand in for those of the file, by name.
  package var replacements: [String: Tensor] = [:]

  package init(_ golden: GoldenCase) { self.golden = golden }

  /// Values of their own, for what belongs to no case.
  package init(tensors: [String: Tensor]) {
    golden = nil
    replacements = tensors
  }

  package func tensor(_ name: String) throws -> Tensor {
    if let tensor = replacements[name] { return tensor }
    return try owner(of: name).tensors.tensor(name)
  }

  package func key(_ name: String) throws -> Key { try owner(of: name).key(name) }

  /// The key that Flax takes where none is given, in the layout that JAX was set to.
  ///
  /// Nil where that is the one that a layer makes for itself.
  package var standardKey: Key? {
    golden.flatMap { $0.layout == .partitionable ? nil : Key(0, layout: $0.layout) }
  }

  private func owner(of name: String) throws -> GoldenCase {
    guard let golden else { throw GoldenError("there is no tensor \(name)") }
    return golden
  }
}
