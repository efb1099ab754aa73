import Testing

@testable import Tensor

/// Thousands of calls with arguments drawn at random, most of them wrong: an error, never a crash.
@Suite struct MalformedCallTests {
  /// A generator with a fixed seed, and what it makes.
  struct Draw {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int {
      range.lowerBound + Int(next() >> 33) % (range.upperBound - range.lowerBound + 1)
    }

    mutating func bool() -> Bool { next() >> 40 & 1 == 0 }

    mutating func pick<T>(_ list: [T]) -> T { list[int(0...list.count - 1)] }

    mutating func ints(_ range: ClosedRange<Int>, count: ClosedRange<Int> = 0...4) -> [Int] {
      (0..<int(count)).map { _ in int(range) }
    }

    mutating func shape() -> Shape { Shape(ints(0...3)) }

    mutating func dtype() -> DType {
      bool() ? .float32 : pick(DType.allCases)
    }

    mutating func tensor() -> Tensor {
      let (shape, dtype) = (shape(), dtype())
      return Tensor((0..<shape.elementCount).map { _ in int(-3...3) }, shape: shape, dtype: dtype)
    }

    mutating func axis() -> Int { int(-5...4) }
    mutating func axes() -> [Int] { ints(-4...4, count: 0...3) }
    mutating func optionalAxes() -> [Int]? { bool() ? nil : axes() }
    mutating func optionalAxis() -> Int? { bool() ? nil : axis() }

    mutating func index() -> any TensorIndexing {
      switch int(0...5) {
      case 0: int(-4...4)
      case 1: slice(bool() ? nil : int(-5...5), bool() ? nil : int(-5...5), step: int(-2...2))
      case 2: TensorIndex.ellipsis
      case 3: TensorIndex.newAxis
      case 4: tensor()
      default: 1...
      }
    }
  }

  typealias Call = @Sendable (inout Draw) -> [Tensor]

  /// The public functions.
  static let functions: [(name: String, call: Call)] = [
    (
      "arithmetic",
      { d in
        let (x, y) = (d.tensor(), d.tensor())
        return [x + y, x - y, x * y, x / y, maximum(x, y), pow(x, y), remainder(x, y), -x]
      }
    ),
    (
      "bits",
      { d in
        let (x, y) = (d.tensor(), d.tensor())
        return [
          bitwiseAnd(x, y), bitwiseNot(x), leftShift(x, y), rightShift(x, y), logicalXor(x, y),
          floorDivide(x, y),
        ]
      }
    ),
    (
      "comparisons",
      { d in
        let (x, y) = (d.tensor(), d.tensor())
        return [x .== y, x .< y, isClose(x, y), which(d.tensor(), x, y), clip(x, low: y)]
      }
    ),
    (
      "elementary",
      { d in
        let x = d.tensor()
        return [
          exp(x), log(x), sin(x), erfInv(x), lgamma(x), digamma(x),
          round(x, decimals: d.int(-3...3)),
          sign(x), abs(x), square(x), pow(x, d.int(-3...5)), logAddExp(x, d.tensor()),
          nextAfter(x, d.tensor()), isFinite(x), nanToNum(x), trunc(x), sqrt(x),
        ]
      }
    ),
    (
      "activations",
      { d in
        let x = d.tensor()
        return [
          relu(x), relu6(x), gelu(x), elu(x), celu(x), selu(x), silu(x), softplus(x), hardTanh(x),
          hardSilu(x), softSign(x), leakyReLU(x), glu(x, axis: d.axis()), sigmoid(x),
        ]
      }
    ),
    (
      "softmax",
      { d in
        let (x, axis) = (d.tensor(), d.axis())
        let mask: Tensor? = d.bool() ? nil : d.tensor()
        return [
          softmax(x, axis: axis, where: mask), logSoftmax(x, axis: axis, where: mask),
          logSumExp(x, axes: d.optionalAxes(), where: mask), standardize(x, axis: axis),
          oneHot(x, classes: d.int(-1...3), axis: axis),
        ]
      }
    ),
    (
      "reductions",
      { d in
        let (x, axes, keep) = (d.tensor(), d.optionalAxes(), d.bool())
        return [
          sum(x, axes: axes, keepingAxes: keep), prod(x, axes: axes, keepingAxes: keep),
          max(x, axes: axes, keepingAxes: keep), min(x, axes: axes), mean(x, axes: axes),
          variance(x, axes: axes), all(x, axes: axes), any(x, axes: axes, keepingAxes: keep),
          norm(x, axes: axes), countNonzero(x, axes: axes), std(x, axes: axes),
          sum(x, axes: axes, where: d.tensor()),
        ]
      }
    ),
    (
      "complex numbers",
      { d in
        let (x, y) = (d.tensor(), d.tensor())
        return [
          complex(x, y), real(x), imag(x), conj(x), angle(x), vdot(x, y), exp(complex(x, y)),
          matmul(complex(x, x), y), Random.normal(Key(0), d.shape(), dtype: d.dtype()),
        ]
      }
    ),
    (
      "special",
      { d in
        let (x, y) = (d.tensor(), d.tensor())
        return [
          hypot(x, y), signBit(x), copySign(x, y), xlogy(x, y), xlog1py(x, y), entr(x), sinc(x),
          squareplus(x), mish(x), sparsePlus(x), sparseSigmoid(x), allClose(x, y),
          nanSum(x, axes: d.optionalAxes()), nanMax(x, axes: d.optionalAxes(), keepingAxes: true),
          nanMin(x), nanMean(x, axes: d.optionalAxes()),
          average(x, axes: d.optionalAxes(), weights: y),
        ]
      }
    ),
    (
      "segments",
      { d in
        let (x, ids) = (d.tensor(), d.tensor())
        let reduction = d.pick([SegmentReduction.sum, .prod, .max, .min])
        return [
          segment(reduction, x, ids, count: d.int(-1...3)), unravelIndex(ids, d.shape()),
          ravelMultiIndex([ids, x], d.shape()),
          take(x, ids, axis: d.optionalAxis(), outOfBounds: .error),
          takeAlongAxis(x, ids, axis: d.axis(), outOfBounds: .error),
        ]
      }
    ),
    (
      "blocks",
      { d in
        let (x, y) = (d.tensor(), d.tensor())
        return [
          kron(x, y), blockDiag([x, y]), matrixPower(x, d.int(-2...4)), vstack([x, y]),
          hstack([x, y]), arraySplit(x, into: d.int(-1...4), axis: d.axis())[0],
          x.at[y].set(1), x.at[y].max(x),
        ]
      }
    ),
    (
      "places",
      { d in
        let (x, axis) = (d.tensor(), d.optionalAxis())
        return [
          argmax(x, axis: axis, keepingAxes: d.bool()), argmin(x, axis: axis), sort(x, axis: axis),
          argsort(x, axis: axis, descending: d.bool()),
          topK(x, d.int(-1...4), axis: d.axis()).values,
          median(x, axis: axis), quantile(x, d.tensor(), axis: axis), searchSorted(x, d.tensor()),
          cumsum(x, axis: axis), cumprod(x, axis: axis), cummax(x, axis: d.axis()),
          cumLogSumExp(x, axis: d.axis()), diff(x, order: d.int(-1...3), axis: d.axis()),
        ]
      }
    ),
    (
      "products",
      { d in
        let (x, y) = (d.tensor(), d.tensor())
        return [
          matmul(x, y), dot(x, y), inner(x, y), outer(x, y), vdot(x, y),
          tensordot(x, y, count: d.int(-1...3)), tensordot(x, y, axes: (d.axes(), d.axes())),
          dotGeneral(
            x, y, contracting: (d.axes(), d.axes()), batch: (d.axes(), d.axes())),
        ]
      }
    ),
    (
      "einsum",
      { d in
        let letters = ["i", "j", "k", "...", "->", ",", " ", "ii", "-", ".", "1"]
        let equation = (0..<d.int(0...7)).map { _ in d.pick(letters) }.joined()
        return [einsum(equation, d.tensor(), d.tensor()), einsum(equation, d.tensor())]
      }
    ),
    (
      "joining",
      { d in
        let parts = (0..<d.int(0...3)).map { _ in d.tensor() }
        let x = d.tensor()
        return [concatenate(parts, axis: d.axis()), stack(parts, axis: d.axis())]
          + split(x, into: d.int(-1...3), axis: d.axis())
          + split(x, at: d.ints(-4...4), axis: d.axis()) + unstack(x, axis: d.axis())
      }
    ),
    (
      "shapes",
      { d in
        let x = d.tensor()
        return [
          x.reshaped(to: Shape(d.ints(-2...4))), x.transposed(d.axes()),
          x.squeezed(d.optionalAxes()),
          x.expandingAxis(d.axis()), x.broadcast(to: d.shape()), x.cast(to: d.dtype()),
          flip(x, axes: d.optionalAxes()), roll(x, by: d.int(-5...5), axis: d.optionalAxis()),
          tile(x, d.ints(-1...3)), `repeat`(x, d.int(-1...3), axis: d.optionalAxis()),
          moveAxis(x, d.axis(), to: d.axis()), swapAxes(x, d.axis(), d.axis()),
          expandDims(x, axes: d.axes()),
        ]
      }
    ),
    (
      "padding",
      { d in
        let x = d.tensor()
        let modes: [PadMode] = [.constant, .reflect, .symmetric, .wrap, .edge]
        let widths = (0..<d.int(0...4)).map { _ in (d.int(-1...4), d.int(-1...4)) }
        return [pad(x, widths, mode: d.pick(modes), constant: d.tensor())]
      }
    ),
    (
      "triangles",
      { d in
        let x = d.tensor()
        return [
          tril(x, offset: d.int(-3...3)), triu(x), diag(x, offset: d.int(-4...4)),
          diagonal(x, offset: d.int(-4...4)), trace(x), eye(d.int(-1...3), d.int(-1...3)),
          tri(d.int(-1...3)), arange(d.int(-3...3), d.int(-3...3), step: d.int(-2...2)),
          linspace(0, 1, count: d.int(-1...4), dtype: d.dtype()),
          Tensor.full(Shape(d.ints(-1...3)), 1),
        ] + meshgrid([x, d.tensor()])
      }
    ),
    (
      "resizing",
      { d in
        let methods: [ResizeMethod] = [.nearest, .linear, .cubic, .lanczos3, .lanczos5]
        return [resize(d.tensor(), to: Shape(d.ints(-1...4)), method: d.pick(methods))]
      }
    ),
    (
      "windows",
      { d in
        let paddings: [WindowPadding] = [
          .same, .valid, .sameLower, .explicit([.init(d.int(-1...2), d.int(-1...2))]),
        ]
        let letters = ["NHWC", "NCH", "HIO", "HWIO", "OI", "NC", "NN"]
        return [
          convGeneralDilated(
            d.tensor(), d.tensor(), strides: d.bool() ? nil : d.ints(0...2),
            padding: d.pick(paddings),
            dimensionNumbers: d.bool()
              ? nil
              : ConvDimensionNumbers(
                lhs: d.pick(letters), rhs: d.pick(letters), out: d.pick(letters)),
            featureGroups: d.int(0...2)),
          windowMax(d.tensor(), sizes: d.ints(0...2), padding: d.pick(paddings)),
          windowSum(
            d.tensor(), sizes: d.ints(0...2), strides: d.ints(0...2),
            windowDilation: d.bool() ? nil : d.ints(0...2)),
        ]
      }
    ),
    (
      "linear algebra",
      { d in
        let x = d.tensor()
        return [
          cholesky(x), qr(x, full: d.bool()).q, eigh(x).eigenvalues, svd(x, full: d.bool()).s,
          solve(x, d.tensor()), inv(x),
          triangularSolve(x, d.tensor(), lower: d.bool(), leftSide: d.bool()),
        ]
      }
    ),
    (
      "indexing",
      { d in
        let x = d.tensor()
        let index = (0..<d.int(0...4)).map { _ in d.index() }
        return [x.indexed(index)]
      }
    ),
    (
      "updating",
      { d in
        let (x, i, j) = (d.tensor(), d.index(), d.index())
        return [
          x.at[i].set(d.tensor()), x.at[i, j].add(d.tensor()), x.at[..., i].multiply(2),
          x.at[i, j].min(d.tensor()), x.at[j].divide(d.tensor()),
        ]
      }
    ),
    (
      "taking",
      { d in
        let modes: [OutOfBounds] = [.fill, .clip, .wrap, .promiseInBounds, .value(2)]
        let (x, i) = (d.tensor(), d.tensor())
        return [
          take(x, i, axis: d.optionalAxis(), outOfBounds: d.pick(modes)),
          takeAlongAxis(x, i, axis: d.axis(), outOfBounds: d.pick(modes)),
          dynamicSlice(
            x, starts: (0..<d.int(0...3)).map { _ in d.tensor() }, sizes: d.ints(-1...3)),
          dynamicSlice(x, start: i, size: d.int(-1...3), axis: d.axis()),
          dynamicUpdateSlice(x, i, start: Tensor(d.int(-3...3)), axis: d.axis()),
        ]
      }
    ),
  ]

  /// The primitives, whose parameters may be anything.
  static let primitives: [(name: String, call: Call)] = [
    (
      "movement",
      { d in
        let x = d.tensor()
        return [
          bind(Reshape(Shape(d.ints(-1...4))), x), bind(Transpose(d.axes()), x),
          bind(BroadcastInDim(Shape(d.ints(-1...3)), axes: d.axes()), x),
          bind(Rev(axes: d.axes()), x),
          bind(Slice(start: d.ints(-1...3), limit: d.ints(-1...4), step: d.ints(-1...2)), x),
          bind(
            Pad(low: d.ints(-3...3), high: d.ints(-3...3), interior: d.ints(-1...2)), x,
            d.tensor()),
          bind(Concatenate(axis: d.axis()), [x, d.tensor()])[0],
          iota(d.dtype(), Shape(d.ints(-1...3)), axis: d.axis()),
          bind(BitcastConvertType(d.dtype()), x),
        ]
      }
    ),
    (
      "reductions",
      { d in
        let x = d.tensor()
        return [
          bind(ReduceSum(axes: d.axes()), x), bind(ReduceMax(axes: d.axes()), x),
          bind(ReduceAnd(axes: d.axes()), x), bind(ArgMax(axes: d.axes()), x),
          bind(CumSum(axis: d.axis()), x), bind(CumLogSumExp(axis: d.axis()), x),
          bind(Sort(axis: d.axis(), keys: d.int(-1...3)), [x, d.tensor()])[0],
          bind(TopK(d.int(-1...4), axis: d.axis()), [x])[0],
        ]
      }
    ),
    (
      "convolution",
      { d in
        func window(_ d: inout Draw) -> [ConvWindow.Axis] {
          (0..<d.int(0...3)).map { _ in
            .init(
              stride: d.int(0...2), low: d.int(-2...2), high: d.int(-2...2),
              inputDilation: d.int(0...2), kernelDilation: d.int(0...2))
          }
        }
        let windows = window(&d)
        let axes: ConvAxes =
          d.bool()
          ? .channelsLast(spatial: windows.count)
          : ConvAxes(
            lhs: .init(batch: d.axis(), feature: d.axis(), spatial: d.axes()),
            rhs: .init(outFeature: d.axis(), inFeature: d.axis(), spatial: d.axes()),
            out: .init(batch: d.axis(), feature: d.axis(), spatial: d.axes()))
        return [
          bind(
            ConvGeneralDilated(
              ConvWindow(windows), axes, featureGroups: d.int(0...2), batchGroups: d.int(0...2)),
            d.tensor(), d.tensor()),
          bind(ReduceWindowSum(sizes: d.ints(0...2), window: ConvWindow(window(&d))), d.tensor()),
          bind(ReduceWindowMax(sizes: d.ints(0...2), window: ConvWindow(window(&d))), d.tensor()),
          bind(
            SelectAndScatterAdd(.max, sizes: d.ints(0...2), window: ConvWindow(window(&d))),
            d.tensor(), d.tensor()),
          bind(
            SelectAndGatherAdd(.min, sizes: d.ints(0...2), window: ConvWindow(window(&d))),
            d.tensor(), d.tensor()),
        ]
      }
    ),
    (
      "gather and scatter",
      { d in
        func axes(_ d: inout Draw) -> IndexAxes {
          IndexAxes(
            offset: d.ints(-1...3), collapsed: d.ints(-1...3), startMap: d.ints(-1...3),
            operandBatching: d.bool() ? [] : d.ints(-1...3),
            indexBatching: d.bool() ? [] : d.ints(-1...3))
        }
        let modes: [IndexMode] = [.clip, .promiseInBounds, .fill(.standard)]
        let kinds: [Scatter.Combination] = [.set, .add, .mul, .min, .max]
        return [
          bind(
            Gather(axes(&d), sliceSizes: d.ints(-1...3), mode: d.pick(modes)), d.tensor(),
            d.tensor()),
          bind(
            Scatter(d.pick(kinds), axes(&d), mode: d.pick(modes)), d.tensor(), d.tensor(),
            d.tensor()),
          bind(DynamicSlice(sizes: d.ints(-1...3)), [d.tensor(), d.tensor(), d.tensor()])[0],
          bind(DynamicUpdateSlice(), [d.tensor(), d.tensor(), d.tensor()])[0],
        ]
      }
    ),
    (
      "products",
      { d in
        [
          bind(
            DotGeneral(contracting: (d.axes(), d.axes()), batch: (d.axes(), d.axes())), d.tensor(),
            d.tensor())
        ]
      }
    ),
  ]

  private func run(_ call: Call, _ name: String, times: UInt64) throws {
    var failures = 0
    for seed in 0..<times {
      var draw = Draw(seed + 1)
      do {
        _ = try withErrors { call(&draw) }
      } catch let error as TensorError {
        failures += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(failures > 0, "\(name)")
  }

  @Test(arguments: functions.indices) func functionsDoNotCrash(_ index: Int) throws {
    let function = Self.functions[index]
    try run(function.call, function.name, times: 400)
  }

  @Test(arguments: primitives.indices) func primitivesDoNotCrash(_ index: Int) throws {
    let primitive = Self.primitives[index]
    try run(primitive.call, primitive.name, times: 2000)
  }
}
