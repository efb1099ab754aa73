/// The members of the family by Y. LeCun, X. Glorot and K. He; defaults are those of a kernel whose
/// last two axes are its inputs and outputs.
extension Initializer {
  /// Normal numbers cut at two deviations of variance 1 / fan-in.
  /// http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf
  public static func lecunNormal(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    fanScaled("lecunNormal", 1, .fanIn, .truncatedNormal, inAxis, outAxis, batchAxis)
  }

  /// Uniform numbers around 0 of variance 1 / fan-in.
  /// http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf
  public static func lecunUniform(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    fanScaled("lecunUniform", 1, .fanIn, .uniform, inAxis, outAxis, batchAxis)
  }

  /// Normal numbers cut at two deviations of variance 2 / (fan-in + fan-out). "Understanding the
  /// Difficulty of Training Deep Feedforward Neural Networks",
  /// https://proceedings.mlr.press/v9/glorot10a.html
  public static func glorotNormal(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    fanScaled("glorotNormal", 1, .fanAvg, .truncatedNormal, inAxis, outAxis, batchAxis)
  }

  /// Uniform numbers around 0 of variance 2 / (fan-in + fan-out). "Understanding the Difficulty of
  /// Training Deep Feedforward Neural Networks", https://proceedings.mlr.press/v9/glorot10a.html
  public static func glorotUniform(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    fanScaled("glorotUniform", 1, .fanAvg, .uniform, inAxis, outAxis, batchAxis)
  }

  /// Normal numbers cut at two deviations of variance 2 / fan-in. "Delving Deep into Rectifiers:
  /// Surpassing Human-Level Performance on ImageNet Classification",
  /// https://arxiv.org/abs/1502.01852
  public static func heNormal(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    fanScaled("heNormal", 2, .fanIn, .truncatedNormal, inAxis, outAxis, batchAxis)
  }

  /// Uniform numbers around 0 of variance 2 / fan-in. "Delving Deep into Rectifiers: Surpassing
  /// Human-Level Performance on ImageNet Classification", https://arxiv.org/abs/1502.01852
  public static func heUniform(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    fanScaled("heUniform", 2, .fanIn, .uniform, inAxis, outAxis, batchAxis)
  }

  /// Another name of ``glorotNormal(inAxis:outAxis:batchAxis:)``.
  public static func xavierNormal(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    glorotNormal(inAxis: inAxis, outAxis: outAxis, batchAxis: batchAxis)
  }

  /// Another name of ``glorotUniform(inAxis:outAxis:batchAxis:)``.
  public static func xavierUniform(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    glorotUniform(inAxis: inAxis, outAxis: outAxis, batchAxis: batchAxis)
  }

  /// Another name of ``heNormal(inAxis:outAxis:batchAxis:)``.
  public static func kaimingNormal(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    heNormal(inAxis: inAxis, outAxis: outAxis, batchAxis: batchAxis)
  }

  /// Another name of ``heUniform(inAxis:outAxis:batchAxis:)``.
  public static func kaimingUniform(
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    heUniform(inAxis: inAxis, outAxis: outAxis, batchAxis: batchAxis)
  }

  private static func fanScaled(
    _ name: String, _ scale: Double, _ mode: FanMode, _ distribution: Distribution,
    _ inAxis: [Int], _ outAxis: [Int], _ batchAxis: [Int]
  ) -> Initializer {
    VarianceScaling(
      scale: scale, mode: mode, distribution: distribution,
      axes: FanAxes(input: inAxis, output: outAxis, batch: batchAxis)
    ).initializer(name)
  }
}
