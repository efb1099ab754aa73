import Linen

/// Lists a model's parameters as a table: a row for each module, and the total.
///
///     module   parameters                     count
///     ---------------------------------------------
///     Conv_0   kernel [3, 3, 1, 32], bias [32]  320
public func parameterTable(_ params: Variables) -> String {
  var rows: [(module: String, parameters: [String], count: Int)] = []
  func add(_ part: Variables, _ path: String) {
    var own: [String] = []
    var count = 0
    for (name, value) in part {
      if let tensor = value.tensor {
        own.append("\(name) \(tensor.shape)")
        count += tensor.elementCount
      }
    }
    if !own.isEmpty { rows.append((path, own, count)) }
    for (name, value) in part where value.isDictionary {
      add(value, path.isEmpty ? name : "\(path)/\(name)")
    }
  }
  add(params, "")

  let total = rows.map(\.count).reduce(0, +)
  let cells =
    [("module", "parameters", "count")]
    + rows.map { ($0.module, $0.parameters.joined(separator: ", "), grouped(Double($0.count))) }
    + [("total", "", grouped(Double(total)))]
  let widths = (
    cells.map(\.0.count).max() ?? 0, cells.map(\.1.count).max() ?? 0,
    cells.map(\.2.count).max() ?? 0
  )
  var lines = cells.map { cell in
    left(cell.0, widths.0 + 2) + left(cell.1, widths.1 + 2) + right(cell.2, widths.2)
  }
  let rule = String(repeating: "-", count: widths.0 + widths.1 + widths.2 + 4)
  lines.insert(rule, at: lines.count - 1)
  lines.insert(rule, at: 1)
  return lines.joined(separator: "\n")
}
