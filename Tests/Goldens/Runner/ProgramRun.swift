import Linen
import Tensor
import Training

/// A run of an example program: its inputs, and what it gives, group by group.
final class ProgramRun {
  private let file: SafetensorsFile
  private let layout: ThreefryLayout
  private(set) var groups: [String: [String: Tensor]] = [:]
  private(set) var texts: [String: Text] = [:]
  private(set) var values: [String: JSON] = [:]

  /// A text that a program prints.
  enum Text {
    /// Every character counts.
    case exact(String)
    /// A table in some style, whose columns of collections have no order.
    case table(ModuleTable, TableStyle)
    /// Numbers may differ in their last digits.
    case numbers(String)
  }

  init(_ file: SafetensorsFile, _ layout: ThreefryLayout) {
    self.file = file
    self.layout = layout
  }

  func input(_ name: String) throws -> Tensor { try file.tensor("in/\(name)") }

  func key(_ seed: Int) -> Key { Key(seed, layout: layout) }

  /// Gives a group that is one tensor.
  func give(_ group: String, _ tensor: Tensor) { groups[group] = [group: tensor] }

  /// Gives a group that is a list, of which part i is `group/i`.
  func give(_ group: String, list: [Tensor]) {
    give(group, list.enumerated().map { ("\($0)", $1) })
  }

  /// Gives a group of tensors by the rest of their names.
  func give(_ group: String, _ parts: [(String, Tensor)]) {
    groups[group] = Dictionary(
      parts.map { ("\(group)/\($0.0)", $0.1) }, uniquingKeysWith: { $1 })
  }

  /// Gives a group of variables.
  func give(_ group: String, _ variables: Variables) {
    give(group, variables.byGoldenName.map { ($0.key, $0.value) })
  }

  /// Gives a group that is a key, as its data.
  func give(_ group: String, _ key: Key) { give(group, key.data) }

  func give(text name: String, _ text: Text) { texts[name] = text }

  func give(value name: String, _ value: JSON) { values[name] = value }
}

/// A program of Flax's in Swift.
typealias Program = @Sendable (ProgramRun) throws -> Void
