#if Macros
import Testing

/// What `@Module` makes of a class.
@Suite struct ModuleMacroTests {
  @Test func memberwiseInitializerInTheOrderOfTheFields() {
    expectExpansion(
      """
      @Module
      public final class MLP: Module {
        let features: [Int]
        var rate: Double = 0.5
        var dtype: DType?
        let activation: @Sendable (Tensor) -> Tensor
        let fixed = 4
        @Setup var dense: Dense
        static let shared = 3
        var width: Int { features.count }
      }
      """,
      """
      public final class MLP: Module {
        let features: [Int]
        var rate: Double {
          get {
            _rate
          }
        }

        private let _rate: Double
        var dtype: DType? {
          get {
            _dtype
          }
        }

        private let _dtype: DType?
        let activation: @Sendable (Tensor) -> Tensor
        let fixed = 4
        @Setup var dense: Dense
        static let shared = 3
        var width: Int { features.count }

        /// Makes a module of this configuration.
        public init(features: [Int], rate: Double = 0.5, dtype: DType? = nil, activation: @escaping @Sendable (Tensor) -> Tensor, name: String? = nil) {
          self.features = features
          self._rate = rate
          self._dtype = dtype
          self.activation = activation
          super.init(name: name)
        }

        /// Makes a module of a configuration.
        public convenience init(
          _ configuration: Configuration<MLP>, name: String?
        ) {
          self.init(features: configuration.features, rate: configuration.rate, dtype: configuration.dtype, activation: configuration.activation, name: name)
        }

        public override var fieldValues: KeyValuePairs<String, Any>? {
          ["features": features as Any, "rate": rate as Any, "dtype": dtype as Any, "activation": activation as Any, "fixed": fixed as Any]
        }
      }

      extension MLP: Configurable {
      }

      extension MLP: @unchecked Sendable {
      }
      """)
  }

  @Test func aClassWithAnInitializerKeepsIt() {
    expectExpansion(
      """
      @Module
      final class Half: Module {
        let features: Int
        init(_ twice: Int) {
          features = twice / 2
          super.init()
        }
      }
      """,
      """
      final class Half: Module {
        let features: Int
        init(_ twice: Int) {
          features = twice / 2
          super.init()
        }

        override var fieldValues: KeyValuePairs<String, Any>? {
          ["features": features as Any]
        }
      }

      extension Half: @unchecked Sendable {
      }
      """)
  }

  @Test func methodsAreWrapped() {
    expectExpansion(
      """
      @Module
      final class Model: Module {
        override func setup() { dense = Dense(3) }

        @Compact
        func callAsFunction(_ x: Tensor, train: Bool = false) throws -> Tensor {
          let h = Dense(3)(x)
          return h
        }

        func encode(_ x: Tensor) -> Tensor { dense(x) }

        @NoWrap func helper() -> Int { 3 }

        @CompactNameScope func up(_ x: Tensor) -> Tensor { Dense(1)(x) }

        func wrapped(_ x: Tensor) -> Tensor { compact(x) { x in x } }

        func print() { Swift.print(self) }

        static func make() -> Model { Model() }
      }
      """,
      """
      final class Model: Module {
        override func setup() { dense = Dense(3) }
        func callAsFunction(_ x: Tensor, train: Bool = false) throws -> Tensor {
          try compact(x, train) { (x, train) throws -> Tensor in

              let h = Dense(3)(x)
              return h
          }
        }

        func encode(_ x: Tensor) -> Tensor {
          method(x) { (x) -> Tensor in
            dense(x)
          }
        }

        func helper() -> Int { 3 }

        func up(_ x: Tensor) -> Tensor {
          compactNameScope { () -> Tensor in
            Dense(1)(x)
          }
        }

        func wrapped(_ x: Tensor) -> Tensor { compact(x) { x in x } }

        func print() {
          method { () -> Void in
            Swift.print(self)
          }
        }

        static func make() -> Model { Model() }

        /// Makes a module of this configuration.
        init(name: String? = nil) {
          super.init(name: name)
        }

        /// Makes a module of a configuration.
        convenience init(
          _ configuration: Configuration<Model>, name: String?
        ) {
          self.init(name: name)
        }

        override class var methods: [String: NamedMethod] {
          ["callAsFunction": NamedMethod(Model.callAsFunction(_:train:)), "encode": NamedMethod(Model.encode(_:)), "helper": NamedMethod(Model.helper), "up": NamedMethod(Model.up(_:)), "wrapped": NamedMethod(Model.wrapped(_:)), "print": NamedMethod(Model.print)]
        }
      }

      extension Model: Configurable {
      }

      extension Model: @unchecked Sendable {
      }
      """)
  }

  /// Three arguments that are values are seen from outside; functions and `inout` are not.
  @Test func argumentsThatAreNoValues() {
    expectExpansion(
      """
      @Compact
      func f(_ a: Int, by b: inout Int, c: (Int) -> Int, d: Int, e: Int, g: Int) { b = c(a + d + e + g) }
      """,
      """
      func f(_ a: Int, by b: inout Int, c: (Int) -> Int, d: Int, e: Int, g: Int) {
        compact(a, d, e) { (a, d, e) -> Void in
          b = c(a + d + e + g)
        }
      }
      """)
  }
}
#endif
