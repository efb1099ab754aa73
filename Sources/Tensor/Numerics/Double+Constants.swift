extension Double {
  /// The natural logarithm of 2.
  package static let ln2 = 0.693147180559945309417
  /// 2 / sqrt(pi), the derivative of the error function at 0.
  package static let twoOverRootPi = 1.128379167095512573896
}
