import Tensor
import Training

/// A case of the manifest with its tensors: what Flax was given and what it gave.
package struct GoldenCase: Sendable {
  package let id: String
  package let kind: String
  package let module: String
  /// The whole entry of the manifest.
  package let json: JSON
  package let tensors: SafetensorsFile
  /// The file of a serialization case.
  package let folder: String

  init(_ json: JSON, folder: String) throws {
    guard let id = json["id"]?.text, let kind = json["kind"]?.text,
      let module = json["module"]?.text
    else { throw GoldenError("a case of the manifest lacks id, kind or module") }
    self.id = id
    self.kind = kind
    self.module = module
    self.json = json
    self.folder = folder
    let file = json["file"]?.text ?? "\(id).safetensors"
    tensors = try SafetensorsFile(path: "\(folder)/\(file)")
  }

  /// The layout of random draws that JAX was set to.
  package var layout: ThreefryLayout {
    json["threefry_partitionable"]?.bool == false ? .original : .partitionable
  }

  package var precision: DefaultPrecision { json["x64"]?.bool == true ? .x64 : .x32 }

  /// The names of tensors that begin with `prefix/`, without it.
  package func names(under prefix: String) -> [String] {
    tensors.names.filter { $0.hasPrefix(prefix + "/") }.map {
      String($0.dropFirst(prefix.count + 1))
    }
  }

  /// The tensors under `prefix`, by the rest of their names.
  package func tree(_ prefix: String) throws -> [String: Tensor] {
    try Dictionary(
      uniqueKeysWithValues: names(under: prefix).map { ($0, try tensors.tensor("\(prefix)/\($0)")) }
    )
  }

  /// The key made of a tensor such as `rng/key`.
  package func key(_ name: String) throws -> Key {
    Key(data: try tensors.tensor(name), layout: layout)
  }
}

/// A golden file that says something unexpected, or a result that has the wrong form.
package struct GoldenError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// What a case needs and is not there: the case is skipped, naming it.
package struct NotBuilt: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
