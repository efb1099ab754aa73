import Foundation
import Linen

extension StateValue: Equatable {
  /// Compares bit for bit: dtypes and shapes count, NaN equals itself, and so does the order of keys.
  ///
  /// Tensors whose values are not known equal nothing.
  public static func == (a: StateValue, b: StateValue) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.unsigned(let a), .unsigned(let b)): a == b
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.complex(let a, let b), .complex(let c, let d)):
      a.bitPattern == c.bitPattern && b.bitPattern == d.bitPattern
    case (.string(let a), .string(let b)): a == b
    case (.bytes(let a), .bytes(let b)): a == b
    case (.tensor(let a), .tensor(let b)), (.scalar(let a), .scalar(let b)): areEqual(a, b)
    case (.foreign(let a), .foreign(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.dictionary(let a), .dictionary(let b)): a == b
    case (.extensionType(let a, let x), .extensionType(let b, let y)): a == b && x == y
    default: false
    }
  }

  private static func areEqual(_ a: Tensor, _ b: Tensor) -> Bool {
    guard a.dtype == b.dtype, a.shape == b.shape, let x = a.array?.contiguous(),
      let y = b.array?.contiguous()
    else { return false }
    return withExtendedLifetime((x, y)) {
      x.byteCount == 0 || memcmp(x.data, y.data, x.byteCount) == 0
    }
  }
}
