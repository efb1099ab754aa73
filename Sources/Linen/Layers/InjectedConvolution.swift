/// What a convolution does besides its operands: everything that is counted per spatial axis.
public struct ConvArguments: Sendable {
  /// The steps of the window.
  public var strides: [Int]
  /// The zeros before and after each spatial axis.
  public var padding: [(Int, Int)]
  /// How far apart input elements are taken to lie.
  public var inputDilation: [Int]
  /// How far apart kernel elements are taken to lie.
  public var kernelDilation: [Int]
  /// The number of groups into which the channels are divided.
  public var featureGroupCount: Int
  /// How exactly products are computed.
  public var precision: Precision?
}

/// A function that convolves in the place of a layer's convolution.
///
/// The input is `[batch, spatial..., channels]`, the kernel `[window..., channels / groups, features]`.
public typealias ConvGeneralDilatedFunction =
  @Sendable (_ lhs: Tensor, _ rhs: Tensor, _ arguments: ConvArguments) -> Tensor

/// A module that convolves in the place of a layer's convolution, with variables of its own.
public protocol ConvGeneralDilatedModule: Module {
  /// Convolves `[batch, spatial..., channels]` with `[window..., channels / groups, features]`.
  func callAsFunction(_ lhs: Tensor, _ rhs: Tensor, _ arguments: ConvArguments) -> Tensor
}

/// Makes the module that convolves for a layer, as a submodule of it.
public typealias ConvGeneralDilatedClass = @Sendable () -> any ConvGeneralDilatedModule

/// What a layer convolves with, if it was given something else than the usual convolution.
struct InjectedConvolution {
  let function: ConvGeneralDilatedFunction?
  let make: ConvGeneralDilatedClass?
  let precision: Precision?

  /// The convolution; nil for the layer to compute it in its usual way.
  func callAsFunction(
    _ lhs: Tensor, _ rhs: Tensor, _ window: SpatialWindow, _ pads: [(Int, Int)], groups: Int
  ) -> Tensor? {
    guard function != nil || make != nil else { return nil }
    let arguments = ConvArguments(
      strides: window.strides, padding: pads, inputDilation: window.inputDilation,
      kernelDilation: window.kernelDilation, featureGroupCount: groups, precision: precision)
    // A name for the module: calling what a function gives at once crashes the compiler.
    if let module = make?() { return module(lhs, rhs, arguments) }
    return function?(lhs, rhs, arguments)
  }
}
