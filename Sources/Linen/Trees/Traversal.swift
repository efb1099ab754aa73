/// The places of some values inside another one, to be read or changed.
///
/// Mirrors the traversals of `flax.traverse_util`, here with types: a traversal starts at the value
/// itself and is led on by properties, places and conditions.
///
///     let counts = Traversal.of([Layer].self).each().units
///     counts.iterate(layers)              // the units of all layers
///     counts.update(layers) { 2 * $0 }    // the layers with twice as many
@dynamicMemberLookup
public struct Traversal<Root, Value> {
  private let visit: (_ root: inout Root, _ body: (inout Value) -> Void) -> Void

  /// Creates a traversal from the function that presents each value for change.
  public init(_ visit: @escaping (_ root: inout Root, _ body: (inout Value) -> Void) -> Void) {
    self.visit = visit
  }

  /// The values, in order.
  public func iterate(_ root: Root) -> [Value] {
    var root = root
    var values: [Value] = []
    visit(&root) { values.append($0) }
    return values
  }

  /// The root with what `transform` makes of each value.
  public func update(_ root: Root, _ transform: (Value) -> Value) -> Root {
    var root = root
    visit(&root) { $0 = transform($0) }
    return root
  }

  /// The root with other values, in order.
  /// - Throws: an error if their number is another than that of the places.
  public func set(_ values: [Value], in root: Root) throws -> Root {
    let places = iterate(root).count
    guard values.count == places else {
      throw LinenError(
        .other("\(values.count) values were given to be set in \(places) places"))
    }
    var rest = values[...]
    return update(root) { rest.popFirst() ?? $0 }
  }

  /// Goes on from each value to the places of another traversal.
  public func compose<Part>(_ next: Traversal<Value, Part>) -> Traversal<Root, Part> {
    Traversal<Root, Part> { root, body in visit(&root) { next.visit(&$0, body) } }
  }

  /// Goes on from each value to the places of several traversals, one after the other.
  public func merge<Part>(_ next: Traversal<Value, Part>...) -> Traversal<Root, Part> {
    Traversal<Root, Part> { root, body in
      visit(&root) { value in
        for traversal in next { traversal.visit(&value, body) }
      }
    }
  }

  /// Leaves out the values for which `condition` is false.
  public func filter(_ condition: @escaping (Value) -> Bool) -> Traversal {
    Traversal { root, body in
      visit(&root) { value in
        if condition(value) { body(&value) }
      }
    }
  }

  /// Goes on to a property, or to a place in a tuple.
  public subscript<Part>(
    dynamicMember property: WritableKeyPath<Value, Part>
  ) -> Traversal<Root, Part> { at(property) }

  /// Goes on to a property, or to a place in a tuple.
  public func at<Part>(_ property: WritableKeyPath<Value, Part>) -> Traversal<Root, Part> {
    compose(Traversal<Value, Part> { value, body in body(&value[keyPath: property]) })
  }
}

extension Traversal where Root == Value {
  /// The traversal whose only place is the value itself.
  public static var identity: Traversal { Traversal { root, body in body(&root) } }

  /// The traversal whose only place is a value of this type.
  public static func of(_ type: Value.Type) -> Traversal { identity }
}

extension Traversal where Value: MutableCollection {
  /// Goes on to each element.
  public func each() -> Traversal<Root, Value.Element> {
    compose(
      Traversal<Value, Value.Element> { elements, body in
        for index in elements.indices { body(&elements[index]) }
      })
  }

  /// Goes on to the element at a place; nowhere if there is none.
  public subscript(index: Value.Index) -> Traversal<Root, Value.Element> {
    compose(
      Traversal<Value, Value.Element> { elements, body in
        if elements.indices.contains(index) { body(&elements[index]) }
      })
  }

  /// Goes on to the elements of a range, as far as there are any.
  public subscript(range: Range<Value.Index>) -> Traversal<Root, Value.Element> {
    compose(
      Traversal<Value, Value.Element> { elements, body in
        for index in elements.indices where range.contains(index) { body(&elements[index]) }
      })
  }
}

extension Traversal where Value: NestedTree {
  /// Goes on to each part of a dictionary or list.
  public func each() -> Traversal {
    compose(
      Traversal<Value, Value> { tree, body in
        for key in tree.children.map(\.key) {
          guard var part = tree[child: key] else { continue }
          body(&part)
          tree[child: key] = part
        }
      })
  }

  /// Goes on to the entry of a name; nowhere if there is none.
  public subscript(name: String) -> Traversal { child(.key(name)) }

  /// Goes on to the part of a list at a place; nowhere if there is none.
  public subscript(index: Int) -> Traversal { child(.index(index)) }

  private func child(_ key: TreeKey) -> Traversal {
    compose(
      Traversal<Value, Value> { tree, body in
        guard var part = tree[child: key] else { return }
        body(&part)
        tree[child: key] = part
      })
  }
}

extension Traversal where Value: TensorTree {
  /// Goes on to every tensor of a tree.
  public func tree() -> Traversal<Root, Tensor> {
    compose(
      Traversal<Value, Tensor> { tree, body in
        tree = treeMap(tree) { tensor in
          var tensor = tensor
          body(&tensor)
          return tensor
        }
      })
  }
}
