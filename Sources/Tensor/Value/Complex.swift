/// A complex number, stored as its real and then its imaginary part.
///
/// `Complex<Float>` is an element of complex64, `Complex<Double>` one of complex128. As `Double`
/// beside `Float`, a lone `Complex<Double>` gives way in promotion.
public struct Complex<RealType: ComplexPart>: Hashable, Sendable {
  /// The real part.
  public var real: RealType
  /// The imaginary part.
  public var imaginary: RealType

  /// Creates a number from its parts.
  public init(_ real: RealType, _ imaginary: RealType = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  /// The number with the sign of the imaginary part turned.
  public var conjugate: Complex { Complex(real, -imaginary) }
}

/// A type that the parts of complex elements can have: Float or Double.
public protocol ComplexPart: Scalar, BinaryFloatingPoint, CustomStringConvertible {
  /// The dtype of complex numbers with such parts.
  static var complexDType: DType { get }
}

extension Float: ComplexPart {
  /// `complex64`.
  public static var complexDType: DType { .complex64 }
}

extension Double: ComplexPart {
  /// `complex128`.
  public static var complexDType: DType { .complex128 }
}

extension Complex: Scalar {
  /// `complex64` or `complex128`.
  public static var dtype: DType { RealType.complexDType }

  /// The type itself for Float; complex64, or complex128 in x64 precision, for Double.
  public static var defaultDType: DType { RealType.defaultDType.complexDType }

  /// Gives way in promotion where its parts do.
  public static var isWeak: Bool { RealType.isWeak }

  /// Writes this value as an element of type `dtype`; a real type takes the real part.
  public func store(_ dtype: DType, to address: UnsafeMutableRawPointer) {
    switch dtype {
    case .bool: (self != 0 ? 1 : 0).store(dtype, to: address)
    case .complex64, .complex128:
      let part = dtype.realDType
      real.store(part, to: address)
      imaginary.store(part, to: address + part.byteSize)
    default: real.store(dtype, to: address)
    }
  }
}

extension Complex: AdditiveArithmetic, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  /// The number 0.
  public static var zero: Complex { Complex(0) }

  /// Creates a real number.
  public init(integerLiteral value: Int) { self.init(RealType(value)) }

  /// Creates a real number.
  public init(floatLiteral value: Double) { self.init(RealType(value)) }

  /// Adds.
  public static func + (a: Complex, b: Complex) -> Complex {
    Complex(a.real + b.real, a.imaginary + b.imaginary)
  }

  /// Subtracts.
  public static func - (a: Complex, b: Complex) -> Complex {
    Complex(a.real - b.real, a.imaginary - b.imaginary)
  }

  /// Multiplies.
  public static func * (a: Complex, b: Complex) -> Complex {
    Complex(
      a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
}

extension Complex: CustomStringConvertible {
  /// The number as Python prints it, such as `(1+2j)`.
  public var description: String {
    var part = Decimal(imaginary)
    if real == 0 && real.sign == .plus { return part.short + "j" }
    part.showsPlus = true
    return "(\(Decimal(real).short)\(part.short)j)"
  }
}
