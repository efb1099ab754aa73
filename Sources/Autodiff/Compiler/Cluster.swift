/// Equations that one loop does together, over one index space of rows and columns.
///
/// All are elementwise over that space (full) or over its rows, or reduce over columns (giving a
/// value for each row) or over rows (giving a result that is whole only when the loop is done).
final class Cluster {
  /// What a value of the cluster has an element for.
  enum Level {
    case full
    case row
    /// The result of a reduction over rows: usable after the loop.
    case terminal
  }

  /// The sizes of the index space, without axes of size 1.
  let space: [Int]
  /// How many of the axes are rows; nil while it does not matter.
  var split: Int?
  /// Indices of equations, rising.
  var equations: [Int]
  var levels: [Int: Level]

  init(space: [Int], split: Int?, equation: Int, variable: Int, level: Level) {
    self.space = space
    self.split = split
    equations = [equation]
    levels = [variable: level]
  }
}

extension Shape {
  /// The sizes other than 1.
  var significant: [Int] { dimensions.filter { $0 != 1 } }
}

extension Layout {
  /// The strides of the axes whose size is not 1.
  var significantStrides: [Int] {
    zip(shape.dimensions, strides).filter { $0.0 != 1 }.map(\.1)
  }
}
