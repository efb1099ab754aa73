import Testing

@testable import Tensor

@Suite struct SmokeTests {
  @Test func convolution() throws {
    let x = arange(2 * 5 * 5 * 2, dtype: .float32).reshaped(to: [2, 5, 5, 2])
    let k = arange(3 * 3 * 2 * 3, dtype: .float32).reshaped(to: [3, 3, 2, 3])
    let w = ConvWindow([.init(stride: 2, low: 1, high: 1), .init(stride: 2, low: 1, high: 1)])
    let op = ConvGeneralDilated(w, .channelsLast(spatial: 2))
    let y: Tensor = bind(op, x, k)
    print(y.shape, try sum(y).item(as: Float.self))
    print(op.cost([x.type, k.type], [y.type]))
    print(try softmax(x.reshaped(to: [10, 10])).scalars(as: Float.self).prefix(10))
  }
}
