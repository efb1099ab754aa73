/// A tree of a number of parts, each of which can have axes of its own.
protocol CountedTree {
  var partCount: Int { get }
}

extension Array: CountedTree where Element: TensorTree {
  var partCount: Int { count }
}

/// The arguments of a function as one tree: argument i is the part `[i]`.
struct ArgumentList<each Argument: TensorTree>: TensorTree, CountedTree {
  private(set) var values: (repeat each Argument)

  init(_ values: repeat each Argument) { self.values = (repeat each values) }

  var partCount: Int {
    var count = 0
    for _ in repeat each values { count += 1 }
    return count
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    var index = 0
    values = (repeat visited(each values, &index, &visitor))
  }

  private func visited<T: TensorTree>(
    _ value: T, _ index: inout Int, _ visitor: inout TensorVisitor
  ) -> T {
    var value = value
    visitor.visit(.index(index), &value)
    index += 1
    return value
  }
}

/// The axes of tensors of a tree, as `MappedInput`s whose labels begin with `label`.
func mappedInputs(
  _ tree: some TensorTree, _ label: String, _ axes: ArgumentAxes, _ role: AxesRole
) -> [MappedInput] {
  treeLeavesWithPath(tree).map { path, leaf in
    MappedInput("\(label)\(path)", leaf, axis: axes.axis(at: path, role))
  }
}

/// The tensors of variables with their axis, as `MappedInput`s under their names.
func mappedInputs(variables: [Variables], _ axis: Int?) -> [MappedInput] {
  variables.flatMap { part in
    treeLeavesWithPath(part).map { path, leaf in
      let names = path.keys.map { key in
        switch key {
        case .key(let name), .field(let name): name
        case .index(let index): "\(index)"
        }
      }
      return MappedInput("variable \(names.joined(separator: "/"))", leaf, axis: axis)
    }
  }
}

extension Pack {
  /// Calls `body`, records the error that it throws, and gives `fallback()` then.
  ///
  /// What `fallback` records in turn is of no interest.
  func recovering<R>(_ body: () throws -> R, _ fallback: () -> R) -> R {
    do {
      return try body()
    } catch {
      record(located(error))
      return ContextSlot.errors.with(ErrorBoundary(), fallback)
    }
  }
}

/// Zeros in the place of every tensor of a tree, for results after an error.
func placeholders<T: TensorTree>(_ tree: T) -> T { treeMap(tree) { .placeholder($0.type) } }

extension ArraySlice<Tensor> {
  /// Takes as many tensors as a tree has, in its structure.
  mutating func take<T: TensorTree>(like tree: T) -> T {
    treeMap(tree) { popFirst() ?? $0 }
  }
}
