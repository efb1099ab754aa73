/// The keys of random streams by name, such as `["params": Key(0), "dropout": Key(1)]`.
public struct RNGs: Sendable, ExpressibleByDictionaryLiteral {
  /// The keys by the names of their streams.
  public var keys: [String: Linen.Key]

  /// Creates streams from their keys.
  public init(_ keys: [String: Linen.Key] = [:]) { self.keys = keys }

  /// Creates streams from their keys; of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, Linen.Key)...) {
    keys = Dictionary(elements, uniquingKeysWith: { $1 })
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
