extension Variables {
  /// The part of this name; an empty dictionary if there is none.
  ///
  /// Setting one adds it.
  public subscript(name: String) -> Variables {
    get { entries?[name] ?? Variables() }
    set { update { $0[name] = newValue } }
  }

  /// The tensor of this name.
  ///
  /// Records an error that lists the names there are, and gives 0, if there is no such tensor.
  @_disfavoredOverload
  public subscript(name: String) -> Tensor {
    get {
      if let tensor = entries?[name]?.tensor { return tensor }
      record(LinenError(.tensorMissing(name: name, present: keys)))
      return Tensor.zeros([])
    }
    set { update { $0[name] = Variables(newValue) } }
  }

  /// The part at the end of a path, or nil; setting nil removes it.
  public subscript(path path: some Collection<String>) -> Variables? {
    get {
      var part = self
      for name in path {
        guard let next = part.entries?[name] else { return nil }
        part = next
      }
      return part
    }
    set {
      guard let name = path.first else {
        if let newValue { self = newValue }
        return
      }
      let rest = path.dropFirst()
      if rest.isEmpty {
        update { $0[name] = newValue }
      } else if newValue != nil || contains(name) {
        self[name][path: rest] = newValue
      }
    }
  }

  /// Removes an entry and gives it, if it was there.
  @discardableResult
  public mutating func removeValue(forKey name: String) -> Variables? {
    guard contains(name) else { return nil }
    var removed: Variables?
    update { removed = $0.removeValue(forKey: name) }
    return removed
  }

  /// Changes the entries in place; a value gives way to a dictionary.
  private mutating func update(_ body: (inout Entries) -> Void) {
    var entries = self.entries ?? Entries()
    // Emptied first, so that the entries are not shared while they change.
    node = .tuple([])
    body(&entries)
    node = .dictionary(entries)
  }

  /// Adds the entries of `other`, which replace those of the same name, as `{**self, **other}`.
  public func merging(_ other: Variables) -> Variables {
    guard var entries, let others = other.entries else { return other }
    for (name, value) in others { entries[name] = value }
    return Variables(entries)
  }

  /// All values with their paths, sorted by name; empty dictionaries do not appear.
  public func flattened() -> [(path: [String], value: Variables)] {
    var result: [([String], Variables)] = []
    func add(_ part: Variables, _ path: [String]) {
      guard let entries = part.entries else {
        result.append((path, part))
        return
      }
      for name in entries.keys.sorted() {
        if let value = entries[name] { add(value, path + [name]) }
      }
    }
    add(self, [])
    return result
  }

  /// Builds nested dictionaries from values and their paths.
  public init(flattened values: some Sequence<(path: [String], value: Variables)>) {
    self.init()
    for (path, value) in values { self[path: path] = value }
  }
}

extension Variables: ExpressibleByDictionaryLiteral {
  /// Creates a dictionary from tensors, variables, arrays and dictionaries of them.
  public init(dictionaryLiteral elements: (String, any VariableConvertible)...) {
    self.init(elements.map { ($0, $1.variables) })
  }
}
