import Foundation
import Linen
import Training

/// The rows of a folder's tables.json; none if it is absent.
func tableRows(folder: String) throws -> [GoldenRow] {
  let path = "\(folder)/tables.json"
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  return (try GoldenRunner.document(path).members ?? []).flatMap { table in
    switch table.key {
    case "key_paths": keyPathRows(table.value)
    case "promotion": promotionRows(table.value)
    case "op_flops": operationCostRows(table.value)
    case "module_flops": moduleCostRows(table.value)
    case "defaults": defaultsRows(table.value)
    default: unbuiltRows(table)
    }
  }
}

/// A key of makeRNG by root key, scope path and counter.
private func keyPathRows(_ table: JSON) -> [GoldenRow] {
  (table.elements ?? []).enumerated().map { index, row in
    GoldenRow("table", "key_paths/\(index)") {
      guard let root = row["root"]?.elements?.compactMap(\.integer), root.count == 2,
        let path = row["path"]?.elements?.compactMap(\.text),
        let counter = row["counter"]?.integer,
        let expected = row["key"]?.elements?.compactMap(\.integer)
      else { throw GoldenError("a row of key_paths lacks root, path, counter or key") }
      let key = Key(data: Tensor(root, dtype: .uint32))
      let stream = path.reduce(LazyRNG(key)) { $0.appending($1) }
      let result = try stream.key(counter: UInt(counter)).data.scalars(as: Int.self)
      return result == expected
        ? [] : ["\(path) counter \(counter): \(result), expected \(expected)"]
    }
  }
}

/// The dtype of two operands, and of one with a weakly typed scalar.
private func promotionRows(_ table: JSON) -> [GoldenRow] {
  (table.members ?? []).flatMap { mode in
    (mode.value.members ?? []).map { part in
      GoldenRow("table", "promotion/\(mode.key)/\(part.key)") {
        try withDefaultPrecision(mode.key == "x64" ? .x64 : .x32) {
          try (part.value.members ?? []).compactMap { try promotionFailure(part.key, $0) }
        }
      }
    }
  }
}

private func promotionFailure(_ part: String, _ row: JSON.Member) throws -> String? {
  let names = row.key.split(separator: ",").map(String.init)
  guard names.count == 2, let a = DType(name: names[0]), let expected = row.value.text else {
    throw NotBuilt("promotion of \(row.key)")
  }
  let result: DType
  if let b = DType(name: names[1]) {
    result = .promoted(a, b)
  } else {
    let weak: DType
    switch names[1] {
    case "bool": weak = .bool
    case "int": weak = .defaultInteger
    case "float": weak = .defaultFloat
    default: throw NotBuilt("promotion with a Python \(names[1])")
    }
    result = .promoted(a, weak: false, weak, weak: true)
  }
  return result.name == expected ? nil : "\(row.key): \(result.name), expected \(expected)"
}

private func unbuiltRows(_ table: JSON.Member) -> [GoldenRow] {
  let names =
    table.value.members?.map(\.key)
    ?? (table.value.elements ?? []).enumerated().map { $1["id"]?.text ?? "\($0)" }
  return names.map { name in
    GoldenRow("table", "\(table.key)/\(name)") { throw NotBuilt(table.key) }
  }
}
