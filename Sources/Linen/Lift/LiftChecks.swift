/// A part of what a loop carries or a branch gives, as messages name it.
struct LiftPart {
  let name: String
  let type: ShapeDtype

  var described: String { "\(name) \(type)" }

  /// The tensors of a tree.
  static func parts(_ label: String, _ tree: some TensorTree) -> [LiftPart] {
    treeLeavesWithPath(tree).map { LiftPart(name: "\(label)\($0.path)", type: $0.leaf.type) }
  }

  /// The tensors of variables.
  static func parts(variables: [Variables]) -> [LiftPart] {
    variables.flatMap { part in
      part.flattened().flatMap { path, value in
        parts("variable \(path.joined(separator: "/"))", value)
      }
    }
  }

  /// The parts of `old` that are not among `new` by name, as text.
  static func missing(_ old: [LiftPart], in new: [LiftPart]) -> [String] {
    let names = Set(new.map(\.name))
    return old.filter { !names.contains($0.name) }.map(\.described)
  }

  /// The first part whose type in `new` is another.
  static func differing(_ old: [LiftPart], _ new: [LiftPart]) -> (LiftPart, LiftPart)? {
    zip(old, new).first { $0.type.shape != $1.type.shape || $0.type.dtype != $1.type.dtype }
  }
}

extension Pack {
  /// Throws an error if what a step gives is not of the structure and types of what it was given.
  func checkCarry(_ before: [LiftPart], _ after: [LiftPart]) throws {
    guard before.map(\.name) == after.map(\.name) else {
      throw error(
        .carryStructure(
          onlyBefore: LiftPart.missing(before, in: after),
          onlyAfter: LiftPart.missing(after, in: before)))
    }
    if let (old, new) = LiftPart.differing(before, after) {
      throw error(.carryType(name: old.name, before: old.type, after: new.type))
    }
  }

  /// Throws an error if a branch does not give the structure and types of the first.
  func checkBranch(_ branch: Int, _ parts: [LiftPart], like first: [LiftPart]) throws {
    guard first.map(\.name) == parts.map(\.name) else {
      throw error(
        .branchStructure(
          branch: branch, onlyFirst: LiftPart.missing(first, in: parts),
          onlyOther: LiftPart.missing(parts, in: first)))
    }
    if let (a, b) = LiftPart.differing(first, parts) {
      throw error(.branchType(name: a.name, branch: branch, first: a.type, other: b.type))
    }
  }

  /// The size of what is mapped or looped over: that of all axes, and the one that was asked for.
  func commonSize(_ inputs: [MappedInput], given: Int?) throws -> Int {
    var axes: [TensorError.Operand] = []
    var sizes: [Int] = []
    for input in inputs {
      guard let axis = input.axis else { continue }
      guard let resolved = input.tensor.shape.resolve(axes: [axis])?.first else {
        throw located(
          TensorError(
            name, .axisOutOfRange(axis: axis, rank: input.tensor.rank),
            [.init(input.label, input.tensor.type)]))
      }
      axes.append(.init(input.label, input.tensor.type, axis: resolved))
      sizes.append(input.tensor.shape.dimensions[resolved])
    }
    guard let size = given ?? sizes.first else { throw error(.sizeUnknown) }
    guard sizes.allSatisfy({ $0 == size }) else {
      throw error(.sizesDiffer(given: given, axes: shortened(axes, sizes)))
    }
    return size
  }

  /// One axis of each size in order, where there are many.
  private func shortened(_ axes: [TensorError.Operand], _ sizes: [Int]) -> [TensorError.Operand] {
    guard axes.count > 4 else { return axes }
    return axes.indices.filter { sizes[..<$0].firstIndex(of: sizes[$0]) == nil }.map { axes[$0] }
  }
}
