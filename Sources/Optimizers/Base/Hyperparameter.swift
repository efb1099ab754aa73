import Tensor

/// A number that an optimizer takes: a Swift number, or a tensor that may change between updates.
///
/// A tensor comes from ``injectHyperparams(_:_:)``, or from a function that is differentiated by it.
public protocol Hyperparameter: ScalarOrSchedule {
  /// The number, or the tensor that holds it.
  var coefficient: Coefficient { get }
}

/// A learning rate or another number that may depend on the count of updates.
public protocol ScalarOrSchedule: Sendable {
  /// The schedule, if this is one.
  var schedule: Schedule? { get }
}

extension Hyperparameter {
  /// None: the number is the same at each update.
  public var schedule: Schedule? { nil }
}

extension Double: Hyperparameter {
  /// This number.
  public var coefficient: Coefficient { .number(self) }
}

extension Float: Hyperparameter {
  /// This number.
  public var coefficient: Coefficient { .number(Double(self)) }
}

extension Int: Hyperparameter {
  /// This number.
  public var coefficient: Coefficient { .number(Double(self)) }
}

extension Tensor: Hyperparameter {
  /// This tensor.
  public var coefficient: Coefficient { .tensor(self) }
}

/// A factor in an update: a number that arithmetic keeps in double precision, or a tensor.
///
/// `1 - 0.999` in single precision would be wrong by one part in 80,000.
public enum Coefficient: Sendable {
  /// A number known when the optimizer is made.
  case number(Double)
  /// A number known at the update.
  case tensor(Tensor)

  /// The number as a scalar, weakly typed unless it came as a tensor.
  package var tensor: Tensor {
    switch self {
    case .number(let number): Tensor(number)
    case .tensor(let tensor): tensor
    }
  }

  package static func - (number: Double, coefficient: Coefficient) -> Coefficient {
    switch coefficient {
    case .number(let own): .number(number - own)
    case .tensor(let tensor): .tensor(number - tensor)
    }
  }

  package static prefix func - (coefficient: Coefficient) -> Coefficient {
    switch coefficient {
    case .number(let own): .number(-own)
    case .tensor(let tensor): .tensor(-tensor)
    }
  }

  package static func + (a: Coefficient, b: Coefficient) -> Coefficient {
    if case (.number(let a), .number(let b)) = (a, b) { return .number(a + b) }
    return .tensor(a.tensor + b.tensor)
  }

  package static func * (coefficient: Coefficient, x: Tensor) -> Tensor { coefficient.tensor * x }

  package static func + (x: Tensor, coefficient: Coefficient) -> Tensor {
    // Adding a number that is zero, as most `epsRoot` are, changes nothing.
    if case .number(0) = coefficient { return x }
    return x + coefficient.tensor
  }
}
