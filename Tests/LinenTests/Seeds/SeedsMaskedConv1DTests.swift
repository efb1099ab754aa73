import Linen
import Testing

/// `netket.nn.MaskedConv1D`, a page of its documentation: a module of another library with its
/// fields, its call and the inherited methods.
///
/// Numbers are those of NetKet's layer in Flax, in float64 and with the original layout of
/// keys.
@Suite struct SeedsMaskedConv1DTests {
  private final class MaskedConv1D: Module, UnaryLayer, @unchecked Sendable {
    let features: Int
    let kernelSize: Int
    let kernelDilation: Int
    let exclusive: Bool
    let featureGroupCount: Int
    let useBias: Bool
    let paramDtype: DType
    let kernelInit: Initializer
    let biasInit: Initializer

    init(
      features: Int, kernelSize: Int, kernelDilation: Int, exclusive: Bool,
      featureGroupCount: Int = 1, useBias: Bool = true, paramDtype: DType = .float64,
      kernelInit: Initializer = .lecunNormal(), biasInit: Initializer = .zeros,
      name: String? = nil
    ) {
      self.features = features
      self.kernelSize = kernelSize
      self.kernelDilation = kernelDilation
      self.exclusive = exclusive
      self.featureGroupCount = featureGroupCount
      self.useBias = useBias
      self.paramDtype = paramDtype
      self.kernelInit = kernelInit
      self.biasInit = biasInit
      super.init(name: name)
    }

    /// Maps `[batch, length, inputs]` to `[batch, length, features]`.
    func callAsFunction(_ inputs: Tensor) -> Tensor {
      compact(inputs) { inputs in
        let size = kernelSize - (exclusive ? 1 : 0)
        let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
        let kernel = param(
          "kernel", kernelInit, [size, inputs.shape[-1] / featureGroupCount, features],
          dtype: paramDtype)
        let (x, w, b) = promoteDType(inputs, kernel, bias)
        // Zeros stand before the first position; the last positions are seen by none if exclusive.
        let before = (size - (exclusive ? 0 : 1)) * kernelDilation
        let y = convGeneralDilated(
          x, w, padding: .explicit([.init(before, exclusive ? -kernelDilation : 0)]),
          kernelDilation: [kernelDilation], featureGroups: featureGroupCount)
        return b.map { y + $0 } ?? y
      }
    }
  }

  private let conv = MaskedConv1D(features: 2, kernelSize: 3, kernelDilation: 1, exclusive: true)
  private let x = Tensor(
    [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875], shape: [1, 4, 2], dtype: .float64)

  private func initialized() throws -> Variables {
    try withDefaultPrecision(.x64) {
      try conv.initialize(Key(0, layout: .original)) { $0(x) }
    }
  }

  @Test func fieldsAndDefaults() {
    #expect(conv.features == 2 && conv.kernelSize == 3 && conv.kernelDilation == 1)
    #expect(conv.exclusive && conv.featureGroupCount == 1 && conv.useBias)
    #expect(conv.name == nil && conv.parent == nil && conv.scope == nil)
    #expect(
      conv
        == MaskedConv1D(features: 2, kernelSize: 3, kernelDilation: 1, exclusive: true, name: "n"))
  }

  @Test func parametersAndOutputs() throws {
    let variables = try initialized()
    #expect(variables.shapesDescription == "{'params': {'bias': (2,), 'kernel': (2, 2, 2)}}")
    let kernel: Tensor = variables["params"]["kernel"]
    try expectScalars(
      kernel,
      [
        -0.308316454, -0.371906892, 0.288638321, 0.585514553, -0.062287992, -0.346219996,
        -0.320255474, -0.245159594,
      ], tolerance: 1e-9)
    let y = try conv.apply(variables) { $0(x) }
    try expectScalars(
      y,
      [
        0, 0, -0.040031934, -0.030644949, -0.09958801, -0.105300528, -0.20014341, -0.19974351,
      ], tolerance: 1e-9)
  }

  /// No output depends on its own input or a later one.
  @Test func causality() throws {
    let variables = try initialized()
    let derivative = try jacrev { x in try conv.apply(variables) { $0(x) } }(x)
    let blocks = try derivative.scalars(as: Double.self)
    for output in 0..<4 {
      for input in output..<4 {
        for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
          #expect(blocks[(output * 2 + a) * 8 + input * 2 + b] == 0)
        }
      }
    }
  }

  @Test func inheritedMethods() throws {
    let variables = try initialized()
    let bound = conv.bind(variables)
    try expectEqual(try bound { $0(x) }, try conv.apply(variables) { $0(x) })
    let (module, alone) = try bound.unbind()
    #expect(module === conv && alone == variables)
    let (_, made) = try conv.initializeWithOutput(Key(0)) { $0(x) }
    #expect(made["params"].keys == ["bias", "kernel"])
    let table = try conv.moduleTable(Key(0), x) { $0($1) }
    #expect(table.name == "MaskedConv1D" && table.size == VariableSize(variables))
  }
}
