/// Takes the one of two options that is given: when a module was made, or when it is called.
///
/// Records an error if neither or both are, and gives `placeholder`. Mirrors
/// `flax.linen.merge_param`.
public func mergeParam<T>(_ name: String, _ a: T?, _ b: T?, placeholder: T) -> T {
  switch (a, b) {
  case (let value?, nil), (nil, let value?): return value
  case (nil, nil):
    record(LinenError(.parameterMissing(name: name)))
    return placeholder
  case (let value?, _?):
    record(LinenError(.parameterTwice(name: name)))
    return value
  }
}

/// Takes the one of two truth values that is given.
public func mergeParam(_ name: String, _ a: Bool?, _ b: Bool?) -> Bool {
  mergeParam(name, a, b, placeholder: true)
}
