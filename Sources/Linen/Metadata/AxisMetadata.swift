/// What a lifted transform tells boxes of metadata about the axis that it adds or takes away.
public typealias MetadataParams = [String: String?]

/// A box around a variable that says something about its axes, such as how they are partitioned.
///
/// Boxes stay with the variable through initialization, application, lifted transforms and
/// checkpoints; a module sees the value inside, unless it asks for the box. Mirrors
/// `flax.core.meta.AxisMetadata`.
public protocol AxisMetadata: Sendable {
  /// What is in the box.
  var value: Variables { get set }

  /// The box after a transform has put a new axis at `index`; `parameters` are its metadata.
  func addingAxis(at index: Int, _ parameters: MetadataParams) -> Self

  /// The box after a transform has taken the axis at `index` away.
  func removingAxis(at index: Int, _ parameters: MetadataParams) -> Self
}

extension Variables {
  /// These variables with every box replaced by what is in it.
  public var unboxed: Variables {
    switch node {
    case .boxed(let box): box.value.unboxed
    case .dictionary(let entries): Variables(entries.mapValues(\.unboxed))
    case .tuple(let elements): Variables(tuple: elements.map(\.unboxed))
    case .tensor, .value: self
    }
  }

  /// `new` in the boxes of these variables, where there are any.
  public func replacingBoxed(with new: Variables) -> Variables {
    switch (node, new.node) {
    case (.boxed(var box), _):
      box.value = box.value.replacingBoxed(with: new)
      return Variables(.boxed(box))
    case (.dictionary(let old), .dictionary(let new)):
      let pairs = new.map { name, part in
        (name, old[name]?.replacingBoxed(with: part) ?? part)
      }
      return Variables(pairs)
    default: return new
    }
  }
}
