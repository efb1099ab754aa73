import Linen

/// The cost of moving mass between fixed places, and the entropy that blurs the plan of transport.
///
///     let geometry = Geometry.grid([8, 8], epsilon: 0.01)
///
/// Everything is computed with logarithms, so that a small `epsilon` does not underflow. Mirrors
/// `ott.geometry.geometry.Geometry`, `PointCloud` and `Grid` with OTT's cost, the squared distance.
public struct Geometry: TensorTree, Sendable {
  /// The cost from each place of the first measure to each of the second: `[n, m]`.
  public private(set) var costMatrix: Tensor
  /// The weight of the entropy: small for a sharp plan, which takes more iterations.
  public let epsilon: Double
  /// The places of the first measure, `[n, dimensions]`; nil if only costs are known.
  public private(set) var x: Tensor?
  /// The places of the second measure, `[m, dimensions]`.
  public private(set) var y: Tensor?

  /// Creates a geometry from the costs themselves.
  public init(costMatrix: Tensor, epsilon: Double) {
    self.costMatrix = costMatrix
    self.epsilon = epsilon
  }

  /// Creates a geometry of places, whose cost is the squared distance.
  public init(x: Tensor, y: Tensor, epsilon: Double) {
    let difference = expandDims(x, axes: [1]) - expandDims(y, axes: [0])
    costMatrix = sum(square(difference), axes: [-1])
    self.epsilon = epsilon
    self.x = x
    self.y = y
  }

  /// Creates the geometry of the pixels of an image, each axis of which goes from 0 to 1.
  public static func grid(_ sizes: [Int], epsilon: Double) -> Geometry {
    let axes = sizes.enumerated().map { axis, size in
      let line = size > 1 ? linspace(0, 1, count: size) : Tensor.zeros([1])
      let shape = Shape(sizes.indices.map { $0 == axis ? size : 1 })
      return line.reshaped(to: shape).broadcast(to: Shape(sizes)).reshaped(to: [-1])
    }
    let places = stack(axes, axis: 1)
    return Geometry(x: places, y: places, epsilon: epsilon)
  }

  /// Computes the potential with which a side of the plan has its weights, given the other side's.
  ///
  /// With axis 0 that of the second measure from that of the first:
  /// `g[j] = epsilon (log b[j] - log sum over i of exp((f[i] - C[i, j]) / epsilon))`; with axis 1 f
  /// from g. It is -inf where there is no weight. Mirrors OTT's `update_potential`.
  public func updatePotential(_ potential: Tensor, weights: Tensor, axis: Int) -> Tensor {
    let scaled = (expandDims(potential, axes: [1 - axis]) - costMatrix) / epsilon
    return (log(weights) - logSumExp(scaled, axes: [axis])) * epsilon
  }

  /// Computes how much is moved from each place to each other: `exp((f + g - C) / epsilon)`, `[n, m]`.
  public func transportFromPotentials(_ f: Tensor, _ g: Tensor) -> Tensor {
    exp((expandDims(f, axes: [1]) + expandDims(g, axes: [0]) - costMatrix) / epsilon)
  }

  /// Presents the costs, then the places.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("costMatrix"), &costMatrix)
    visitor.visit(.field("x"), &x)
    visitor.visit(.field("y"), &y)
  }
}
