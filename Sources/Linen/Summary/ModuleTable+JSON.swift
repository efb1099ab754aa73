extension ModuleTable {
  /// The table as a JSON object, for programs that read it.
  ///
  ///     {"name": "Foo", "collections": ["params"], "rows": [{"path": ["Dense_0"], "module": "Dense",
  ///      "method": "__call__", "inputs": {"dtype": "float32", "shape": [16, 9]}, ...,
  ///      "variables": {"params": {"bias": {"dtype": "float32", "shape": [4]}, ...}},
  ///      "sizes": {"params": {"elements": 40, "bytes": 160}}}, ...],
  ///      "sizes": {...}, "total": {"elements": 50, "bytes": 200}}
  ///
  /// `flops` and `vjp_flops` are there where they were asked for.
  public var json: String {
    object([
      ("name", string(name)), ("collections", array(collections.map(string))),
      ("rows", array(rows.map(json(of:)))),
      ("sizes", sizes { size(of: $0) }), ("total", json(of: size)),
    ])
  }

  private func json(of row: Row) -> String {
    var members = [
      ("path", array(row.path.map(string))), ("module", string(row.moduleName)),
      ("method", string(row.method)), ("inputs", json(of: row.inputs)),
      ("outputs", json(of: row.outputs)),
    ]
    if let flops = row.flops { members.append(("flops", "\(flops)")) }
    if let flops = row.vjpFlops { members.append(("vjp_flops", "\(flops)")) }
    members.append(("variables", json(of: ValueSummary(row.moduleVariables))))
    members.append(("sizes", sizes { row.size(of: $0) }))
    return object(members)
  }

  private func sizes(_ size: (String) -> VariableSize) -> String {
    object(collections.map { ($0, json(of: size($0))) })
  }

  private func json(of size: VariableSize) -> String {
    object([("elements", "\(size.elements)"), ("bytes", "\(size.bytes)")])
  }

  private func json(of value: ValueSummary) -> String {
    switch value {
    case .array(let dtype, let shape, let names):
      var members = [("dtype", string(dtype)), ("shape", array(shape.map(String.init)))]
      if let names {
        members.append(("names", array(names.axes.map(json(of:)))))
      }
      return object(members)
    case .value(let text): return string(text)
    case .list(let elements): return array(elements.map(json(of:)))
    case .mapping(let entries): return object(entries.map { ($0.name, json(of: $0.value)) })
    }
  }

  private func json(of axis: PartitionSpec.Axis) -> String {
    switch axis {
    case .unsharded: "null"
    case .unconstrained: string("UNCONSTRAINED")
    case .name(let name): string(name)
    case .names(let names): array(names.map(string))
    }
  }
}

private func array(_ elements: [String]) -> String {
  "[" + elements.joined(separator: ", ") + "]"
}

private func object(_ members: [(String, String)]) -> String {
  "{" + members.map { "\(string($0)): \($1)" }.joined(separator: ", ") + "}"
}

/// Text in quotation marks, escaped as RFC 8259 asks for.
private func string(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\u{0}"..<" ":
      let hex = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
