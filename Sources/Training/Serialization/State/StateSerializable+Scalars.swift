import Foundation
import Linen

extension StateSerializable where Self: FixedWidthInteger {
  /// Presents the integer; an array of one integer is taken too, as compiled steps count in arrays.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    let state = Int(exactly: self).map(StateValue.int) ?? .unsigned(UInt64(self))
    visitor.visitLeaf(state) { state in
      let restored: Self? =
        switch state {
        case .int(let value): Self(exactly: value)
        case .unsigned(let value): Self(exactly: value)
        case .tensor(let tensor), .scalar(let tensor): integer(tensor)
        default: nil
        }
      guard let restored else { return .kind(found: state.kind, expected: "\(Self.self)") }
      self = restored
      return nil
    }
  }

  private func integer(_ tensor: Tensor) -> Self? {
    guard tensor.rank == 0, tensor.dtype.isInteger else { return nil }
    if tensor.dtype == .uint64 {
      return (try? tensor.item(as: UInt64.self)).flatMap { Self(exactly: $0) }
    }
    return (try? tensor.item(as: Int64.self)).flatMap { Self(exactly: $0) }
  }
}

extension StateSerializable where Self: BinaryFloatingPoint {
  /// Presents the number; an array of one number is taken too.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    visitor.visitLeaf(.double(Double(self))) { state in
      switch state {
      case .double(let value): self = Self(value)
      case .int(let value): self = Self(value)
      case .unsigned(let value): self = Self(value)
      case .tensor(let tensor), .scalar(let tensor):
        guard tensor.rank == 0, tensor.dtype.isFloatingPoint,
          let value = try? tensor.item(as: Double.self)
        else { return .kind(found: state.kind, expected: "\(Self.self)") }
        self = Self(value)
      default: return .kind(found: state.kind, expected: "\(Self.self)")
      }
      return nil
    }
  }
}

extension Int: StateSerializable {}
extension Int8: StateSerializable {}
extension Int16: StateSerializable {}
extension Int32: StateSerializable {}
extension Int64: StateSerializable {}
extension UInt: StateSerializable {}
extension UInt8: StateSerializable {}
extension UInt16: StateSerializable {}
extension UInt32: StateSerializable {}
extension UInt64: StateSerializable {}
extension Double: StateSerializable {}
extension Float: StateSerializable {}

extension Bool: StateSerializable {
  /// Presents the truth value; an array of one is taken too.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    visitor.visitLeaf(.bool(self)) { state in
      if case .bool(let value) = state {
        self = value
      } else if let tensor = state.tensor, tensor.rank == 0, tensor.dtype == .bool,
        let value = try? tensor.item(as: Bool.self)
      {
        self = value
      } else {
        return .kind(found: state.kind, expected: "Bool")
      }
      return nil
    }
  }
}

extension String: StateSerializable {
  /// Presents the text.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    visitor.visitLeaf(.string(self)) { state in
      guard case .string(let text) = state else {
        return .kind(found: state.kind, expected: "String")
      }
      self = text
      return nil
    }
  }
}

extension Data: StateSerializable {
  /// Presents the bytes.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    visitor.visitLeaf(.bytes(self)) { state in
      guard case .bytes(let data) = state else {
        return .kind(found: state.kind, expected: "Data")
      }
      self = data
      return nil
    }
  }
}
