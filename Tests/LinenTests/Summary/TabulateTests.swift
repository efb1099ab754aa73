import Linen
import Testing

/// Tables of modules, compared with what Flax prints: see Fixtures/generate.py.
@Suite struct TabulateTests {
  private let keys: [String: Key] = ["params": Key(1), "dropout": Key(0)]
  private let image = Tensor(ShapeDtype([2, 6, 6, 1], .float32))
  private let style = TableStyle(width: 200, colors: .never)

  private func table<M: Module, R>(
    _ model: M, _ x: Tensor, depth: Int? = nil, showRepeated: Bool = false,
    mutable: CollectionFilter = .deny("intermediates"), _ call: (M, Tensor) throws -> R
  ) throws -> ModuleTable {
    try model.moduleTable(
      keys, x, depth: depth, showRepeated: showRepeated, mutable: mutable, computeFlops: true,
      computeVJPFlops: true, call)
  }

  private func text<M: Module, R>(
    _ model: M, _ x: Tensor, showRepeated: Bool = false, _ call: (M, Tensor) throws -> R
  ) throws -> String {
    try table(model, x, showRepeated: showRepeated, call).text(style)
  }

  private func shape(_ value: ValueSummary) -> Shape? {
    if case .array(_, let shape, _) = value { shape } else { nil }
  }

  @Test func moduleSummary() throws {
    let table = try table(ConvNet(), image, showRepeated: true, mutable: true) {
      $0($1, training: true)
    }
    let paths = table.rows.map { $0.path.joined(separator: "/") }
    #expect(
      paths == [
        "", "block1", "block1/conv", "block1/bn", "block1/dropout", "block2", "block2/conv",
        "block2/bn", "block2/dropout", "dense",
      ])
    #expect(
      table.rows[0].inputs
        == .list([
          .array(dtype: "float32", shape: [2, 6, 6, 1]),
          .mapping([.init("training", .value("True"))]),
        ]))
    let logits = ValueSummary.array(dtype: "float32", shape: [2, 10])
    #expect(
      table.rows[0].outputs == .list([logits, .mapping([.init("a", logits), .init("b", logits)])]))
    #expect(shape(table.rows[2].inputs) == [2, 6, 6, 1])
    #expect(shape(table.rows[2].outputs) == [2, 6, 6, 32])
    #expect(shape(table.rows[7].outputs) == [2, 6, 6, 64])
    #expect(shape(table.rows[9].inputs) == [2, 64])
    for row in table.rows {
      #expect(VariableSize(row.moduleVariables) == VariableSize(row.countedVariables))
      let below = table.rows.filter {
        $0.path.count == row.path.count + 1 && $0.path.starts(with: row.path)
      }
      #expect(try #require(row.flops) >= below.compactMap(\.flops).reduce(0, +))
      #expect(try #require(row.vjpFlops) >= below.compactMap(\.vjpFlops).reduce(0, +))
    }
  }

  @Test func moduleSummaryWithDepth() throws {
    let table = try table(ConvNet(), image, depth: 1, mutable: true) { $0($1, training: true) }
    #expect(table.rows.map(\.path) == [[], ["block1"], ["block2"], ["dense"]])
    for (row, isSummed) in zip(table.rows, [false, true, true, false]) {
      let own = VariableSize(row.moduleVariables)
      #expect((own != VariableSize(row.countedVariables)) == isSummed, "\(row.path)")
    }
    let flops = table.rows.map { $0.flops ?? 0 }
    #expect(flops[0] > flops[1...].reduce(0, +))
    try expectTable(table.text(style), "cnn_depth")
  }

  @Test func tabulate() throws {
    let text = try ConvNet().tabulate(
      keys, image, style: style, computeFlops: true, computeVJPFlops: true
    ) { $0($1, training: true) }
    try expectTable(text, "cnn")
    #expect(text.contains("Total Parameters: 19,850 (79.4 KB)"))
  }

  @Test func tabulateWithSow() throws {
    let table = try table(ConvNet(sows: true), image, mutable: true) { $0($1, training: true) }
    #expect(table.collections == ["params", "intermediates", "batch_stats"])
    try expectTable(table.text(style), "cnn_sow")
  }

  @Test func tabulateWithMethod() throws {
    let text = try text(ConvNet(), image) { $0.cnn_method($1, training: true) }
    #expect(text.contains("(block_method)") && text.contains("(cnn_method)"))
    try expectTable(text, "cnn_method")
  }

  @Test func tabulateFunction() throws {
    let tabulate = tabulator(
      of: ConvNet(), keys, style: style, computeFlops: true, computeVJPFlops: true
    ) { (model: ConvNet, x: Tensor) in model(x, training: true) }
    try expectTable(try tabulate(image), "cnn")
  }

  @Test func liftedTransform() throws {
    let sequence = Tensor(ShapeDtype([32, 128, 64], .float32))
    try expectTable(
      try text(ScannedLSTM(nameOfScan: "ScanLSTM"), sequence) { $0($1) }, "lstm_named")
    try expectTable(
      try text(Lifting(), Tensor(ShapeDtype([4, 5, 6], .float32))) { $0($1) }, "lifting")
  }

  @Test func liftedTransformNoRename() throws {
    let sequence = Tensor(ShapeDtype([32, 128, 64], .float32))
    try expectTable(try text(ScannedLSTM(), sequence) { $0($1) }, "lstm")
  }

  @Test func moduleReuse() throws {
    let x = Tensor(ShapeDtype([4, 28, 28, 32], .float32))
    try expectTable(try text(Reusing(), x, showRepeated: true) { $0($1) }, "reusing")
    let all = try table(Reusing(), x, depth: 1, showRepeated: true, mutable: true) { $0($1) }
    let block = try table(ReusedBlock(), x, depth: 1, mutable: true) { $0($1) }
    #expect(all.rows.count == 4)
    #expect(all.rows[0].flops == all.rows[1...].compactMap(\.flops).reduce(0, +))
    #expect(all.rows[0].vjpFlops == all.rows[1...].compactMap(\.vjpFlops).reduce(0, +))
    for row in all.rows[1...] {
      #expect(row.flops == block.rows[0].flops && row.vjpFlops == block.rows[0].vjpFlops)
    }
  }

  @Test func emptyInputSummary() throws {
    let text = try EmptyInput().tabulate(
      RNGs(), style: style, computeFlops: true, computeVJPFlops: true
    ) { $0() }
    try expectTable(text, "empty_input")
  }

  @Test func numpyScalar() throws {
    let text = try ScalarInput().tabulate(
      RNGs(), style: style, computeFlops: true, computeVJPFlops: true
    ) { $0() }
    try expectTable(text, "scalar_input")
  }

  @Test func partitionedParams() throws {
    let x = Tensor(ShapeDtype([1, 28, 28, 1], .float32))
    let text = try text(Classifier(), x) { $0($1) }
    #expect(text.contains("P(None,)") && text.contains("P(None, data)"))
    try expectTable(text, "classifier")
  }

  @Test func longPartitionNamesAreBrokenAsInYAML() throws {
    let text = try LongNames().tabulate(
      Key(0), Tensor(ShapeDtype([2, 3, 4], .float32)), style: style
    ) { $0($1) }
    try expectTable(text, "long_names")
  }

  @Test func nonArrayVariables() throws {
    let text = try Sowing().tabulate(
      RNGs(), style: style, computeFlops: true, computeVJPFlops: true
    ) { $0() }
    try expectTable(text, "sowing")
  }

  @Test func tabulateParamCountAndFlops() throws {
    let text = try Foo().tabulate(
      Key(0), Tensor(ShapeDtype([16, 9], .float32)), style: .plain(width: 90), computeFlops: true,
      computeVJPFlops: true
    ) { $0($1) }
    try expectTable(text, "foo_90")
    #expect(text.contains("Total Parameters: 50"))
  }

  /// Keys of dictionaries are texts here, in Flax also members of an enumeration.
  @Test func tabulateEnum() throws {
    let inputs = ["x": Tensor(ShapeDtype([1, 1], .float32))]
    let style = TableStyle(width: 120, colors: .always)
    let text = try DictionaryInput().tabulate(Key(0), inputs, style: style) { $0($1) }
    try expectTable(text, "dictionary")
    let labelled = try DictionaryInput().tabulate(Key(0), inputs, style: style) {
      $0(inputs: $1)
    }
    try expectTable(labelled, "dictionary_labelled")
  }

  @Test func tabulateNormWrapper() throws {
    let x = Tensor(ShapeDtype([1, 2], .float32))
    try expectTable(try Wrapping().tabulate(Key(0), x, style: style) { $0($1) }, "wrapping")
  }

  @Test func layersOfManyKinds() throws {
    try expectTable(
      try text(Mixing(), Tensor(ShapeDtype([2, 4, 6], .float32))) { $0($1) }, "mixing")
  }

  @Test func namesThatGoOnInAnotherMethod() throws {
    try expectTable(
      try text(Naming(), Tensor(ShapeDtype([2, 4], .float32))) { $0($1) }, "naming")
  }
}
