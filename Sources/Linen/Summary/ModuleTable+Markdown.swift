extension ModuleTable {
  /// The table in GitHub's Markdown, https://github.github.com/gfm.
  public var markdown: String {
    var head = ["path", "module", "inputs", "outputs"]
    if shows.flops { head.append("flops") }
    if shows.vjpFlops { head.append("vjp_flops") }
    let leading = head.count
    head += collections
    var lines = [line(head), line(head.map { _ in "---" })]
    lines += rows.map { row in
      let method = row.method == "__call__" ? "" : " (\(row.method))"
      var cells = [
        code(row.path.joined(separator: "/")), row.moduleName + method,
        row.inputs.styled.plain, row.outputs.styled.plain,
      ]
      if shows.flops { cells.append(row.flops.map(String.init) ?? "") }
      if shows.vjpFlops { cells.append(row.vjpFlops.map(String.init) ?? "") }
      return line(cells + collections.map { cell(row, $0) })
    }
    let blanks = Array(repeating: "", count: leading - 1)
    lines.append(line(blanks + ["Total"] + collections.map { bold("\(size(of: $0))") }))
    return "### \(name) Summary\n\n" + lines.joined(separator: "\n")
      + "\n\nTotal Parameters: \(bold("\(size)"))\n"
  }

  private func cell(_ row: Row, _ collection: String) -> String {
    let variables = ValueSummary(row.moduleVariables[collection]).styled.plain
    return [variables, bold("\(row.size(of: collection))")].filter { !$0.isEmpty }
      .joined(separator: "\n\n")
  }

  private func line(_ cells: [String]) -> String {
    let escaped = cells.map {
      $0.replacing("|", with: "\\|").replacing("\n", with: "<br>")
    }
    return "| " + escaped.joined(separator: " | ") + " |"
  }
}

private func bold(_ text: String) -> String { text.isEmpty ? "" : "**\(text)**" }

private func code(_ text: String) -> String { text.isEmpty ? "" : "`\(text)`" }
