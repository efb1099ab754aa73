import CKernels

/// A concrete array: dtype, shape and strides over memory that it owns or shares.
///
/// It is not changed once it has been published, so it can be shared by threads; kernels write into
/// fresh arrays. Transposes, broadcasts and slices are views: new headers over the same memory.
package final class NDArray: @unchecked Sendable {
  package let dtype: DType
  package let isWeak: Bool
  package let shape: Shape
  /// The address of the first element.
  package let data: UnsafeMutableRawPointer
  /// The number of elements.
  package let count: Int
  /// Strides in elements; nil where the array is row-major without gaps.
  private let viewStrides: [Int]?
  /// What keeps the memory of a view alive; nil where the array owns it.
  private let owner: AnyObject?

  /// An array whose elements the caller writes before anyone reads them.
  package init(uninitialized dtype: DType, _ shape: Shape, isWeak: Bool = false) {
    self.dtype = dtype
    self.isWeak = isWeak
    self.shape = shape
    count = shape.elementCount
    data = ck_alloc(count * dtype.byteSize)
    viewStrides = nil
    owner = nil
  }

  package convenience init(uninitialized type: ShapeDtype) {
    self.init(uninitialized: type.dtype, type.shape, isWeak: type.isWeak)
  }

  /// A view of memory that `owner` keeps alive.
  package init(
    view data: UnsafeMutableRawPointer, owner: AnyObject, dtype: DType, _ shape: Shape,
    strides: [Int]?, isWeak: Bool = false
  ) {
    self.dtype = dtype
    self.isWeak = isWeak
    self.shape = shape
    self.data = data
    self.owner = owner
    count = shape.elementCount
    if let strides, !Layout(shape, strides: strides).isContiguous {
      viewStrides = strides
    } else {
      viewStrides = nil
    }
  }

  deinit {
    if owner == nil { ck_free(data, count * dtype.byteSize) }
  }

  /// The bytes of the elements.
  package var byteCount: Int { count * dtype.byteSize }

  package var type: ShapeDtype { ShapeDtype(shape, dtype, isWeak: isWeak) }

  /// Whether the memory is this array's own.
  package var owns: Bool { owner == nil }

  /// Whether the elements follow each other in row-major order.
  package var isContiguous: Bool { viewStrides == nil }

  /// Strides in elements, one an axis.
  package var strides: [Int] { viewStrides ?? shape.rowMajorStrides }

  /// The one step that goes through all elements in order: 1 if contiguous, 0 if they are all the
  /// same element, nil if there is none.
  package var uniformStride: Int? {
    guard let viewStrides else { return 1 }
    return viewStrides.allSatisfy { $0 == 0 } ? 0 : nil
  }

  /// A view of the same memory; `offset` in elements.
  package func view(
    _ shape: Shape, strides: [Int]?, offset: Int = 0, isWeak: Bool? = nil
  ) -> NDArray {
    NDArray(
      view: data + offset * dtype.byteSize, owner: owner ?? self, dtype: dtype, shape,
      strides: strides, isWeak: isWeak ?? self.isWeak)
  }

  package func pointer<T>(as type: T.Type = T.self) -> UnsafeMutablePointer<T> {
    data.assumingMemoryBound(to: T.self)
  }
}
