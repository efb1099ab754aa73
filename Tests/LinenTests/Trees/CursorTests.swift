import Linen
import Testing

private final class MLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact { relu(Dense(3)(relu(Dense(3)(relu(Dense(3)(x)))))) }
  }
}

/// A structure with a name for each kind of part.
private struct Record: Equatable {
  var x: Inner
  var y: Inner
  struct Inner: Equatable {
    var x: Int
    var y: Int
  }
}

private struct Scaled {
  var params: Variables
  var scale: Double
}

private func number(_ value: Int) -> Variables { Variables(Tensor(value)) }

private func list(_ parts: Variables...) -> Variables { Variables(tuple: parts) }

private let tree: Variables = [
  "a": number(1), "b": list(number(2), number(3)), "c": list(number(4), number(5)),
]

extension Variables {
  /// The numbers in place of the tensors, as Python prints them.
  fileprivate func text() throws -> String {
    if let entries = dictionaryEntries {
      return "{" + (try entries.map { "\($0.key): \(try $0.value.text())" }).joined(separator: ", ")
        + "}"
    }
    if let elements {
      return "(" + (try elements.map { try $0.text() }).joined(separator: ", ") + ")"
    }
    return try tensor.map { "\(try $0.item(as: Int.self))" } ?? "\(self)"
  }

  fileprivate var int: Int? { try? tensor?.item(as: Int.self) }
}

/// Flax's tests/cursor_test.py.
@Suite struct CursorTests {
  private let params = Result {
    try MLP().initialize(Key(0)) { $0(Tensor.ones([1, 2])) }["params"]
  }

  @Test func printsTheChanges() {
    let cursor = Cursor(["z": number(-1), "a": ["b": list(number(1), number(2))]] as Variables)
    #expect("\(cursor)" == "Cursor({'z': \(Tensor(-1)), 'a': {'b': (\(Tensor(1)), \(Tensor(2)))}})")
    cursor["z"].value = number(-2)
    cursor["z"].value = number(-3)
    cursor["a"]["b"][1].value = number(-2)
    cursor["a"]["b"].value = number(7)
    #expect("\(cursor)".hasSuffix("})\n  ['z'] = \(Tensor(-3))\n  ['a']['b'] = \(Tensor(7))"))
  }

  /// What iterating over a cursor and computing with it does in Python.
  @Test func childrenAndValues() throws {
    let cursor = Cursor(list(list(number(1), number(2)), list(number(3), number(4))))
    for (index, child) in cursor.children.enumerated() {
      child[1].value = Variables((child[1].value.tensor ?? Tensor(0)) + Tensor(index + 1))
    }
    #expect(try cursor.build().text() == "((1, 3), (3, 6))")
    for (index, child) in cursor.children.reversed().enumerated() {
      child[1].value = Variables((child[1].value.tensor ?? Tensor(0)) + Tensor(index + 1))
    }
    #expect(try cursor.build().text() == "((1, 5), (3, 7))")
    let model = Cursor(Scaled(params: tree, scale: 2))
    model.scale.value *= 3
    #expect(model.build().scale == 6)
  }

  @Test func pathsPrintAsInFlax() {
    let cursor = Cursor(Scaled(params: ["a": ["b": list(number(0), tree)]], scale: 1))
    #expect("\(cursor.params["a"]["b"][1]["b"][1].path)" == ".params['a']['b'][1]['b'][1]")
    #expect("\(Cursor(list(number(1), tree))[1]["c"].path)" == "[1]['c']")
    #expect("\(Cursor(tree).path)".isEmpty)
  }

  /// `_traverse_tree` is the walk behind `applyUpdate` and `findAll`.
  @Test func walksFromTheOutside() throws {
    let cursor = Cursor(list(number(0), tree, list(number(3), number(4))))
    var seen: [String] = []
    _ = cursor.findAll { path, _ in
      seen.append(path)
      return path == "1/b"
    }
    #expect(seen == ["0", "1", "1/a", "1/b", "1/c", "1/c/0", "1/c/1", "2", "2/0", "2/1"])
    let threes = cursor.findAll { _, value in value.int == 3 }
    #expect(threes.map { "\($0.path)" } == ["[1]['b'][1]", "[2][0]"])
    cursor.applyUpdate { _, value in value.int == 4 ? number(-4) : nil }
    #expect(
      try cursor.build().text() == "(0, {a: 1, b: (2, 3), c: (-4, 5)}, (3, -4))")
  }

  @Test func setsAndBuilds() throws {
    #expect(try Cursor(tree)["b"][0].set(number(10)).text() == "{a: 1, b: (10, 3), c: (4, 5)}")
    let cursor = Cursor(tree)
    cursor["b"][0].value = number(20)
    cursor["a"].value = list(number(100), number(200))
    cursor["d"].value = number(6)
    #expect(try cursor.build().text() == "{a: (100, 200), b: (20, 3), c: (4, 5), d: 6}")
    #expect(try tree.text() == "{a: 1, b: (2, 3), c: (4, 5)}")
    let model = Cursor(Scaled(params: tree, scale: 1))
    #expect(try model.params["b"][0].set(number(10)).params["b"].text() == "(10, 3)")
    model.scale.value = 5
    model.params["a"].value = number(7)
    let built = model.build()
    #expect(built.scale == 5)
    #expect(try built.params.text() == "{a: 7, b: (10, 3), c: (4, 5)}")
    let record = Record(x: .init(x: 0, y: 0), y: .init(x: 0, y: 0))
    #expect(Cursor(record).x.x.set(1).x == .init(x: 1, y: 0))
  }

  @Test func appliesUpdates() throws {
    let pairs = list(list(number(1), number(2)), list(number(3), number(4)))
    let negated = Cursor(pairs).applyUpdate { path, value in
      path.hasSuffix("0") ? value.int.map { number(-$0) } : nil
    }
    #expect(try negated.build().text() == "((-1, 2), (-3, 4))")
    #expect(try pairs.text() == "((1, 2), (3, 4))")

    let params = try params.get()
    let updated = Cursor(params).applyUpdate { path, value in
      guard let tensor = value.tensor else { return nil }
      if path.contains("kernel") { return Variables(tensor * 2 + 1) }
      return path == "Dense_1/bias" ? Variables(tensor - 1) : nil
    }.build()
    for layer in ["Dense_0", "Dense_1", "Dense_2"] {
      let (old, new): (Tensor, Tensor) = (params[layer]["kernel"], updated[layer]["kernel"])
      #expect(try new.scalars(as: Float.self) == (old * 2 + 1).scalars())
      let bias: Tensor = updated[layer]["bias"]
      #expect(try bias.scalars() == [Float](repeating: layer == "Dense_1" ? -1 : 0, count: 3))
    }
    // What is changed as a whole is not looked into.
    let model = Cursor(Scaled(params: ["params": params], scale: 1))
    model.params.applyUpdate { path, _ in path == "params" ? Variables() : nil }
    #expect(model.build().params.shapesDescription == "{'params': {}}")
  }

  @Test func updatesDoNotSeeTheRoot() throws {
    let lists = list(list(number(1), number(2)), list(number(3), number(4)), number(5))
    let longer = Cursor(lists).applyUpdate { _, value in
      value.elements.map { Variables(tuple: $0 + [number(-1)]) }
    }
    #expect(try longer.build().text() == "((1, 2, -1), (3, 4, -1), 5)")
  }

  @Test func laterChangesCount() throws {
    let cursor = Cursor(tree)
    cursor["b"][0].value = number(6)
    cursor["b"][0].value = number(7)
    #expect(try cursor.build().text() == "{a: 1, b: (7, 3), c: (4, 5)}")
    cursor["a"].value = list(number(100), number(200))
    cursor["a"][1].value = number(-1)
    #expect(try cursor.build().text() == "{a: (100, -1), b: (7, 3), c: (4, 5)}")
  }

  /// Values have no aliases: a change of the original does not reach what is built.
  @Test func hiddenChangesDoNotHappen() throws {
    var original = tree
    let cursor = Cursor(original)
    cursor["a"].value = number(100)
    original["b"] = number(-1)
    #expect(try cursor.build().text() == "{a: 100, b: (2, 3), c: (4, 5)}")
    #expect(try original.text() == "{a: 1, b: -1, c: (4, 5)}")
  }

  @Test func tuplesByNameAndPlace() {
    let cursor = Cursor((x: (x: 0, y: 1), y: (x: 2, y: 3)))
    cursor.x.x.value = 4
    cursor.at(\.0).y.value = 5
    cursor.y.x.value = 6
    cursor.y.at(\.1).value = 7
    #expect(cursor.build().x == (x: 4, y: 5))
    #expect(cursor.build().y == (x: 6, y: 7))
    cursor.at(\.0).at(\.1).value = -5
    #expect(cursor.build().x == (x: 4, y: -5))
  }

  @Test func findsOne() throws {
    let cursor = Cursor(
      list(number(0), ["a": number(1), "b": list(number(2), number(3))] as Variables, tree))
    #expect {
      try cursor.find { path, value in path.hasSuffix("b") && value.elements != nil }
    } throws: {
      "\($0)" == """
        More than one object found given the conditions of the cond_fn. The first two objects found \
        have the following paths: [1]['b'] and [2]['b']
        matches: [1]['b'], [2]['b']
        """
    }
    #expect {
      try cursor.find { path, value in path.hasSuffix("b") && value.isDictionary }
    } throws: {
      "\($0)" == "No object found given the conditions of the cond_fn."
    }
    let built = try cursor.find { path, _ in path == "2/b" }[1].set(number(30))
    #expect(try built.text() == "(0, {a: 1, b: (2, 3)}, {a: 1, b: (2, 30), c: (4, 5)})")
  }

  @Test func findsAll() throws {
    let pairs = list(
      list(number(1), number(2)), list(number(3), number(4)), list(number(5), number(6)))
    let cursor = Cursor(pairs)
    let found = cursor.findAll { path, value in !path.hasSuffix("0") && value.elements != nil }
    #expect(found.count == 2)
    found[0][0].value = number(-3)
    found[1][1].value = number(-12)
    #expect(try cursor.build().text() == "((1, 2), (-3, 4), (5, -12))")
    #expect(try pairs.text() == "((1, 2), (3, 4), (5, 6))")

    let params = try params.get()
    let layers = Cursor(params)
    for layer in layers.findAll(where: { path, _ in path.contains("Dense_1") || path == "Dense_2" })
    {
      layer["bias"].value = Variables((layer["bias"].value.tensor ?? Tensor(0)) + 1)
    }
    let biases: [Tensor] = ["Dense_0", "Dense_1", "Dense_2"].map { layers.build()[$0]["bias"] }
    #expect(try biases.map { try $0.scalars(as: Float.self)[0] } == [0, 1, 1])
  }

  @Test func missingPartsAreErrors() {
    #expect {
      try withErrors { Cursor(tree)["nope"]["x"].value }
    } throws: {
      "\($0)" == "There is no part ['nope']\npresent: ['a'], ['b'], ['c']"
    }
    #expect(throws: LinenError.self) { try withErrors { Cursor(tree)["b"][2].set(number(1)) } }
    #expect(throws: LinenError.self) { try withErrors { Cursor(tree)["a"]["b"].set(number(1)) } }
  }
}
