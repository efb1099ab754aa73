import Linen

/// tabulate with FLOPs, the example of the documentation: 1504/4460, 1216/3620, 288/840.
func docsTabulateFoo(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let key = run.key(0)
  let table = try TwoLayers().moduleTable(key, x) { $0($1) }
  let withFlops = try TwoLayers().moduleTable(
    key, x, computeFlops: true, computeVJPFlops: true
  ) { $0($1) }
  run.give(text: "table", .table(withFlops, .plain()))
  run.give(text: "table_noflops", .table(table, .plain()))
  run.give(text: "table_narrow", .table(withFlops, .plain(width: 60)))
  run.give(text: "table_ansi", .table(table, TableStyle(width: 120, colors: .always)))
}
