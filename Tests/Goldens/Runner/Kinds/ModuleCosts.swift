import Linen
import Tensor
import Training

/// The rows of module_flops: the operations that tabulate counts for modules, their inputs known by
/// their types.
func moduleCostRows(_ table: JSON) -> [GoldenRow] {
  (table.elements ?? []).enumerated().map { index, json in
    GoldenRow("table", "module_flops/\(json["id"]?.text ?? "\(index)")") {
      let types = try (json["inputs"]?.elements ?? []).map(type)
      let names = types.indices.map { "in/\($0)" }
      let values = Values(
        tensors: Dictionary(uniqueKeysWithValues: zip(names, types.map { Tensor($0) })))
      let row = try module(json["spec"]?["module"]?.text ?? "", json["spec"]?["config"], values)
      let references = names.map { JSON.object([.init("tensor", .string($0))]) }
      let streams = (json["rngs"]?.elements ?? []).compactMap(\.text)
      let keys = streams.enumerated().map { ($1, Key($0)) }
      let calls = try row.module.moduleTable(
        Dictionary(uniqueKeysWithValues: keys), computeFlops: true, computeVJPFlops: true
      ) { _ in
        try row.call(
          "__call__", Call(positional: references, named: Arguments(nil, values)))
      }
      return mismatches(calls.rows, json["rows"]?.elements ?? [])
    }
  }
}

private func type(_ json: JSON) throws -> ShapeDtype {
  guard let shape = json["shape"]?.elements?.compactMap(\.integer),
    let dtype = json["dtype"]?.text.flatMap({ DType(name: $0) })
  else { throw GoldenError("an input of module_flops lacks shape or dtype") }
  return ShapeDtype(Shape(shape), dtype)
}

private func mismatches(_ rows: [ModuleTable.Row], _ expected: [JSON]) -> [String] {
  func text(_ path: String, _ module: String, _ flops: Int?, _ vjpFlops: Int?) -> String {
    "\(path) \(module) \(flops ?? -1) \(vjpFlops ?? -1)"
  }
  let found = rows.map {
    text($0.path.joined(separator: "/"), $0.moduleName, $0.flops, $0.vjpFlops)
  }
  let wanted = expected.map {
    text(
      $0["path"]?.text ?? "", $0["module"]?.text ?? "", $0["flops"]?.integer,
      $0["vjp_flops"]?.integer)
  }
  guard found.count == wanted.count else { return ["the rows are \(found), expected \(wanted)"] }
  return zip(found, wanted).filter { $0 != $1 }.map { "\($0), expected \($1)" }
}
