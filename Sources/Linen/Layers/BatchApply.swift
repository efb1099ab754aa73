/// Runs a function with the leading axes of its arguments merged into one, and splits them again.
///
///     let y = BatchApply(numDims: 2) { Dense(4)($0) }(x)   // x [time, batch, features]
///
/// Arguments with fewer axes are passed as they are. Mirrors `flax.linen.BatchApply`.
public struct BatchApply {
  private let function: ([Tensor]) -> Tensor
  private let numDims: Int

  /// Wraps a function of one tensor.
  public init(numDims: Int = 2, _ function: @escaping (Tensor) -> Tensor) {
    self.init(numDims: numDims) { (arguments: [Tensor]) in function(arguments[0]) }
  }

  /// Wraps a function of two tensors.
  public init(numDims: Int = 2, _ function: @escaping (Tensor, Tensor) -> Tensor) {
    self.init(numDims: numDims) { (arguments: [Tensor]) in function(arguments[0], arguments[1]) }
  }

  private init(numDims: Int, _ function: @escaping ([Tensor]) -> Tensor) {
    self.numDims = numDims
    self.function = function
  }

  /// Runs the function.
  ///
  /// Records an error if no argument has that many axes.
  public func callAsFunction(_ arguments: Tensor...) -> Tensor {
    guard let example = arguments.first(where: { $0.rank >= numDims }) else {
      record(
        LinenError(
          .other("BatchApply requires at least one input with ndim >= \(numDims).")))
      return function(arguments)
    }
    let result = function(
      arguments.map { x in
        guard x.rank >= numDims else { return x }
        let merged = x.shape[0..<numDims].elementCount
        return x.reshaped(to: Shape([merged] + x.shape.dimensions.dropFirst(numDims)))
      })
    let leading = example.shape[0..<numDims].dimensions
    return result.reshaped(to: Shape(leading + result.shape.dimensions.dropFirst()))
  }
}
