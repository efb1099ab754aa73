import Tensor
import Testing

@Suite struct IndexDTypeTests {
  // jnp.argmax, argmin and argsort under jax_enable_x64.
  @Test func indicesAreOfTheDefaultIntegerType() throws {
    try withErrors {
      withDefaultPrecision(.x64) {
        let x = Tensor([3.0, 1, 2])
        for indices in [argmax(x), argmin(x, axis: 0), argsort(x), argsort(x, descending: true)] {
          #expect(indices.dtype == .int64)
        }
      }
      #expect(argmax(Tensor([3.0, 1, 2])).dtype == .int32)
    }
  }
}
