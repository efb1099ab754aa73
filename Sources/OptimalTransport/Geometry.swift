import Linen

/// The cost of moving mass between fixed places, and the entropy that blurs the plan of transport.
///
///     let geometry = Geometry.grid([8, 8], epsilon: 0.01)
///
/// Everything is computed with logarithms, so that a small `epsilon` does not underflow. Mirrors
/// `ott.geometry.geometry.Geometry` and `ott.geometry.pointcloud.PointCloud`.
public struct Geometry: Sendable {
  /// The cost from each place of the first measure to each of the second: `[n, m]`.
  public let cost: Tensor
  /// The weight of the entropy: small for a sharp plan, which takes more iterations.
  public let epsilon: Double
  /// The places of the first measure, `[n, dimensions]`; nil if only costs are known.
  public let x: Tensor?
  /// The places of the second measure, `[m, dimensions]`.
  public let y: Tensor?

  /// Creates a geometry from the costs themselves.
  public init(cost: Tensor, epsilon: Double) {
    self.cost = cost
    self.epsilon = epsilon
    (x, y) = (nil, nil)
  }

  /// Creates a geometry of places, whose cost is the squared distance.
  public init(x: Tensor, y: Tensor, epsilon: Double) {
    let difference = expandDims(x, axes: [1]) - expandDims(y, axes: [0])
    cost = sum(square(difference), axes: [-1])
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

  /// The potential of the second measure that fits its weights, given that of the first.
  ///
  /// `g[j] = epsilon (log b[j] - log sum over i of exp((f[i] - C[i, j]) / epsilon))`; -inf where
  /// there is no weight.
  public func secondPotential(_ f: Tensor, weights b: Tensor) -> Tensor {
    let scaled = (expandDims(f, axes: [1]) - cost) / epsilon
    return (log(b) - logSumExp(scaled, axes: [0])) * epsilon
  }

  /// The potential of the first measure that fits its weights, given that of the second.
  public func firstPotential(_ g: Tensor, weights a: Tensor) -> Tensor {
    let scaled = (expandDims(g, axes: [0]) - cost) / epsilon
    return (log(a) - logSumExp(scaled, axes: [1])) * epsilon
  }

  /// How much is moved from each place to each other: `exp((f + g - C) / epsilon)`, `[n, m]`.
  public func plan(_ potentials: Potentials) -> Tensor {
    let sums = expandDims(potentials.f, axes: [1]) + expandDims(potentials.g, axes: [0])
    return exp((sums - cost) / epsilon)
  }
}

/// The dual variables of a transport, which say what mass costs at each place.
public struct Potentials: TensorTree, Sendable {
  /// At the places of the first measure: `[n]`.
  public var f: Tensor
  /// At the places of the second measure: `[m]`.
  public var g: Tensor

  /// Creates potentials.
  public init(f: Tensor, g: Tensor) {
    self.f = f
    self.g = g
  }

  /// Presents `f`, then `g`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("f"), &f)
    visitor.visit(.field("g"), &g)
  }
}
