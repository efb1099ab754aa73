import Autodiff
import Synchronization
import Testing

private let w = Random.normal(Key(0), [8, 8], dtype: .float64)
private let x = Random.normal(Key(1), [4, 8], dtype: .float64)

private func layer(_ w: Tensor, _ x: Tensor) -> Tensor { tanh(matmul(sin(x), w)) }

private let policies: [CheckpointPolicy] = [
  .nothing, .everything, .dots, .dotsWithNoBatchDims, .names(["product"]),
]

@Test(arguments: policies)
func checkpointChangesNoResult(policy: CheckpointPolicy) throws {
  func named(_ w: Tensor, _ x: Tensor) -> Tensor {
    tanh(checkpointName(matmul(sin(x), w), "product"))
  }
  let remat = checkpoint(policy: policy, named)
  func loss(_ w: Tensor) throws -> Tensor { sum(try remat(w, try remat(w, x))) }
  func plain(_ w: Tensor) -> Tensor { sum(layer(w, layer(w, x))) }
  let expected = try grad { plain($0) }(w)
  try expectEqual(grad(loss)(w), expected, tolerance: 1e-12)
  try expectEqual(jit(grad(loss))(w), expected, tolerance: 1e-12)
  try expectEqual(
    jvp(loss, w, w).tangent, jvp({ plain($0) }, w, w).tangent, tolerance: 1e-12)
  // The second derivative, through the computation done anew.
  try expectEqual(
    grad { (w: Tensor) in sum(square(try grad(loss)(w))) }(w),
    grad { (w: Tensor) in sum(square(try grad { plain($0) }(w))) }(w), tolerance: 1e-10)
  try expectEqual(
    vmap { (x: Tensor) in try grad { (w: Tensor) in sum(try remat(w, x)) }(w) }(x),
    vmap { (x: Tensor) in try grad { (w: Tensor) in sum(layer(w, x)) }(w) }(x), tolerance: 1e-12)
}

@Test func policiesChooseWhatIsComputedAnew() throws {
  // Equations of the outermost graph stand behind four spaces.
  func products(_ policy: CheckpointPolicy) throws -> Int {
    let text = try jit(
      grad { (w: Tensor) in sum(try checkpoint(policy: policy, layer)(w, x)) }
    ).lower(w).description
    return text.split(separator: "\n").count { line in
      line.prefix { $0 == " " }.count == 4 && line.contains("dot_general")
    }
  }
  // One product in the gradient by w, and one computed anew unless it is kept.
  #expect(try products(.nothing) == 2)
  #expect(try products(.dots) == 1)
  #expect(try products(.everything) == 1)
}
