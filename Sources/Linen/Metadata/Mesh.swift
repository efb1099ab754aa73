/// The devices of a computation in rows and columns, whose axes have names.
///
/// There is one device here, the processor: a mesh only tells what axes there are, for specifications
/// that are made or kept for other machines. Mirrors `jax.sharding.Mesh`.
public struct Mesh: Hashable, Sendable, CustomStringConvertible {
  /// The names of the axes.
  public let axisNames: [String]
  /// The number of devices along each axis.
  public let shape: [Int]

  /// Creates a mesh; by default one device along each axis.
  public init(_ axisNames: [String], shape: [Int]? = nil) {
    self.axisNames = axisNames
    self.shape = shape ?? axisNames.map { _ in 1 }
  }

  /// The axes with their sizes: `Mesh('data': 1, 'model': 1)`.
  public var description: String {
    "Mesh(" + zip(axisNames, shape).map { "'\($0)': \($1)" }.joined(separator: ", ") + ")"
  }
}

/// How an array is laid out over a mesh.
///
/// Mirrors `jax.sharding.NamedSharding`.
public struct NamedSharding: Hashable, Sendable {
  /// The devices.
  public let mesh: Mesh
  /// What the axes of the array are laid out over.
  public let spec: PartitionSpec

  /// Creates a layout.
  public init(_ mesh: Mesh, _ spec: PartitionSpec) {
    self.mesh = mesh
    self.spec = spec
  }
}
