/// Gives the transpose of a function that is linear, on arguments of the type of `example`.
///
/// Only the types of `example` count. Mirrors `jax.linear_transpose`.
/// - Throws: the first error recorded in `function`, or that an operation in it is not linear.
public func linearTranspose<T: TensorTree, U: TensorTree>(
  _ function: (T) throws -> U, _ example: T
) throws -> (U) throws -> T {
  try withErrors {
    var template: U?
    let graph = try Graph.record(name: "linearTranspose", treeLeaves(example).map(\.type)) {
      let result = try function(treeReplacingLeaves(example, $0))
      template = treeMap(result) { Tensor($0.type) }
      return treeLeaves(result)
    }
    guard let template else {
      throw TensorError("linearTranspose", .other("the function was not called"))
    }
    return { cotangent in
      try withErrors {
        let leaves = checkedLeaves("linearTranspose", "cotangent", cotangent, like: template)
        let results = zip(graph.transpose(leaves), graph.inputs).map {
          $0 ?? .placeholder(graph.types[$1])
        }
        return treeReplacingLeaves(example, results)
      }
    }
  }
}
