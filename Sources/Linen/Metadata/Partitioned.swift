/// A box around a variable that names what its axes are laid out over.
///
/// Lifted transforms that add an axis, such as `vmap` and `scan`, ask for its name as
/// `metadataParams: [partitionName: "layers"]`.
public protocol PartitionedMetadata: AxisMetadata {
  /// The names of the axes.
  var names: PartitionSpec { get set }
  /// The mesh for which the names are meant; nil for any.
  var mesh: Mesh? { get }
}

/// The key under which `metadataParams` of lifted transforms name the axis that they add.
public let partitionName = "partition_name"

extension PartitionedMetadata {
  /// What the axes are laid out over.
  public var partitionSpec: PartitionSpec { names }

  /// How the value is laid out over a mesh.
  public func sharding(_ mesh: Mesh) -> NamedSharding { NamedSharding(mesh, names) }

  /// The box after a transform has put a new axis at `index`.
  ///
  /// Records an error if `parameters` don't name it.
  public func addingAxis(at index: Int, _ parameters: MetadataParams) -> Self {
    guard let axis = axis(parameters) else { return self }
    var box = self
    while box.names.axes.count < index { box.names.axes.append(.unsharded) }
    let place = index < 0 ? Swift.max(0, box.names.axes.count + index) : index
    box.names.axes.insert(axis, at: place)
    return box
  }

  /// The box after a transform has taken the axis at `index` away.
  ///
  /// Records an error if `parameters` don't name it, or give another name than it has.
  public func removingAxis(at index: Int, _ parameters: MetadataParams) -> Self {
    guard let axis = axis(parameters) else { return self }
    var box = self
    let place = index < 0 ? box.names.axes.count + index : index
    guard box.names.axes.indices.contains(place), box.names.axes[place] == axis else {
      record(
        LinenError(
          .other("Expected axis \(axis) at position \(index) in axis metadata \(names.tupleText)."))
      )
      return self
    }
    box.names.axes.remove(at: place)
    return box
  }

  private func axis(_ parameters: MetadataParams) -> PartitionSpec.Axis? {
    guard let name = parameters[partitionName] else {
      record(LinenError(.partitionNameMissing(target: "\(self)")))
      return nil
    }
    return name.map { .name($0) } ?? .unsharded
  }
}

/// A variable whose axes have names, by which it is laid out over a mesh.
///
///     let dense = Dense(4096, kernelInit: withPartitioning(.lecunNormal(), ["data", "model"]))
///     let specs = getPartitionSpec(try dense.initialize(Key(0)) { $0(x) })
///
/// Mirrors `flax.linen.Partitioned`.
public struct Partitioned: PartitionedMetadata {
  /// The variable.
  public var value: Variables
  /// What its axes are laid out over.
  public var names: PartitionSpec
  /// The mesh for which the names are meant; nil for any.
  public var mesh: Mesh?

  /// Puts a variable in a box.
  public init(_ value: some VariableConvertible, _ names: PartitionSpec, mesh: Mesh? = nil) {
    self.value = value.variables
    self.names = names
    self.mesh = mesh
  }
}

extension Partitioned: TensorTree {
  /// Presents the tensors of the value.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("value"), &value)
  }
}

extension Partitioned: CustomStringConvertible {
  /// The box as Flax prints it.
  public var description: String {
    "Partitioned(value=\(value), names=\(names.tupleText), "
      + "mesh=\(mesh.map(\.description) ?? "None"))"
  }
}

/// A variable whose axes have logical names, which rules translate to those of a mesh.
///
/// Mirrors `flax.linen.LogicallyPartitioned`.
public struct LogicallyPartitioned: PartitionedMetadata {
  /// The variable.
  public var value: Variables
  /// The logical names of its axes.
  public var names: PartitionSpec
  /// The mesh for which the rules are meant; nil for any.
  public var mesh: Mesh?
  /// The rules by which to translate the names; nil for those in force.
  public var rules: LogicalRules?

  /// Puts a variable in a box.
  public init(
    _ value: some VariableConvertible, _ names: PartitionSpec, mesh: Mesh? = nil,
    rules: LogicalRules? = nil
  ) {
    self.value = value.variables
    self.names = names
    self.mesh = mesh
    self.rules = rules
  }
}

extension LogicallyPartitioned: TensorTree {
  /// Presents the tensors of the value.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("value"), &value)
  }
}

extension LogicallyPartitioned: CustomStringConvertible {
  /// The box as Flax prints it.
  public var description: String {
    "LogicallyPartitioned(value=\(value), names=\(names.tupleText), "
      + "mesh=\(mesh.map(\.description) ?? "None"), rules=\(rules.map(\.description) ?? "None"))"
  }
}

/// Gives the initializer that puts its value in a box which names the axes.
///
///     Dense(3, kernelInit: withPartitioning(.lecunNormal(), [nil, "data"]))
///
/// Mirrors `flax.linen.with_partitioning`.
public func withPartitioning(
  _ initializer: Initializer, _ names: PartitionSpec, mesh: Mesh? = nil
) -> Initializer {
  initializer.boxed { Partitioned($0, names, mesh: mesh) }
}

/// Gives the initializer that puts its value in a box which gives the axes logical names.
///
/// Mirrors `flax.linen.with_logical_partitioning`.
public func withLogicalPartitioning(
  _ initializer: Initializer, _ names: PartitionSpec, mesh: Mesh? = nil, rules: LogicalRules? = nil
) -> Initializer {
  initializer.boxed { LogicallyPartitioned($0, names, mesh: mesh, rules: rules) }
}
