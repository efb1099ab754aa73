extension Variables: CustomStringConvertible {
  /// The variables as Flax prints a dictionary: `{'params': {'kernel': ...}}`.
  public var description: String { text(sorted: false) { "\($0)" } }

  /// The shapes alone, sorted by name: `{'params': {'bias': (4,), 'kernel': (3, 4)}}`.
  ///
  /// As Python prints `jax.tree_util.tree_map(jnp.shape, variables)`.
  public var shapesDescription: String { text(sorted: true) { tuple($0.shape.map(String.init)) } }

  /// The variables with one name a line, each level further to the right.
  ///
  ///     {
  ///         params: {
  ///             kernel: ...,
  ///         },
  ///     }
  ///
  /// Mirrors `flax.core.pretty_repr`.
  public func prettyDescription(spaces: Int = 4) -> String {
    guard let entries else { return description }
    if entries.isEmpty { return "{}" }
    let indent = String(repeating: " ", count: spaces)
    let lines = entries.map { name, value in
      let line = "\(name): \(value.prettyDescription(spaces: spaces)),"
      return indent + line.replacing("\n", with: "\n\(indent)") + "\n"
    }
    return "{\n" + lines.joined() + "}"
  }

  private func text(sorted: Bool, _ leaf: (Tensor) -> String) -> String {
    switch node {
    case .dictionary(let entries):
      let names = sorted ? entries.keys.sorted() : entries.keys
      let parts = names.compactMap { name in
        entries[name].map { "'\(name)': \($0.text(sorted: sorted, leaf))" }
      }
      return "{" + parts.joined(separator: ", ") + "}"
    case .tensor(let tensor): return leaf(tensor)
    case .tuple(let elements): return tuple(elements.map { $0.text(sorted: sorted, leaf) })
    case .boxed(let box): return "\(box)"
    case .value(let value): return "\(value)"
    }
  }
}

/// The parts as Python prints a tuple: one part has a comma after it.
private func tuple(_ parts: [String]) -> String {
  parts.count == 1 ? "(\(parts[0]),)" : "(" + parts.joined(separator: ", ") + ")"
}
