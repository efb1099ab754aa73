import Foundation
import Linen
import Tensor
import Training

/// The programs by their ids.
private let programs: [String: Program] = [
  "add_metadata_axis": addMetadataAxisNames,
  "batchnorm_axis_name": batchNormAxisName,
  "compact_methods": compactMethods,
  "custom_vjp_sign": customVJPSign,
  "docs_autoencoder_bind": docsAutoencoderBind,
  "docs_capture_intermediates": docsCaptureIntermediates,
  "docs_causal_dense": docsCausalDense,
  "docs_intercept_methods": docsInterceptMethods,
  "docs_module_paths": docsModulePaths,
  "docs_perturb": docsPerturb,
  "docs_perturb_partitionable": docsPerturb,
  "docs_sow": docsSow,
  "docs_tabulate_foo": docsTabulateFoo,
  "functional_init_apply": functionalInitApply,
  "make_rng_default": makeRNGDefault,
  "map_variables_forms": mapVariablesForms,
  "remat_jit": rematJIT,
  "remat_scan_big": rematScanBig,
  "rng_paths": rngPaths,
  "scan_lstm": scanLSTM,
  "scan_stacked_layers": scanStackedLayers,
  "share_scope_lora": shareScopeLoRA,
  "shared_submodules": sharedSubmodules,
  "tabulate_nested": tabulateNested,
  "tied_autoencoder": tiedAutoencoder,
  "train_cnn_batchnorm": trainCNNBatchNorm,
  "train_mlp": trainMLP,
  "transformer_decode": transformerDecode,
  "vae": vae,
  "variables_and_collections": variablesAndCollections,
  "vjp_jvp_grad": vjpJVPGrad,
  "vmap_ensemble": vmapEnsemble,
  "while_cond_switch": whileCondSwitch,
]

/// The programs of a folder; none if it has no `programs`.
func programRows(folder: String) throws -> [GoldenRow] {
  let path = "\(folder)/programs/programs.json"
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  return (try GoldenRunner.document(path)["programs"]?.elements ?? []).map { json in
    let id = json["id"]?.text ?? ""
    return GoldenRow("program", id) {
      guard let program = programs[id] else { throw NotBuilt(id) }
      return try failures(of: program, json, folder: "\(folder)/programs")
    }
  }
}

private func failures(of program: Program, _ json: JSON, folder: String) throws -> [String] {
  guard let name = json["file"]?.text else { throw GoldenError("the program names no file") }
  let file = try SafetensorsFile(path: "\(folder)/\(name)")
  let isOriginal = json["threefry_partitionable"]?.bool == false
  let run = ProgramRun(file, isOriginal ? .original : .partitionable)
  try withDefaultPrecision(json["x64"]?.bool == true ? .x64 : .x32) {
    try withErrors { try program(run) }
  }
  return try groupFailures(run, json, file) + textFailures(run, json, folder: folder)
    + valueFailures(run, json)
}

private func groupFailures(
  _ run: ProgramRun, _ json: JSON, _ file: SafetensorsFile
) throws -> [String] {
  var failures: [String] = []
  for group in (json["groups"]?.elements ?? []).compactMap(\.text) {
    guard let tolerance = Tolerance(json["tolerance"]?[group]) else {
      throw GoldenError("there is no tolerance for \(group)")
    }
    let results = run.groups[group] ?? [:]
    let expected = file.names.filter { $0 == group || $0.hasPrefix(group + "/") }
    for name in results.keys.sorted() where !expected.contains(name) {
      failures.append("\(name) is not among Flax's")
    }
    for name in expected {
      guard let result = results[name] else {
        failures.append("\(name) is missing")
        continue
      }
      if let mismatch = try tolerance.mismatch(result, try file.tensor(name)) {
        failures.append("\(name) \(mismatch)")
      }
    }
  }
  return failures
}

private func textFailures(_ run: ProgramRun, _ json: JSON, folder: String) throws -> [String] {
  try (json["texts"]?.members ?? []).compactMap { member in
    let url = URL(fileURLWithPath: "\(folder)/\(member.value.text ?? "")")
    let expected = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    switch run.texts[member.key] {
    case nil: return "text \(member.key) is missing"
    case .table(var table, let style):
      table.arrange(like: expected)
      let text = table.text(style)
      return text == expected ? nil : "text \(member.key) is\n\(text)\nexpected\n\(expected)"
    case .exact(let text):
      return text == expected ? nil : "text \(member.key) is\n\(text)\nexpected\n\(expected)"
    case .numbers(let text):
      return agree(text, expected)
        ? nil : "text \(member.key) is\n\(text)\nexpected\n\(expected)"
    }
  }
}

private func valueFailures(_ run: ProgramRun, _ json: JSON) -> [String] {
  (json["values"]?.members ?? []).compactMap { member in
    guard let value = run.values[member.key] else { return "value \(member.key) is missing" }
    return value.sorted == member.value.sorted
      ? nil : "value \(member.key) is \(value), expected \(member.value)"
  }
}

extension ModuleTable {
  /// Puts the columns of collections in the order that they have in a text of Flax's, which is that
  /// of a set of Python's and means nothing.
  fileprivate mutating func arrange(like text: String) {
    let lines = text.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n")
    let heads =
      lines.first { $0.contains("path") && $0.contains("┃") }?
      .split(separator: "┃").map { $0.prefix { $0 != "…" }.filter { $0 != " " } } ?? []
    let places = collections.map { name in
      heads.firstIndex { !$0.isEmpty && name.hasPrefix($0) } ?? heads.count
    }
    collections = zip(collections, places).sorted { $0.1 < $1.1 }.map(\.0)
  }
}

/// Whether two texts are equal but for the last digits of numbers.
private func agree(_ a: String, _ b: String) -> Bool {
  func words(_ text: String) -> [String] {
    text.split { " \n[](),".contains($0) }.map(String.init)
  }
  let (x, y) = (words(a), words(b))
  return x.count == y.count
    && zip(x, y).allSatisfy { left, right in
      guard let p = Double(left), let q = Double(right) else { return left == right }
      return abs(p - q) <= 1e-5 * abs(q) + 1e-6
    }
}

extension JSON {
  /// The same value with the keys of all objects sorted: their order means nothing here.
  fileprivate var sorted: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.sorted))
    case .object(let members):
      .object(
        members.map { Member($0.key, $0.value.sorted) }.sorted { $0.key < $1.key })
    default: self
    }
  }

  /// A list of texts.
  static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
