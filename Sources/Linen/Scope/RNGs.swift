/// The keys of random streams by name, such as `["params": Key(0), "dropout": Key(1)]`.
public struct RNGs: Sendable, ExpressibleByDictionaryLiteral {
  /// How the names of a path are told apart where a scope's key is made of them.
  public enum Separation: Sendable, Hashable {
    /// Not at all, as Flax by default: the paths `["ab", "c"]` and `["a", "bc"]` give one key.
    case none
    /// By a zero byte before each, as Flax with `flax_fix_rng_separator`.
    case zeroByte
  }

  /// The keys by the names of their streams.
  public var keys: [String: Linen.Key]
  /// How the names of paths are told apart.
  public var separation: Separation

  /// Creates streams from their keys.
  ///
  ///     let rngs = RNGs(["params": Key(0)], separation: .zeroByte)
  public init(_ keys: [String: Linen.Key], separation: Separation = .none) {
    self.keys = keys
    self.separation = separation
  }

  /// Creates no streams.
  public init() { self.init([:]) }

  /// Creates streams from their keys; of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, Linen.Key)...) {
    self.init(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}

extension RNGs {
  /// The streams at the root, in no particular order; records an error for a batch of keys.
  var streams: [(name: String, rng: LazyRNG)] {
    keys.map { name, key in
      if key.shape != .scalar { record(LinenError(.keyInvalid(stream: name, key: "\(key)"))) }
      return (name, LazyRNG(key, separation: separation))
    }
  }
}

/// What can be given for the random streams of a call: one key, for `params`, or keys by name.
public protocol RNGConvertible: Sendable {
  /// The streams.
  var rngs: RNGs { get }
}

extension RNGs: RNGConvertible {
  /// These streams.
  public var rngs: RNGs { self }
}

extension Key: RNGConvertible {
  /// The stream `params` alone.
  public var rngs: RNGs { ["params": self] }
}

extension Dictionary: RNGConvertible where Key == String, Value == Linen.Key {
  /// The streams of these names.
  public var rngs: RNGs { RNGs(self) }
}
