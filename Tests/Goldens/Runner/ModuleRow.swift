import Linen
import Tensor
import Training

/// A module and how its methods are called with arguments from JSON.
struct ModuleRow: Sendable {
  let module: Module
  /// Calls a method by its name in Flax; gives the leaves of its result in JAX's order.
  let call: @Sendable (_ method: String, Call) throws -> [Tensor]

  init(_ module: Module, _ call: @escaping @Sendable (String, Call) throws -> [Tensor]) {
    self.module = module
    self.call = call
  }

  /// A module that is called with one tensor and gives one.
  init<M: Module>(_ module: M, _ call: @escaping @Sendable (M, Tensor) -> Tensor) {
    self.module = module
    self.call = { method, arguments in
      guard method == "__call__" else { throw NotBuilt("\(M.linenName).\(method)") }
      try arguments.expect(1)
      return [call(module, try arguments.tensor(0))]
    }
  }
}

/// Builds a module from its fields by their names in Flax.
typealias ModuleBuilder = @Sendable (Arguments) throws -> ModuleRow

/// Builds the module that a JSON value describes.
func module(_ name: String, _ config: JSON?, _ values: Values) throws -> ModuleRow {
  guard let build = modules[name] else { throw NotBuilt("flax.linen.\(name)") }
  let arguments = Arguments(config, values)
  let row = try build(arguments)
  try arguments.checkAllRead()
  return row
}

extension Arguments {
  /// The initializer of a field; nil if it is absent.
  func initializer(_ name: String) throws -> Initializer? {
    guard let json = given(name) else { return nil }
    guard let function = json["initializer"]?.text else {
      throw GoldenError("\(name) is not an initializer")
    }
    return try goldenInitializer(function, Arguments(json["args"], values))
  }

  /// The precision of a field; nil if it is absent.
  func precision() throws -> Precision? {
    guard let name: String = try text("precision") else { return nil }
    guard let precision = Precision(rawValue: name.lowercased()) else {
      throw NotBuilt("precision \(name)")
    }
    return precision
  }

  /// The groups of members of a mapped axis; nil if the field is absent.
  func groups(_ name: String) throws -> [[Int]]? {
    given(name)?.elements?.map { $0.elements?.compactMap(\.integer) ?? [] }
  }

  /// Throws if the field is given a value other than null, which this package has no word for.
  func expectNull(_ name: String) throws {
    if given(name) != nil { throw NotBuilt("field \(name)") }
  }
}
