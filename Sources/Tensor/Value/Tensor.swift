/// A multi-dimensional array, or what stands for one while a transform traces.
///
/// A value type: operations return new tensors, and views share memory without it being seen. An
/// operation on tensors that a transform has made is handed to that transform.
public struct Tensor: Sendable {
  package enum Storage: Sendable {
    case array(NDArray)
    case tracer(Tracer)
  }

  package let storage: Storage

  @inline(__always)
  package init(_ array: NDArray) { storage = .array(array) }

  @inline(__always)
  package init(_ tracer: Tracer) { storage = .tracer(tracer) }

  /// The shape and dtype.
  public var type: ShapeDtype {
    switch storage {
    case .array(let array): array.type
    case .tracer(let tracer): tracer.type
    }
  }

  /// The sizes of the axes.
  public var shape: Shape {
    switch storage {
    case .array(let array): array.shape
    case .tracer(let tracer): tracer.type.shape
    }
  }

  /// The type of the elements.
  public var dtype: DType {
    switch storage {
    case .array(let array): array.dtype
    case .tracer(let tracer): tracer.type.dtype
    }
  }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// The number of elements.
  public var elementCount: Int { shape.elementCount }

  /// The concrete array, also behind tracers that know their value; nil while it is unknown.
  package var array: NDArray? {
    switch storage {
    case .array(let array): array
    case .tracer(let tracer): tracer.concrete?.array
    }
  }

  /// A tensor that stands for a result that could not be computed: zeros of its type.
  package static func placeholder(_ type: ShapeDtype) -> Tensor {
    Tensor(NDArray.filled(0 as Float, type))
  }
}
