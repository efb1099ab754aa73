/// What axes are for: the name that messages give them, and the transform.
struct AxesRole {
  let name: String
  let pack: Pack
}

extension ArgumentAxes {
  /// The axis for a tensor at a path; nil for none.
  ///
  /// Records an error if the axes have no entry for the path.
  func axis(at path: TreePath, _ role: AxesRole) -> Int? {
    axis(at: path) {
      let place = role.name == "inAxes" ? "argument" : "result"
      record(
        role.pack.error(
          .axesMisfit(name: role.name, axes: "\(self)", place: "\(place)\(path)")))
      return nil
    }
  }

  /// Records an error if there are not as many axes as parts of a tree that has a number of them.
  func checkCount(of tree: some TensorTree, _ role: AxesRole) {
    guard case .list(let axes) = self, let tree = tree as? any CountedTree,
      axes.count > tree.partCount
    else { return }
    record(
      role.pack.error(
        .axesMisfit(
          name: role.name, axes: "\(self)",
          place: "there are axes for \(axes.count), and \(tree.partCount) to have them")))
  }
}
