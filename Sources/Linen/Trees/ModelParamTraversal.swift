/// A choice of parameters by their names: those that `filter` is true of, to be read or changed.
///
/// Mirrors `flax.traverse_util.ModelParamTraversal`: a name begins with a slash,
/// `/Dense_0/kernel`. The order is that of the sorted names.
///
///     let kernels = ModelParamTraversal { name, _ in name.hasSuffix("/kernel") }
///     let decayed = try kernels.update(params) { $0 * 0.99 }
public struct ModelParamTraversal: Sendable {
  private let filter: @Sendable (_ name: String, _ value: Tensor) -> Bool

  /// Creates the choice of parameters that `filter` is true of.
  public init(_ filter: @escaping @Sendable (_ name: String, _ value: Tensor) -> Bool) {
    self.filter = filter
  }

  /// The chosen parameters, in the order of their names.
  /// - Throws: an error if these variables are not a dictionary.
  public func iterate(_ params: Variables) throws -> [Tensor] {
    var values: [Tensor] = []
    _ = try update(params) { tensor in
      values.append(tensor)
      return tensor
    }
    return values
  }

  /// The parameters with the chosen ones changed.
  /// - Throws: an error if these variables are not a dictionary.
  public func update(
    _ params: Variables, _ transform: (Tensor) throws -> Tensor
  ) throws -> Variables {
    guard params.isDictionary else {
      throw LinenError(
        .other("Can only traverse a dictionary of parameters, not \(params.kindDescription)"))
    }
    var flat = flattenDict(params, keepEmptyNodes: true)
    for path in flat.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard let value = flat[path], let tensor = value.tensor,
        filter("/" + path.joined(separator: "/"), tensor)
      else { continue }
      flat[path] = value.replacingBoxed(with: Variables(try transform(tensor)))
    }
    return unflattenDict(flat)
  }
}
