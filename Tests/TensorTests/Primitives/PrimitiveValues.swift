/// The expected results of the catalogue's rows.
enum PrimitiveValues {
  /// Numbers by label; a continued line begins with spaces.
  static let table: [String: [Double]] = {
    var table: [String: [Double]] = [:]
    var label = ""
    for line in (windows + "\n" + others).split(separator: "\n") {
      var rest = line
      if !line.hasPrefix(" ") {
        guard let colon = line.lastIndex(of: ":") else { continue }
        label = String(line[..<colon])
        rest = line[line.index(after: colon)...]
        table[label] = []
      }
      table[label, default: []] += rest.split(separator: " ").compactMap { Double($0) }
    }
    return table
  }()
}
