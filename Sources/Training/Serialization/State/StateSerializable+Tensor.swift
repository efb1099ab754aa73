import Linen

extension Tensor: StateSerializable {
  /// Presents itself: an array of the target's shape and dtype, or a number that the dtype can hold.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    visitor.visitLeaf(.tensor(self)) { state in
      guard let restored = state.tensor ?? number(state) else {
        return .kind(found: state.kind, expected: "\(type)")
      }
      let expected = type
      // A target's weak type stays, so that a compiled step is not compiled anew.
      self = restored.dtype == dtype ? restored.with(isWeak: expected.isWeak) : restored
      if restored.shape != expected.shape {
        return .shape(found: restored.type, expected: expected)
      }
      return restored.dtype == expected.dtype
        ? nil : .dtype(found: restored.type, expected: expected)
    }
  }

  /// A plain number in this scalar's dtype, if it is one that fits.
  private func number(_ state: StateValue) -> Tensor? {
    guard rank == 0 else { return nil }
    switch state {
    case .bool(let value): return dtype == .bool ? Tensor(value, dtype: dtype) : nil
    case .int(let value):
      if dtype.isFloatingPoint { return Tensor(value, dtype: dtype) }
      return dtype.isInteger && dtype.holds(value) ? Tensor(value, dtype: dtype) : nil
    case .unsigned(let value):
      return dtype == .uint64 || dtype.isFloatingPoint ? Tensor(value, dtype: dtype) : nil
    case .double(let value): return dtype.isFloatingPoint ? Tensor(value, dtype: dtype) : nil
    default: return nil
    }
  }

  private func with(isWeak: Bool) -> Tensor {
    guard let array, array.isWeak != isWeak else { return self }
    return Tensor(array.view(array.shape, strides: array.strides, isWeak: isWeak))
  }
}

extension DType {
  /// Whether an integer is within the range of this integer type.
  fileprivate func holds(_ value: Int) -> Bool {
    let bits = byteSize * 8
    if isUnsigned { return value >= 0 && (bits == 64 || value < 1 << bits) }
    return bits == 64 || (-(1 << (bits - 1))..<1 << (bits - 1)).contains(value)
  }
}

extension Key: StateSerializable {
  /// Presents the data, `uint32[2]`; the layout stays the target's.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    var data = data
    data.visitState(&visitor)
    if visitor.isRestoring, data.dtype == .uint32, data.shape == self.data.shape {
      self = Key(data: data, layout: layout)
    }
  }
}

extension EmptyTree: StateSerializable {}
