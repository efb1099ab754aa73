/// The shortest decimal number that names a float: its digits after "0." times a power of ten.
struct Decimal {
  private var isNegative: Bool
  /// Without leading or trailing zeros; empty for 0.
  private var digits: [UInt8] = []
  private var exponent = 0
  /// The word for what is not finite.
  private var word: String?
  /// The absolute value; nil if it is not finite.
  private(set) var magnitude: Double?
  /// Whether a number that is not negative begins with a plus, as imaginary parts do.
  var showsPlus = false

  /// Digits before and after the point.
  struct Positional {
    var integer: String
    var fraction: String
  }

  init<F: BinaryFloatingPoint & CustomStringConvertible>(_ value: F) {
    isNegative = value.sign == .minus && !value.isNaN
    guard value.isFinite else {
      word = value.isNaN ? "nan" : isNegative ? "-inf" : "inf"
      magnitude = nil
      return
    }
    magnitude = Double(value.magnitude)
    // Swift prints the shortest digits: "123.45", "1e-10", "1.5e+20".
    let text = value.magnitude.description
    let parts = text.split(separator: "e", maxSplits: 1)
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    digits = (mantissa[0] + fraction).utf8.map { $0 - 48 }
    exponent = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    normalize()
  }

  /// The shortest digits that `names` the value for; for floats narrower than Swift's.
  init(_ value: Float, _ names: (Float) -> Bool) {
    let exact = Decimal(value)
    self = exact
    guard exact.word == nil else { return }
    for count in 1..<Swift.max(1, exact.digits.count) {
      let shorter = exact.rounded(digits: count)
      if let number = Float(shorter.alone), names(number) {
        self = shorter
        return
      }
    }
  }

  private mutating func normalize() {
    let leading = digits.prefix { $0 == 0 }.count
    digits.removeFirst(leading)
    exponent -= leading
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { exponent = 0 }
  }

  /// Rounded to so many digits, halves to the even one.
  private func rounded(digits count: Int) -> Decimal {
    guard count < digits.count else { return self }
    var result = self
    guard count >= 0 else {
      result.digits = []
      result.exponent = 0
      return result
    }
    let rest = digits[count...]
    result.digits = Array(digits[..<count])
    let isHalf = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
    let isOdd = (result.digits.last ?? 0) % 2 == 1
    if isHalf ? isOdd : (rest.first ?? 0) >= 5 {
      var place = count - 1
      while place >= 0, result.digits[place] == 9 {
        result.digits[place] = 0
        place -= 1
      }
      if place >= 0 {
        result.digits[place] += 1
      } else {
        result.digits.insert(1, at: 0)
        result.exponent += 1
      }
    }
    result.normalize()
    return result
  }

  private static func text(_ digits: some Sequence<UInt8>) -> String {
    String(digits.map { Character(UnicodeScalar($0 + 48)) })
  }

  private var sign: String { isNegative ? "-" : showsPlus ? "+" : "" }

  /// With at most `places` digits after the point; nil if it is not finite.
  func positional(places: Int) -> Positional? {
    guard word == nil else { return nil }
    let value = rounded(digits: exponent + places)
    let count = Swift.max(value.exponent, 0)
    let padded =
      value.digits + [UInt8](repeating: 0, count: Swift.max(0, count - value.digits.count))
    let integer = Decimal.text(padded.prefix(count))
    let zeros = value.digits.isEmpty ? 0 : Swift.max(0, -value.exponent)
    let fraction =
      String(repeating: "0", count: zeros) + Decimal.text(value.digits.dropFirst(count))
    return Positional(integer: sign + (integer.isEmpty ? "0" : integer), fraction: fraction)
  }

  /// As d.ddd with an exponent of at least two digits; nil if it is not finite.
  func scientific(
    places: Int
  ) -> (integer: String, fraction: String, sign: String, exponent: String)? {
    guard word == nil else { return nil }
    let value = rounded(digits: places + 1)
    let power = value.digits.isEmpty ? 0 : value.exponent - 1
    let text = "\(power.magnitude)"
    return (
      sign + Decimal.text(value.digits.isEmpty ? [0] : value.digits.prefix(1)),
      Decimal.text(value.digits.dropFirst()), power < 0 ? "-" : "+",
      text.count < 2 ? "0" + text : text
    )
  }

  /// As Python prints a float: with an exponent below 1e-4 and from 1e16 on.
  var alone: String {
    if let word { return (showsPlus && !isNegative ? "+" : "") + word }
    if digits.isEmpty { return sign + "0.0" }
    if (-3...16).contains(exponent), let parts = positional(places: 400) {
      return parts.integer + "." + (parts.fraction.isEmpty ? "0" : parts.fraction)
    }
    guard let parts = scientific(places: 400) else { return "" }
    let point = parts.fraction.isEmpty ? "" : "."
    return parts.integer + point + parts.fraction + "e" + parts.sign + parts.exponent
  }

  /// As `alone`, without a fraction of 0, as Python prints the parts of a complex number.
  var short: String { alone.hasSuffix(".0") ? String(alone.dropLast(2)) : alone }
}
