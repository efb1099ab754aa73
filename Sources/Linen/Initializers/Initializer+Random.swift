extension Initializer {
  /// Uniform numbers in [0, scale).
  public static func uniform(scale: Double = 0.01) -> Initializer {
    Initializer("uniform(scale: \(scale))") { key, shape, dtype in
      let numbers = Random.uniform(key, shape, dtype: dtype)
      return scale == 1 ? numbers : numbers * Tensor(scale, dtype: dtype)
    }
  }

  /// Normal numbers of standard deviation `stddev`.
  public static func normal(stddev: Double = 0.01) -> Initializer {
    Initializer("normal(stddev: \(stddev))") { key, shape, dtype in
      Random.normal(key, shape, dtype, scale: stddev)
    }
  }

  /// Normal numbers cut to `lower`...`upper`, then multiplied by `stddev`.
  ///
  /// The result's standard deviation is below `stddev`: 0.88 of it for bounds of -2 and 2.
  public static func truncatedNormal(
    stddev: Double = 0.01, lower: Double = -2, upper: Double = 2
  ) -> Initializer {
    Initializer("truncatedNormal(stddev: \(stddev), lower: \(lower), upper: \(upper))") {
      key, shape, dtype in
      Random.truncatedNormal(key, lower, upper, shape, dtype, scale: stddev)
    }
  }
}
