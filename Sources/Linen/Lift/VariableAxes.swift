/// Which axis of the variables of which collections a transform maps or scans over.
///
///     ["params": 0, ["batch_stats", "cache"]: nil]
///
/// Nil shares a collection between all members. `.in(0)` and `.out(0)` treat what goes in and what
/// comes out differently. Collections that are not listed are not there inside.
public struct VariableAxes: Sendable, ExpressibleByDictionaryLiteral {
  var entries: [(filter: CollectionFilter, axis: VariableAxis)]

  /// Creates axes of collections; of two filters that choose a collection the first counts.
  public init(dictionaryLiteral elements: (CollectionFilter, VariableAxis)...) {
    entries = elements.map { ($0, $1) }
  }

  /// Creates axes of collections.
  init(entries: [(filter: CollectionFilter, axis: VariableAxis)]) { self.entries = entries }

  /// The axis of a collection; nil if it has none.
  func axis(of collection: String) -> Int? {
    entries.first { $0.filter.contains(collection) }?.axis.axis
  }

  var inputs: [(filter: CollectionFilter, axis: Int?)] {
    entries.filter(\.axis.isInput).map { ($0.filter, $0.axis.axis) }
  }

  var outputs: [(filter: CollectionFilter, axis: Int?)] {
    entries.filter(\.axis.isOutput).map { ($0.filter, $0.axis.axis) }
  }
}

/// The axis of the variables of a collection; nil shares them.
public struct VariableAxis: Sendable, Hashable, ExpressibleByIntegerLiteral,
  ExpressibleByNilLiteral
{
  let axis: Int?
  let isInput: Bool
  let isOutput: Bool

  private init(_ axis: Int?, isInput: Bool = true, isOutput: Bool = true) {
    self.axis = axis
    self.isInput = isInput
    self.isOutput = isOutput
  }

  /// An axis for what goes in and comes out.
  public init(integerLiteral axis: Int) { self.init(axis) }

  /// No axis.
  public init(nilLiteral: ()) { self.init(nil) }

  /// An axis for what goes in, as `flax.typing.In`.
  public static func `in`(_ axis: Int?) -> VariableAxis { VariableAxis(axis, isOutput: false) }

  /// An axis for what comes out, as `flax.typing.Out`.
  public static func out(_ axis: Int?) -> VariableAxis { VariableAxis(axis, isInput: false) }
}

/// Which random streams differ from member to member or step to step, and which are the same.
///
///     ["params": true, "dropout": false]
///
/// Streams that are not listed are not there inside.
public struct SplitRNGs: Sendable, ExpressibleByDictionaryLiteral {
  var entries: [(filter: CollectionFilter, isSplit: Bool)]

  /// Creates choices of streams; of two filters that choose a stream the first counts.
  public init(dictionaryLiteral elements: (CollectionFilter, Bool)...) {
    entries = elements.map { ($0, $1) }
  }

  var filters: [CollectionFilter] { entries.map(\.filter) }

  /// The groups with the keys of those that differ split, to be mapped over axis 0.
  func split(_ groups: [[RNGStreams]], _ size: Int) -> [[RNGStreams]] {
    zip(groups, entries).map { group, entry in
      guard entry.isSplit else { return group }
      return group.map { $0.mapKeys { $0.split(into: [size]) } }
    }
  }

  /// The axis to map the keys of each group over.
  var axes: [Int?] { entries.map { $0.isSplit ? 0 : nil } }
}
