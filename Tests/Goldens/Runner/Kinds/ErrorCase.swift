import Foundation
import Linen
import Tensor
import Training

/// A program that makes a mistake.
typealias MistakenProgram = @Sendable () throws -> Void

/// The programs of a folder's errors.json; none if it is absent.
func errorRows(folder: String) throws -> [GoldenRow] {
  let path = "\(folder)/errors.json"
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  return (try GoldenRunner.document(path)["errors"]?.elements ?? []).map { json in
    let id = json["id"]?.text ?? ""
    return GoldenRow("error", id) {
      if let reason = refusedByTheCompiler[id] {
        throw NotBuilt("refused by the compiler (\(reason))")
      }
      guard let program = mistakenPrograms[id] else { throw NotBuilt(id) }
      return try failures(of: program, json)
    }
  }
}

private func failures(of program: MistakenProgram, _ json: JSON) throws -> [String] {
  let accepted = json["exception"]?.isNull == true
  do {
    try withErrors { try program() }
  } catch let reason as NotBuilt {
    throw reason
  } catch {
    if accepted { return ["throws \(error), which Flax accepts"] }
    return try mismatch("\(error)", json).map { [$0] } ?? []
  }
  return accepted ? [] : ["throws nothing, expected \(json["message"]?.text ?? "")"]
}

/// Compares the first line of a message with that of the pattern, the whole of it.
private func mismatch(_ message: String, _ json: JSON) throws -> String? {
  let pattern = json["pattern"]?.text ?? ""
  // A pattern of several lines escapes the line feeds in it.
  let first = pattern.components(separatedBy: "\\\n")[0]
  let line = message.split(separator: "\n", omittingEmptySubsequences: false)[0]
  let expression = try NSRegularExpression(pattern: "^(?:\(first))$")
  let text = String(line)
  let range = NSRange(text.startIndex..., in: text)
  guard expression.firstMatch(in: text, range: range) == nil else { return nil }
  return "throws \"\(line)\", expected \"\(json["message"]?.text ?? "")\""
}
