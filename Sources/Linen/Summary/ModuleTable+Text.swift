extension ModuleTable {
  /// The table as Flax prints it, with an empty line before and after.
  public func text(_ style: TableStyle = TableStyle()) -> String {
    let hasColors =
      switch style.colors {
      case .automatic: Terminal.hasColors
      case .always: true
      case .never: false
      }
    let width = style.width ?? (Terminal.isInteractive ? Terminal.width : 120)
    return "\n" + layout.rendered(style, width: width, hasStyles: hasColors) + "\n"
  }

  private var layout: TextTable {
    var columns = leadingColumns
    columns[columns.count - 1].foot = StyledText("Total")
    columns[columns.count - 1].footAlignment = .right
    for collection in collections {
      columns.append(
        .init(
          head: collection, cells: rows.map { $0.cell(of: collection) },
          foot: size(of: collection).styled))
    }
    return TextTable(
      title: "\(name) Summary", columns: columns,
      caption: StyledText("\nTotal Parameters: ") + size.styled)
  }

  /// The columns before those of the collections.
  private var leadingColumns: [TextTable.Column] {
    var columns: [TextTable.Column] = [
      .init(head: "path", cells: rows.map { StyledText($0.path.joined(separator: "/")) }),
      .init(head: "module", cells: rows.map(\.moduleCell)),
      .init(head: "inputs", cells: rows.map(\.inputs.styled)),
      .init(head: "outputs", cells: rows.map(\.outputs.styled)),
    ]
    func count(_ number: Int?) -> StyledText { StyledText(number.map(String.init) ?? "") }
    if shows.flops { columns.append(.init(head: "flops", cells: rows.map { count($0.flops) })) }
    if shows.vjpFlops {
      columns.append(.init(head: "vjp_flops", cells: rows.map { count($0.vjpFlops) }))
    }
    return columns
  }
}

extension ModuleTable: CustomStringConvertible {
  /// The table as plain text of 120 columns.
  public var description: String { text(.plain()) }
}

extension ModuleTable.Row {
  /// The class, and the method if it is not `callAsFunction`.
  fileprivate var moduleCell: StyledText {
    method == "__call__" ? StyledText(moduleName) : StyledText("\(moduleName) ") + shownMethod
  }

  private var shownMethod: StyledText { StyledText("(\(method))", .dim) }

  /// The module's variables of a collection, and the size of what counts.
  fileprivate func cell(of collection: String) -> StyledText {
    let variables = ValueSummary(moduleVariables[collection]).styled
    let gap = variables.count == 0 ? "" : "\n\n"
    let size = size(of: collection).styled.cells.map { cell in
      StyledText.Cell(character: cell.character, style: cell.style.union(.bold))
    }
    return variables + StyledText(gap) + StyledText(size)
  }
}

extension VariableSize {
  /// The elements and bytes, such as `40 (160 B)`; nothing for none.
  fileprivate var styled: StyledText {
    elements == 0
      ? StyledText("") : StyledText("\(grouped(elements)) ") + StyledText("(\(bytesText))", .dim)
  }
}

extension VariableSize: CustomStringConvertible {
  /// The elements and bytes, such as `1,024 (4.1 KB)`; nothing for none.
  public var description: String { styled.plain }

  /// The bytes in units of a thousand, with one decimal.
  fileprivate var bytesText: String {
    for (unit, name) in [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "KB")]
    where bytes > unit {
      return "\(oneDecimal(Double(bytes) / Double(unit))) \(name)"
    }
    return "\(grouped(bytes)) B"
  }
}

/// A number of at least 0 with commas between groups of three digits.
private func grouped(_ number: Int) -> String {
  var digits = String(number)
  var index = digits.count - 3
  while index > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
    index -= 3
  }
  return digits
}

/// A positive number to one decimal, rounded as its exact binary value asks for.
private func oneDecimal(_ value: Double) -> String {
  let tenfold = value * 10
  // What the product lost: without it 2.15, which is a little less, would round up.
  let error = (-tenfold).addingProduct(value, 10)
  let lower = tenfold.rounded(.down)
  let rest = (tenfold - lower) + error
  let roundsUp = rest > 0.5 || (rest == 0.5 && lower.truncatingRemainder(dividingBy: 2) != 0)
  let tenths = Int(lower) + (roundsUp ? 1 : 0)
  return "\(grouped(tenths / 10)).\(tenths % 10)"
}
