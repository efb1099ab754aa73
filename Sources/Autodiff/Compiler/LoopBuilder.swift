import CKernels

/// Turns a cluster into the tables that the C tile loop runs on.
struct LoopBuilder {
  /// The elements of a tile: so many that calling the kernels costs little (benchmark kernels/fused;
  /// 1,024 to 2,048 were within 5% of each other), but no more than that the tiles of all values, in
  /// registers and in memory, stay in the first-level cache.
  private var tileElements = 2048
  private static let mostTileBytes = 32 << 10
  private static let fewestTileElements = 256
  /// With values for each row, whose kernels do but one element a row, tiles of several rows pay, even
  /// from the second-level cache: the gradient of layer norm takes half the time (transformer_nodrop).
  private static let mostTileBytesOfRows = 64 << 10
  private static let fewestTileElementsOfRows = 1024
  /// Loops of as many elements and steps ask for their next tile's operands while they work on one.
  private static let fetchingElements = 1 << 18
  private static let fetchingSteps = 4

  private let cluster: Cluster
  private let graph: Graph
  private let table: ValueTable
  /// The address-table index of a base value's memory.
  private let slot: (Int) -> Int
  /// Whether a value made by the loop is needed outside it.
  private let isNeeded: (Int) -> Bool
  /// How such a value lies in its memory.
  private let layout: (Int) -> Layout
  /// Whether such a value has memory of its own, that nothing has just read.
  private let isFresh: (Int) -> Bool
  /// Whether a result may be computed in the memory of such an argument.
  private let isOverwritten: (Int) -> Bool

  private var values: [ck_tile_value] = []
  private var steps: [ck_tile_step] = []
  private var rowSizes: [Int] = []
  private var rows = 1
  private var columns = 1
  private var tileRows = 1
  private var tileColumns = 1
  private var split = 0
  /// The axes of the space that each row axis of the loop, outermost first, is merged from.
  private var rowGroups: [[Int]] = []
  private var valueOf: [Int: Int] = [:]
  private var scratch = 0
  private var freeRegisters: [(offset: Int, size: Int)] = []
  private var partials: [Loop.Partial] = []
  private var streams: [ck_tile_stream] = []
  private var fetches: [Int32] = []

  init(
    _ cluster: Cluster, _ graph: Graph, slot: @escaping (Int) -> Int,
    isNeeded: @escaping (Int) -> Bool, table: ValueTable, layout: @escaping (Int) -> Layout,
    isFresh: @escaping (Int) -> Bool = { _ in false },
    isOverwritten: @escaping (Int) -> Bool = { _ in false }
  ) {
    self.cluster = cluster
    self.graph = graph
    self.table = table
    self.slot = slot
    self.isNeeded = isNeeded
    self.layout = layout
    self.isFresh = isFresh
    self.isOverwritten = isOverwritten
  }

  /// Builds the loop; nil if its index space has more axes than the C loop counts through.
  func build() -> Loop? {
    var builder = self
    guard let loop = builder.attempt() else { return nil }
    let hasRows = cluster.levels.values.contains(.row)
    let most = hasRows ? Self.mostTileBytesOfRows : Self.mostTileBytes
    let fewest = hasRows ? Self.fewestTileElementsOfRows : Self.fewestTileElements
    let fitting = most / max(1, builder.bytesPerElement) / 64 * 64
    guard fitting < tileElements else { return loop }
    var smaller = self
    smaller.tileElements = max(fewest, fitting)
    return smaller.attempt()
  }

  /// The bytes that an element of the tile takes in all values that have one for each.
  private var bytesPerElement: Int {
    var widths: [Int32: Int] = [:]
    for value in values where value.level == CK_TILE_FULL && value.memory >= 0 {
      widths[value.memory] = Int(value.width)
    }
    return scratch / max(1, tileRows * tileColumns) + widths.values.reduce(0, +)
  }

  /// What an element of the space costs, in calls of a simple kernel on an element.
  private var workPerElement: Double {
    let arithmetic = cluster.equations.reduce(0.0) { $0 + graph.kernelCalls(of: $1) }
    let streams = values.count { $0.level == CK_TILE_FULL && $0.memory >= 0 }
    return arithmetic + 2 * Double(streams)
  }

  private mutating func attempt() -> Loop? {
    let operations = composed(cluster.equations.map { operation($0) })
    guard chooseSpace(operations) else { return nil }
    let lastUse = lastUses(operations)
    for (position, operation) in operations.enumerated() {
      add(operation)
      for (base, use) in lastUse where use == position { release(base) }
    }
    return Loop(
      values: values, steps: steps, streams: streams, fetches: fetchesPay ? fetches : [],
      rows: rows, columns: columns, rowSizes: rowSizes,
      tileRows: tileRows, tileColumns: tileColumns, scratchBytes: scratch, partials: partials,
      reducesColumnsOfRow: operations.contains { $0.isRowReduction },
      workPerElement: workPerElement,
      operations: cluster.equations.map { type(of: graph.equations[$0].operation).name })
  }

  private var fetchesPay: Bool {
    rows * columns >= Self.fetchingElements && steps.count >= Self.fetchingSteps
  }

  // MARK: The operations

  private struct Operation {
    let variable: Int
    let dtype: DType
    let kernel: LoopKernel
    let operands: [Cluster.Operand]
    let level: Cluster.Level
    /// The level at which the operands are read.
    let domain: Cluster.Level

    var isRowReduction: Bool {
      if case .reduce = kernel { level == .row } else { false }
    }
  }

  private func operation(_ index: Int) -> Operation {
    let equation = graph.equations[index]
    let variable = equation.outputs[0]
    let references = equation.inputs.map { table[$0] }
    let level = cluster.levels[variable] ?? .full
    var domain = level
    let kernel = equation.operation.loopKernel(equation.inputs.map(graph.type(of:)))
    if case .reduce = kernel { domain = .full }
    guard let kernel, let operands = cluster.reads(references, at: domain) else {
      preconditionFailure("an equation of a cluster must have a kernel and readable operands")
    }
    return Operation(
      variable: variable, dtype: graph.types[variable].dtype, kernel: kernel, operands: operands,
      level: level, domain: domain)
  }

  /// The same operations, with one in the place of several where a kernel does them together.
  ///
  /// It reads its operands where the last of them was done, so that nothing may be written over them
  /// before.
  private func composed(_ operations: [Operation]) -> [Operation] {
    var result = operations
    let composer = LoopComposer(cluster, graph, isNeeded: isNeeded)
    for composition in composer.compositions()
    where !composition.operands.contains(where: { isOverwritten(table[$0].base) }) {
      guard let place = result.firstIndex(where: { $0.variable == composition.variable }),
        let operands = cluster.reads(
          composition.operands.map { table[$0] }, at: result[place].domain)
      else { continue }
      let root = result[place]
      result[place] = Operation(
        variable: root.variable, dtype: root.dtype, kernel: composition.kernel, operands: operands,
        level: root.level, domain: root.domain)
      result.removeAll { composition.replaced.contains($0.variable) }
    }
    return result
  }

  // MARK: The index space

  /// Chooses rows and columns, and merges the row axes through which all memory steps evenly.
  private mutating func chooseSpace(_ operations: [Operation]) -> Bool {
    let space = cluster.space
    var full: [[Int]] = []
    var byRow: [[Int]] = []
    for operation in operations {
      for case .memory(let reference) in operation.operands {
        let strides = reference.layout.significantStrides
        if operation.domain == .full { full.append(strides) } else { byRow.append(strides) }
      }
      if operation.level == .full, isNeeded(operation.variable) {
        full.append(layout(operation.variable).significantStrides)
      }
    }
    split = cluster.split ?? smallestSplit(space, full)
    columns = space[split...].reduce(1, *)
    rows = space[..<split].reduce(1, *)
    guard full.allSatisfy({ merges($0, space, split..<space.count) }) else { return false }
    // Row axes, merged from the inside.
    rowGroups = []
    for axis in 0..<split {
      if let last = rowGroups.last?.last,
        (full + byRow).allSatisfy({ $0[last] == $0[axis] * space[axis] })
      {
        rowGroups[rowGroups.count - 1].append(axis)
      } else {
        rowGroups.append([axis])
      }
    }
    guard rowGroups.count <= Int(ck_tile_axes) else { return false }
    rowSizes = rowGroups.reversed().map { $0.reduce(1) { $0 * space[$1] } }
    let needsWholeRows = operations.contains { $0.isRowReduction }
    tileRows = max(1, min(rows, tileElements / max(1, columns)))
    tileColumns = needsWholeRows ? columns : min(columns, tileElements)
    return true
  }

  /// The least number of row axes so that all memory steps evenly through the columns.
  private func smallestSplit(_ space: [Int], _ strides: [[Int]]) -> Int {
    for split in 0..<space.count
    where strides.allSatisfy({ merges($0, space, split..<space.count) }) {
      return split
    }
    return max(0, space.count - 1)
  }

  private func merges(_ strides: [Int], _ space: [Int], _ axes: Range<Int>) -> Bool {
    axes.dropFirst().allSatisfy { strides[$0 - 1] == strides[$0] * space[$0] }
  }

  // MARK: Values

  /// The value that an operand is read from.
  private mutating func value(_ operand: Cluster.Operand, _ domain: Cluster.Level) -> Int {
    switch operand {
    case .register(let base): return valueOf[base] ?? 0
    case .memory(let reference):
      let strides = reference.layout.significantStrides
      let width = reference.dtype.byteSize
      let isScalar = strides.allSatisfy { $0 == 0 }
      let rowStrides = isScalar ? [] : rowGroups.reversed().map { strides[$0.last ?? 0] * width }
      let column = domain == .full && split < cluster.space.count ? strides.last ?? 0 : 0
      let level = isScalar ? CK_TILE_SCALAR : domain == .full ? CK_TILE_FULL : CK_TILE_ROW
      let value = append(
        memory: slot(reference.base), level: level, width: width,
        offset: reference.layout.offset * width, rowStrides: rowStrides,
        columnStride: isScalar ? 0 : column)
      if level == CK_TILE_FULL, reference.layout.isContiguous,
        reference.layout.shape.significant == cluster.space,
        !fetches.contains(where: { values[Int($0)].memory == values[value].memory })
      {
        fetches.append(Int32(value))
      }
      return value
    }
  }

  private mutating func append(
    memory: Int, level: Int32, width: Int, offset: Int, rowStrides: [Int] = [],
    columnStride: Int = 1
  ) -> Int {
    var value = ck_tile_value()
    value.level = level
    value.width = Int32(width)
    value.memory = Int32(memory)
    value.axes = Int32(rowStrides.count)
    value.offset = offset
    value.column_stride = columnStride
    withUnsafeMutableBytes(of: &value.strides) { bytes in
      for (axis, stride) in rowStrides.enumerated() {
        bytes.storeBytes(of: stride, toByteOffset: axis * MemoryLayout<Int>.stride, as: Int.self)
      }
    }
    values.append(value)
    return values.count - 1
  }

  /// Where a result goes: memory if it is needed outside, a register otherwise.
  private mutating func result(_ operation: Operation) -> Int {
    let (variable, level) = (operation.variable, operation.level)
    let width = operation.dtype.byteSize
    switch level {
    case .terminal:
      let type = graph.types[variable]
      partials.append(.init(slot: slot(variable), count: type.elementCount, dtype: type.dtype))
      return append(memory: slot(variable), level: CK_TILE_FULL, width: width, offset: 0)
    case .full where isNeeded(variable):
      let layout = layout(variable)
      let strides = layout.significantStrides
      let memory = append(
        memory: slot(variable), level: CK_TILE_FULL, width: width, offset: layout.offset * width,
        rowStrides: rowGroups.reversed().map { strides[$0.last ?? 0] * width })
      guard isFresh(variable), rows * columns * width >= Elementwise.streamThreshold else {
        return memory
      }
      // A tile is complete in a register, then written past the caches.
      let register = append(
        memory: -1, level: CK_TILE_FULL, width: width,
        offset: register(tileRows * tileColumns * width))
      streams.append(ck_tile_stream(from: Int32(register), to: Int32(memory)))
      return register
    case .row where isNeeded(variable):
      let strides = Shape(Array(cluster.space[..<split])).rowMajorStrides
      return append(
        memory: slot(variable), level: CK_TILE_ROW, width: width, offset: 0,
        rowStrides: rowGroups.reversed().map { strides[$0.last ?? 0] * width }, columnStride: 0)
    case .full:
      return append(
        memory: -1, level: CK_TILE_FULL, width: width,
        offset: register(tileRows * tileColumns * width))
    case .row:
      return append(
        memory: -1, level: CK_TILE_ROW, width: width, offset: register(tileRows * width))
    }
  }

  // MARK: Registers

  /// A piece of scratch memory: the smallest free one that is large enough, or a new one.
  private mutating func register(_ bytes: Int) -> Int {
    let size = (bytes + 63) / 64 * 64
    let fit = freeRegisters.indices.filter { freeRegisters[$0].size >= size }
      .min { freeRegisters[$0].size < freeRegisters[$1].size }
    if let fit { return freeRegisters.remove(at: fit).offset }
    defer { scratch += size }
    return scratch
  }

  private func lastUses(_ operations: [Operation]) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for (position, operation) in operations.enumerated() {
      for case .register(let base) in operation.operands { result[base] = position }
    }
    return result
  }

  private mutating func release(_ base: Int) {
    guard let index = valueOf[base], values[index].memory < 0,
      !streams.contains(where: { $0.from == Int32(index) })
    else { return }
    let value = values[index]
    let elements = value.level == CK_TILE_FULL ? tileRows * tileColumns : tileRows
    freeRegisters.append(
      (Int(value.offset), (elements * Int(value.width) + 63) / 64 * 64))
  }

  // MARK: Steps

  private mutating func add(_ operation: Operation) {
    let inputs = operation.operands.map { value($0, operation.domain) }
    let output = result(operation)
    valueOf[operation.variable] = output
    var step = ck_tile_step(
      kind: 0, parameter: 0, kernel: nil, combine: nil,
      inputs: (
        Int32(inputs[0]), Int32(inputs.count > 1 ? inputs[1] : 0),
        Int32(inputs.count > 2 ? inputs[2] : 0)
      ), output: Int32(output))
    switch operation.kernel {
    case .map1(let kernel):
      step.kind = Int32(CK_TILE_MAP1.rawValue)
      step.kernel = unsafeBitCast(kernel, to: UnsafeRawPointer.self)
    case .map2(let kernel):
      step.kind = Int32(CK_TILE_MAP2.rawValue)
      step.kernel = unsafeBitCast(kernel, to: UnsafeRawPointer.self)
    case .map3(let kernel):
      step.kind = Int32(CK_TILE_MAP3.rawValue)
      step.kernel = unsafeBitCast(kernel, to: UnsafeRawPointer.self)
    case .power(let kernel, let exponent):
      step.kind = Int32(CK_TILE_POWER.rawValue)
      step.kernel = unsafeBitCast(kernel, to: UnsafeRawPointer.self)
      step.parameter = exponent
    case .reduce(let kernel, let combination, let axes):
      let isWhole = graph.types[operation.variable].elementCount == 1 && !axes.isEmpty
      let kind =
        operation.level == .row
        ? CK_TILE_REDUCE_ROW : isWhole ? CK_TILE_REDUCE_ALL : CK_TILE_REDUCE_COLUMN
      step.kind = Int32(kind.rawValue)
      step.kernel = unsafeBitCast(kernel, to: UnsafeRawPointer.self)
      step.combine = unsafeBitCast(combination, to: UnsafeRawPointer.self)
      partials.indices.last.map {
        if operation.level == .terminal { partials[$0].kernel = kernel }
      }
    }
    steps.append(step)
  }
}
