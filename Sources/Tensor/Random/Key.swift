/// A random key: the same key always gives the same numbers, bit for bit those of JAX.
///
/// There is no hidden state. Draw once from a key, and split it or fold a number into it for more:
///
///     let (first, second) = (key.foldIn(0), key.foldIn(1))
///     let noise = Random.normal(first, [8, 128])
///
/// A key is a tree of one tensor, its data `uint32[2]`. Data of more axes, `uint32[..., 2]`, are a
/// batch of keys, over which `vmap` and `scan` go as over any tensor; samplers take a single key.
public struct Key: Sendable {
  package enum Storage: Sendable {
    /// A single key whose value is known; splitting it allocates nothing.
    case words(UInt32, UInt32)
    /// A batch, or what stands for a key while a transform traces.
    case data(Tensor)
  }

  package private(set) var storage: Storage
  /// How elements are numbered in what is drawn from this key.
  public let layout: ThreefryLayout

  /// Creates the key of a seed, as `jax.random.key`.
  ///
  /// Under the default precision x32 only the lower 32 bits of the seed count, as in JAX.
  public init(_ seed: Int, layout: ThreefryLayout = .partitionable) {
    let high = DType.defaultInteger == .int64 ? UInt32(truncatingIfNeeded: seed >> 32) : 0
    self.init((high, UInt32(truncatingIfNeeded: seed)), layout: layout)
  }

  /// The key of a seed that a computation makes for itself, where counting it counts what JAX does.
  package static func computed(_ seed: Int, layout: ThreefryLayout = .partitionable) -> Key {
    guard Counting.isOn else { return Key(seed, layout: layout) }
    let words = Tensor(ShapeDtype([1], .int32)).converted(.uint32)
    let high = ShiftRightLogical()(words, full(like: words, 32))
    let low = And()(words, full(like: words, Double(UInt32.max)))
    return Key(unchecked: concatenate([high, low]), layout: layout)
  }

  /// Creates a key, or a batch of keys, from its data `uint32[..., 2]`.
  ///
  /// Records an error if the data are of another type.
  public init(data: Tensor, layout: ThreefryLayout = .partitionable) {
    let type = data.type
    guard type.dtype == .uint32, type.rank > 0, type.shape[-1] == 2 else {
      record(
        TensorError(
          "Key", .argumentInvalid(name: "data", value: "\(type)", expected: "u32[...,2]")))
      self.init((0, 0), layout: layout)
      return
    }
    self.init(unchecked: data, layout: layout)
  }

  package init(_ words: Threefry.Pair, layout: ThreefryLayout) {
    storage = .words(words.0, words.1)
    self.layout = layout
  }

  private init(unchecked data: Tensor, layout: ThreefryLayout) {
    storage = Key.storage(of: data)
    self.layout = layout
  }

  /// A single key is kept as its words wherever they can be read; under `grad` it has no tangent.
  private static func storage(of data: Tensor) -> Storage {
    guard let array = data.array, array.dtype == .uint32, array.shape == [2] else {
      return .data(data)
    }
    let words = array.pointer(as: UInt32.self)
    return .words(words[0], words[array.strides[0]])
  }

  /// The data: `uint32[2]`, or `uint32[..., 2]` of a batch.
  public var data: Tensor {
    switch storage {
    case .words(let high, let low): Tensor([high, low])
    case .data(let tensor): tensor
    }
  }

  /// The sizes of a batch of keys; a single key has none.
  public var shape: Shape {
    switch storage {
    case .words: .scalar
    case .data(let tensor): tensor.shape[0..<max(tensor.rank - 1, 0)]
    }
  }

  /// The words of a single key, where they are known.
  package var words: Threefry.Pair? {
    if case .words(let high, let low) = storage { (high, low) } else { nil }
  }
}

extension Key {
  /// Makes `count` new keys; this one should not be used again.
  public func split(_ count: Int = 2) -> [Key] {
    if let words {
      return (0..<max(count, 0)).map {
        Key(Threefry.split(words, $0, of: count, layout), layout: layout)
      }
    }
    let keys = split(into: [count])
    return (0..<max(count, 0)).map { keys[$0] }
  }

  /// Makes a batch of new keys, of which `vmap` and `scan` hand out one a member.
  ///
  /// Of a batch of keys each is split; the new axes come after those of the batch.
  public func split(into shape: Shape) -> Key {
    Key(unchecked: bind(RandomSplit(shape, layout: layout), data), layout: layout)
  }

  /// Makes the key that belongs to a number, such as a step or the index of a layer.
  ///
  /// Only the lower 32 bits of the number count.
  public func foldIn(_ number: Int) -> Key {
    guard let words else { return foldIn(Tensor(UInt32(truncatingIfNeeded: number))) }
    return Key(
      Threefry.hash(words, (0, UInt32(truncatingIfNeeded: number))), layout: layout)
  }

  /// Makes the key that belongs to an integer tensor: a scalar, or one number for each key of a batch.
  public func foldIn(_ number: Tensor) -> Key {
    let numbers = number.cast(to: .uint32).broadcast(to: shape)
    return Key(unchecked: bind(RandomFoldIn(), data, numbers), layout: layout)
  }

  /// Takes one key, or the rest of the axes, from the first axis of a batch.
  ///
  /// Records an error if this is a single key or the index is out of range.
  public subscript(index: Int) -> Key {
    guard case .data(let tensor) = storage, tensor.rank > 1 else {
      record(TensorError("Key", .other("a single key has no key \(index)")))
      return self
    }
    let place = index < 0 ? index + tensor.shape[0] : index
    guard (0..<tensor.shape[0]).contains(place) else {
      record(
        TensorError(
          "Key",
          .argumentInvalid(
            name: "index", value: "\(index)", expected: "one of \(tensor.shape[0]) keys"),
          [.init("data", tensor.type)]))
      return Key((0, 0), layout: layout)
    }
    return Key(unchecked: element(of: tensor, place), layout: layout)
  }
}

extension Key: TensorTree {
  /// Presents the data.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    var data = data
    data.visitTensors(&visitor)
    storage = Key.storage(of: data)
  }
}

extension Key: Equatable {
  /// Compares layout and data; of keys whose data are not known, whether they are the same tracer.
  public static func == (a: Key, b: Key) -> Bool {
    guard a.layout == b.layout else { return false }
    switch (a.storage, b.storage) {
    case (.words(let a0, let a1), .words(let b0, let b1)): return a0 == b0 && a1 == b1
    case (.data(let a), .data(let b)):
      if case .tracer(let x) = a.storage, case .tracer(let y) = b.storage, x === y { return true }
      guard a.shape == b.shape, let x = a.array?.contiguous(), let y = b.array?.contiguous() else {
        return false
      }
      return (0..<x.count).allSatisfy { x.pointer(as: UInt32.self)[$0] == y.pointer()[$0] }
    default: return false
    }
  }
}

extension Key: CustomStringConvertible {
  /// The data, such as `Key([0, 42])`; the layout where it is not the default one.
  public var description: String {
    let layout = layout == .partitionable ? "" : ", layout: .original"
    switch storage {
    case .words(let high, let low): return "Key([\(high), \(low)]\(layout))"
    case .data(let tensor): return "Key(\(tensor.type)\(layout))"
    }
  }
}
