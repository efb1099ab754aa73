import Autodiff
import Testing

/// The programs of the cookbook and of the tutorial on derivatives, with the values that JAX prints.
///
/// By JAX 0.10 for key 0; those on complex numbers are left out. Source:
/// https://docs.jax.dev/en/latest/notebooks/autodiff_cookbook.html
@Suite("Document: the autodiff cookbook")
struct AutodiffCookbookTests {
  private let inputs = Tensor([
    [0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39],
  ])
  private let targets = Tensor([true, true, false, true])
  private let w: Tensor
  private let b: Tensor
  /// The key that is left when the parameters have been drawn.
  private let key: Key

  init() {
    let keys = Key(0).split(3)
    key = keys[0]
    w = Random.normal(keys[1], [3])
    b = Random.normal(keys[2], [])
  }

  private func sigmoid(_ x: Tensor) -> Tensor { 0.5 * (tanh(x / 2) + 1) }

  private func predict(_ w: Tensor, _ b: Tensor) -> Tensor { sigmoid(dot(inputs, w) + b) }

  private func loss(_ w: Tensor, _ b: Tensor) -> Tensor {
    let predictions = predict(w, b)
    let targets = targets.cast(to: .float32)
    let probabilities = predictions * targets + (1 - predictions) * (1 - targets)
    return -sum(log(probabilities))
  }

  private var predictions: (Tensor) throws -> Tensor { { self.predict($0, self.b) } }

  private let gradientW = Tensor([-0.43314599990844727, -0.7354605197906494, -1.259892225265503])
  private let gradientB = Tensor(-0.6900177597999573)
  private let jacobian = Tensor([
    [0.05069415271282196, 0.10918740928173065, 0.07506634294986725],
    [0.14170025289058685, -0.17390486598014832, 0.02415345422923565],
    [0.1257919818162918, 0.014514459297060966, -0.3144799470901489],
    [0.005744094494730234, -0.019328100606799126, 0.010789582505822182],
  ])

  @Test("starting with grad")
  func gradients() throws {
    let first = grad { (x: Tensor) in tanh(x) }
    try expectEqual(first(Tensor(2.0)), Tensor(0.07065081596374512))
    try expectEqual(grad(first)(Tensor(2.0)), Tensor(-0.13621868193149567))
    try expectEqual(grad(grad(first))(Tensor(2.0)), Tensor(0.2526540458202362))
    try expectEqual(w, Tensor([-2.442455768585205, -2.0356805324554443, 0.20554423332214355]))
    try expectEqual(b, Tensor(1.2956359386444092))
    try expectEqual(grad(argnums: 0, loss)(w, b), gradientW)
  }

  @Test("argnums")
  func argumentNumbers() throws {
    try expectEqual(grad(loss)(w, b), gradientW)
    let both = try grad(argnums: .all, loss)(w, b)
    try expectEqual(both.0, gradientW)
    try expectEqual(both.1, gradientB)
    try expectEqual(grad(argnums: 1, loss)(w, b), gradientB)
  }

  @Test("derivatives of the polynomial of the tutorial")
  func polynomial() throws {
    let one = Tensor(1.0)
    let first = grad { (x: Tensor) in pow(x, 3) + 2 * pow(x, 2) - 3 * x + 1 }
    try expectEqual(first(one), Tensor(4.0))
    try expectEqual(grad(first)(one), Tensor(10.0))
    try expectEqual(grad(grad(first))(one), Tensor(6.0))
    try expectEqual(grad(grad(grad(first)))(one), Tensor(0.0))
  }

  @Test("dictionaries of parameters")
  func dictionaries() throws {
    let gradient = try grad(["W": w, "b": b]) { parameters in
      loss(parameters["W"] ?? 0, parameters["b"] ?? 0)
    }
    try expectEqual(gradient["W"] ?? 0, gradientW)
    try expectEqual(gradient["b"] ?? 0, gradientB)
  }

  @Test("value_and_grad")
  func valuesAndGradients() throws {
    let (value, gradient) = try valueAndGrad(argnums: .all, loss)(w, b)
    try expectEqual(value, Tensor(2.972918748855591))
    try expectEqual(gradient.0, gradientW)
    try expectEqual(gradient.1, gradientB)
    try expectEqual(loss(w, b), value)
  }

  @Test("numerical differences")
  func numericalDifferences() throws {
    let direction = Random.normal(key.split()[1], w.shape)
    let unit = direction / sqrt(vdot(direction, direction))
    try expectEqual(vdot(try grad(loss)(w, b), unit), Tensor(1.3006744384765625))
    let step = 1e-4
    let numerical = (loss(w, b + step / 2) - loss(w, b - step / 2)) / step
    try expectEqual(numerical, gradientB, tolerance: 5e-3)
    try checkGrads(loss, w, b, order: 2)
  }

  @Test("Jacobians and Hessians")
  func jacobians() throws {
    try expectEqual(jacfwd(predictions)(w), jacobian)
    try expectEqual(jacrev(predictions)(w), jacobian)
    let dictionary = try jacrev { (p: [String: Tensor]) in
      self.predict(p["W"] ?? 0, p["b"] ?? 0)
    }(["W": w, "b": b])
    try expectEqual(dictionary["W"] ?? 0, jacobian)
    try expectEqual(
      dictionary["b"] ?? 0,
      Tensor([
        0.09748876094818115, 0.16102302074432373, 0.24190765619277954, 0.007762289606034756,
      ]))
    let hessian = try hessian(predictions)(w)
    #expect(hessian.shape == [4, 3, 3])
    try expectEqual(
      hessian[0],
      Tensor([
        [0.020589321851730347, 0.044346243143081665, 0.030488034710288048],
        [0.04434623196721077, 0.09551499038934708, 0.06566654145717621],
        [0.030488034710288048, 0.0656665489077568, 0.04514574632048607],
      ]))
    try expectEqual(
      hessian[3],
      Tensor([
        [-0.004184120334684849, 0.014079000800848007, -0.007859361357986927],
        [0.014078999869525433, -0.0473739318549633, 0.026445690542459488],
        [-0.007859361357986927, 0.02644568867981434, -0.014762855134904385],
      ]))
  }

  @Test("jvp and vjp")
  func products() throws {
    let keys = key.split()
    let v = Random.normal(keys[0].split()[1], w.shape)
    let (y, u) = try jvp(predictions, w, v)
    try expectEqual(
      y, Tensor([0.10947310924530029, 0.7982901334762573, 0.41004258394241333, 0.9921765327453613]))
    try expectEqual(
      u,
      Tensor([0.1298917829990387, -0.29418981075286865, -0.6477776765823364, -0.006326655857264996])
    )
    let (_, pullback) = try vjp(predictions, w)
    let covector = Random.normal(keys[0].split()[0].split()[1], y.shape)
    try expectEqual(
      pullback(covector),
      Tensor([0.10026415437459946, -0.2280014157295227, -0.7058361768722534]))
  }

  @Test("vector-valued gradients with vjp")
  func vectorGradients() throws {
    let x = Tensor.ones([2, 2])
    let (y, pullback) = try vjp({ 3 * pow($0, 2) }, x)
    try expectEqual(pullback(Tensor.ones(like: y)), Tensor.full([2, 2], 6.0))
  }

  @Test("Hessian-vector products in three ways")
  func hessianVectorProducts() throws {
    let f: (Tensor) throws -> Tensor = { sum(pow(tanh($0), 2)) }
    let keys = key.split(3)
    let (x, v) = (Random.normal(keys[1], [6, 5]), Random.normal(keys[2], [6, 5]))
    let dense = tensordot(try hessian(f)(x), v, count: 2)
    try expectEqual(jvp(grad(f), x, v).tangent, dense, tolerance: 1e-5)
    try expectEqual(grad { try jvp(f, $0, v).tangent }(x), dense, tolerance: 1e-5)
    try expectEqual(grad { vdot(try grad(f)($0), v) }(x), dense, tolerance: 1e-5)
  }

  @Test("matrix-Jacobian and Jacobian-matrix products by vmap")
  func mappedProducts() throws {
    let (y, pullback) = try vjp(predictions, w)
    let covectors = Random.normal(Key(0), [16, 4])
    let looped = stack(try unstack(covectors).map(pullback))
    try expectEqual(vmap { (u: Tensor) in try pullback(u) }(covectors), looped)
    try expectEqual(looped, matmul(covectors, jacobian), tolerance: 2e-6)
    let vectors = Random.normal(Key(0), [16, 3])
    let f = predictions
    try expectEqual(
      vmap { (v: Tensor) in try jvp(f, self.w, v).tangent }(vectors),
      stack(try unstack(vectors).map { try jvp(f, w, $0).tangent }))
    try expectEqual(vmap { (u: Tensor) in try pullback(u) }(eye(y.shape[0])), jacobian)
  }

  @Test("the pullback of a function with exceptions is compiled")
  func compiledPullback() throws {
    struct TooLarge: Error {}
    func small(_ x: Tensor) throws -> Tensor {
      if try x.item(as: Double.self) >= 3 { throw TooLarge() }
      return 2 * pow(x, 3)
    }
    func f(_ x: Tensor) throws -> Tensor {
      do {
        return try small(x)
      } catch is TooLarge {
        return Double.pi * x
      }
    }
    let (_, pullback) = try vjp(f, Tensor(4.0))
    try expectEqual(jit { (ct: Tensor) in try pullback(ct) }(Tensor(1.0)), Tensor(Double.pi))
  }
}
