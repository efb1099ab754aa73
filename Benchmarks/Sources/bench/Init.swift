import Linen

/// What it takes to make the parameters of a language model of GPT-2's size: 12 layers of width 768, 163
/// million numbers.
///
/// `first_init_s` is the first call, `eager_init_s` the best of some; `eval_shape_ms` finds the shapes
/// alone.
func benchInit() throws -> Result {
  var result = Result("init")
  let model = LanguageModel(
    vocabulary: 50_257, width: 768, heads: 12, layers: 12, length: 1024, rate: 0.1)
  let tokens = Tensor.zeros([1, 8], dtype: .int32)
  func initialize(_ key: Key, _ tokens: Tensor) throws -> Variables {
    try model.initialize(["params": key, "dropout": key]) { $0(tokens) }
  }
  let shapes = try evalShape(initialize, Key(0), tokens)
  let count = treeLeaves(shapes).reduce(0) { $0 + $1.elementCount }
  result.add("parameters", Double(count), digits: 0)
  result.add(
    "eval_shape_ms",
    try nanoseconds(calls: 1) { _ = try evalShape(initialize, Key(0), tokens) } / 1e6)
  result.add("peak_rss_mb_shapes", Double(peakMemory()), digits: 0)
  result.add("first_init_s", try timed { _ = try initialize(Key(0), tokens) }.seconds)
  result.add(
    "eager_init_s",
    try nanoseconds(calls: 1, rounds: 3) { _ = try initialize(Key(0), tokens) } / 1e9)
  result.add("peak_rss_mb", Double(peakMemory()), digits: 0)
  return result
}
