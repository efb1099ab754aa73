/// An operation that transforms know: its stored properties are its parameters, its requirements
/// its rules.
///
/// Semantics and names are those of jax.lax and StableHLO: operands have equal dtypes and, where an
/// operation is elementwise, equal shapes; promotion and broadcasting happen above, in `Numerics`.
/// A rule speaks of tensors and types, never of an interpreter. Families (`UnaryElementwise`,
/// `BinaryElementwise`, `Movement`, ...) give defaults for most rules.
package protocol Primitive: Hashable, Sendable {
  /// The name in jax.lax.
  static var name: String { get }

  /// The types of the results, or what is wrong with the operands.
  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype]

  /// Computes the results, whose types `infer` gave.
  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray]

  /// The results and their tangents; a nil tangent is zero, and at least one input has another.
  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?])

  /// The cotangents of the linear inputs, given those of the results; nil is zero.
  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?]

  /// The results for a batch; `axes[i]` is the axis of input i that counts its members, or nil.
  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?])

  /// The arithmetic that one evaluation takes.
  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost

  /// The kernel by which a compiled loop does the operation on pieces of its operands.
  ///
  /// Nil, the default, if it does not work element by element or by reduction.
  func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel?

  /// How the result lies in the memory of the first operand, which lies there as `layout` says.
  ///
  /// Nil, the default, if the result is not a view of the operand.
  func view(_ layout: Layout) -> Layout?

  /// What can be computed while only some inputs have values.
  ///
  /// Nil, the default, if every result depends on every input.
  func knownPart(_ isKnown: [Bool]) -> KnownPart?
}

extension Primitive {
  package func knownPart(_ isKnown: [Bool]) -> KnownPart? { nil }
  package func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel? { nil }
  package func view(_ layout: Layout) -> Layout? { nil }
}

/// The part of an operation that depends on known inputs alone.
package struct KnownPart {
  /// Which inputs it takes, known ones all.
  package let takes: [Bool]
  /// Which results it gives.
  package let isKnown: [Bool]
  /// From those inputs to these results.
  package let operation: any Primitive

  package init(taking takes: [Bool], giving isKnown: [Bool], _ operation: some Primitive) {
    self.takes = takes
    self.isKnown = isKnown
    self.operation = operation
  }
}

/// An input as a transpose rule sees it.
package enum LinearInput {
  /// A value that the result does not depend on linearly.
  case known(Tensor)
  /// An input in which the result is linear, seen only by its type.
  case linear(ShapeDtype)

  package var type: ShapeDtype {
    switch self {
    case .known(let tensor): tensor.type
    case .linear(let type): type
    }
  }

  package var isLinear: Bool {
    if case .linear = self { true } else { false }
  }
}

/// The arithmetic of an evaluation, as XLA's cost analysis counts it.
///
/// One operation for each element that an arithmetic operation, comparison, selection or conversion
/// gives; transcendental functions count apart.
public struct Cost: Hashable, Sendable {
  /// Floating-point and integer operations.
  public var flops: Int
  /// Evaluations of transcendental functions.
  public var transcendentals: Int

  /// Creates a cost.
  public init(flops: Int = 0, transcendentals: Int = 0) {
    self.flops = flops
    self.transcendentals = transcendentals
  }

  /// Adds component by component.
  public static func + (a: Cost, b: Cost) -> Cost {
    Cost(flops: a.flops + b.flops, transcendentals: a.transcendentals + b.transcendentals)
  }
}
