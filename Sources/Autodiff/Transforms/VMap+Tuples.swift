/// Gives the function that maps a function which returns a pair over an axis of its argument.
///
/// `outAxes` is one axis for both results, or a list with one for each.
public func vmap<T: TensorTree, U: TensorTree, V: TensorTree>(
  inAxes: ArgumentAxes = 0, outAxes: ArgumentAxes = 0, axisSize: Int? = nil,
  axisName: String? = nil, _ function: @escaping (T) throws -> (U, V)
) -> (T) throws -> (U, V) {
  let mapped = vmap(inAxes: inAxes, outAxes: outAxes, axisSize: axisSize, axisName: axisName) {
    (argument: T) in
    let (u, v) = try function(argument)
    return TreePair(u, v)
  }
  return { try mapped($0).parts }
}

/// Gives the function that maps a function which returns a pair over axes of its arguments.
public func vmap<A: TensorTree, B: TensorTree, U: TensorTree, V: TensorTree>(
  inAxes: ArgumentAxes = 0, outAxes: ArgumentAxes = 0, axisSize: Int? = nil,
  axisName: String? = nil, _ function: @escaping (A, B) throws -> (U, V)
) -> (A, B) throws -> (U, V) {
  let mapped = vmap(inAxes: inAxes, outAxes: outAxes, axisSize: axisSize, axisName: axisName) {
    (a: A, b: B) in
    let (u, v) = try function(a, b)
    return TreePair(u, v)
  }
  return { try mapped($0, $1).parts }
}
