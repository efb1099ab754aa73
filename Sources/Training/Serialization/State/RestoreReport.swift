import Linen

/// An entry of a state that does not fit the value that is restored, or that lacks in one of them.
public struct RestoreProblem: Hashable, Sendable {
  /// What can be wrong.
  public enum Fact: Hashable, Sendable {
    /// The state lacks what the target has.
    case missing(expected: String)
    /// The target lacks what the state has in a dictionary.
    case extraKey(found: String)
    /// The target lacks what the state has in a structure or list.
    case extraField(found: String)
    /// An array has another shape.
    case shape(found: ShapeDtype, expected: ShapeDtype)
    /// An array has the shape, but another dtype.
    case dtype(found: ShapeDtype, expected: ShapeDtype)
    /// A value is of another kind, such as a text where an array should be.
    case kind(found: String, expected: String)
  }

  /// Where in the state.
  public let path: StatePath
  /// What is wrong.
  public let fact: Fact
  /// The place of Flax's own message about it in the report, if Flax refuses it too.
  let flaxMessage: Int?
}

/// What did not fit when a state was restored, in the order of the target's parts.
public struct RestoreReport: Sendable {
  /// All that did not fit.
  public internal(set) var problems: [RestoreProblem] = []
  /// What Flax would say, in the order in which it would.
  var flaxMessages: [String] = []
}

/// What a restore takes although it differs from the target.
public struct RestoreAllowance: OptionSet, Sendable {
  /// The members as bits.
  public let rawValue: Int

  /// Creates a set of its bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Entries that the state lacks keep the target's values.
  public static let missing = RestoreAllowance(rawValue: 1)
  /// Entries of dictionaries that the target lacks are passed over.
  public static let extraKeys = RestoreAllowance(rawValue: 2)
  /// Fields and elements that the target lacks are passed over.
  public static let extraFields = RestoreAllowance(rawValue: 4)
  /// Arrays of other shapes are taken.
  public static let shapes = RestoreAllowance(rawValue: 8)
  /// Arrays of other dtypes are taken.
  public static let dtypes = RestoreAllowance(rawValue: 16)
  /// Everything that the target lacks is passed over.
  public static let extra: RestoreAllowance = [.extraKeys, .extraFields]
  /// What Flax takes without a word.
  public static let flax: RestoreAllowance = [.extraKeys, .shapes, .dtypes]
}

extension RestoreProblem {
  /// What would have to be allowed for it to pass; nil if nothing helps.
  var allowance: RestoreAllowance? {
    switch fact {
    case .missing: .missing
    case .extraKey: .extraKeys
    case .extraField: .extraFields
    case .shape: .shapes
    case .dtype: .dtypes
    case .kind: nil
    }
  }
}
