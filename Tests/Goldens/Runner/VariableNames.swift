import Linen
import Tensor
import Training

extension TreePath {
  /// The path as the golden files name tensors: its steps, with / and % escaped, joined by /.
  var goldenName: String {
    keys.map { key in
      switch key {
      case .key(let name), .field(let name):
        name.map { $0 == "%" ? "%25" : $0 == "/" ? "%2F" : String($0) }.joined()
      case .index(let index): "\(index)"
      }
    }.joined(separator: "/")
  }
}

extension Variables {
  /// The tensors by their names in golden files.
  var byGoldenName: [String: Tensor] {
    Dictionary(
      treeLeavesWithPath(self).map { ($0.path.goldenName, $0.leaf) }, uniquingKeysWith: { $1 })
  }

  /// These variables with the tensors that `replacements` names, all of which must be here.
  func replacing(_ replacements: [String: Tensor]) throws -> Variables {
    var rest = replacements
    let result = treeMapWithPath(self) { path, tensor in
      rest.removeValue(forKey: path.goldenName) ?? tensor
    }
    if let name = rest.keys.min() { throw GoldenError("there is no variable \(name) to replace") }
    return result
  }
}
