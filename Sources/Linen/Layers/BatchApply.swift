/// Runs a function with the leading axes of its arguments merged into one, and splits them again.
///
///     let y = BatchApply(numDims: 2) { Dense(4)($0) }(x)   // x [time, batch, features]
///
/// Arguments `[a, b, ...]` become `[a * b, ...]`; those with fewer axes, such as scalars, are passed as
/// they are. The result is a tensor or a tree of them. Mirrors `flax.linen.BatchApply`.
public struct BatchApply<Result: TensorTree> {
  private let function: ([Tensor?]) -> Result
  private let numDims: Int

  /// Wraps a function of one tensor.
  public init(numDims: Int = 2, _ function: @escaping (Tensor) -> Result) {
    self.init(numDims: numDims) { (arguments: [Tensor?]) in
      function(BatchApply.argument(arguments, 0))
    }
  }

  /// Wraps a function of two tensors.
  public init(numDims: Int = 2, _ function: @escaping (Tensor, Tensor) -> Result) {
    self.init(numDims: numDims) { (arguments: [Tensor?]) in
      function(BatchApply.argument(arguments, 0), BatchApply.argument(arguments, 1))
    }
  }

  /// Wraps a function of any number of tensors, some of which may be missing.
  public init(numDims: Int = 2, _ function: @escaping ([Tensor?]) -> Result) {
    self.numDims = numDims
    self.function = function
  }

  /// Runs the function.
  ///
  /// Records an error if no argument has that many axes, or a function of tensors is not given them.
  public func callAsFunction(_ arguments: Tensor?...) -> Result {
    guard let example = arguments.lazy.compactMap({ $0 }).first(where: { $0.rank >= numDims })
    else {
      record(
        LinenError(
          .other("BatchApply requires at least one input with ndim >= \(numDims).")))
      return function(arguments)
    }
    let result = function(
      arguments.map { x in
        guard let x, x.rank >= numDims else { return x }
        let merged = x.shape[0..<numDims].elementCount
        return x.reshaped(to: Shape([merged] + x.shape.dimensions.dropFirst(numDims)))
      })
    let leading = example.shape[0..<numDims].dimensions
    return treeMap(result) { x in
      x.reshaped(to: Shape(leading + x.shape.dimensions.dropFirst()))
    }
  }

  /// An argument that must be there.
  private static func argument(_ arguments: [Tensor?], _ index: Int) -> Tensor {
    if arguments.indices.contains(index), let argument = arguments[index] { return argument }
    record(LinenError(.other("BatchApply's function needs argument \(index), which is missing.")))
    return 0
  }
}
