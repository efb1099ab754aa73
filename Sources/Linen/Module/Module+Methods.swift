extension Module {
  /// Runs the body of a method that makes its submodules and parameters where it uses them.
  ///
  /// Every call of the method names them anew from the start, so that calls share what they make.
  /// Records an error if the module has no variables: it must run inside `initialize`, `apply` or
  /// `bind`.
  public final func compact<R, E: Error>(
    function: String = #function, _ body: () throws(E) -> R
  ) throws(E) -> R {
    guard let call = beginCall(isCompact: true, function) else {
      if let result: R = standInResult() { return result }
      return try body()
    }
    defer { call.end(function) }
    guard call.isObserved else { return try body() }
    return try call.observe(function, { [] }) { (_) throws(E) in try body() }
  }

  /// Runs the body of a method, given its argument so that interceptors and tables see it.
  public final func compact<A, R, E: Error>(
    _ a: A, function: String = #function, _ body: (A) throws(E) -> R
  ) throws(E) -> R {
    guard let call = beginCall(isCompact: true, function) else {
      if let result: R = standInResult() { return result }
      return try body(a)
    }
    defer { call.end(function) }
    guard call.isObserved else { return try body(a) }
    return try call.observe(function, { [a] }) { (x) throws(E) in try body(x.value(0, a)) }
  }

  /// Runs the body of a method, given its arguments so that interceptors and tables see them.
  public final func compact<A, B, R, E: Error>(
    _ a: A, _ b: B, function: String = #function, _ body: (A, B) throws(E) -> R
  ) throws(E) -> R {
    guard let call = beginCall(isCompact: true, function) else {
      if let result: R = standInResult() { return result }
      return try body(a, b)
    }
    defer { call.end(function) }
    guard call.isObserved else { return try body(a, b) }
    return try call.observe(function, { [a, b] }) { (x) throws(E) in
      try body(x.value(0, a), x.value(1, b))
    }
  }

  /// Runs the body of a method, given its arguments so that interceptors and tables see them.
  public final func compact<A, B, C, R, E: Error>(
    _ a: A, _ b: B, _ c: C, function: String = #function, _ body: (A, B, C) throws(E) -> R
  ) throws(E) -> R {
    guard let call = beginCall(isCompact: true, function) else {
      if let result: R = standInResult() { return result }
      return try body(a, b, c)
    }
    defer { call.end(function) }
    guard call.isObserved else { return try body(a, b, c) }
    return try call.observe(function, { [a, b, c] }) { (x) throws(E) in
      try body(x.value(0, a), x.value(1, b), x.value(2, c))
    }
  }

  /// Runs the body of a method that uses what ``setup()`` made or what was passed in.
  public final func method<R, E: Error>(
    function: String = #function, _ body: () throws(E) -> R
  ) throws(E) -> R {
    guard let call = beginCall(isCompact: false) else {
      if let result: R = standInResult() { return result }
      return try intercepted(function, { [] }) { (_) throws(E) in try body() }
    }
    defer { call.end(function) }
    guard call.isObserved else { return try body() }
    return try call.observe(function, { [] }) { (_) throws(E) in try body() }
  }

  /// Runs the body of a method, given its argument so that interceptors and tables see it.
  public final func method<A, R, E: Error>(
    _ a: A, function: String = #function, _ body: (A) throws(E) -> R
  ) throws(E) -> R {
    guard let call = beginCall(isCompact: false) else {
      if let result: R = standInResult() { return result }
      return try intercepted(function, { [a] }) { (x) throws(E) in try body(x.value(0, a)) }
    }
    defer { call.end(function) }
    guard call.isObserved else { return try body(a) }
    return try call.observe(function, { [a] }) { (x) throws(E) in try body(x.value(0, a)) }
  }

  /// Runs the body of a method, given its arguments so that interceptors and tables see them.
  public final func method<A, B, R, E: Error>(
    _ a: A, _ b: B, function: String = #function, _ body: (A, B) throws(E) -> R
  ) throws(E) -> R {
    guard let call = beginCall(isCompact: false) else {
      if let result: R = standInResult() { return result }
      return try intercepted(function, { [a, b] }) { (x) throws(E) in
        try body(x.value(0, a), x.value(1, b))
      }
    }
    defer { call.end(function) }
    guard call.isObserved else { return try body(a, b) }
    return try call.observe(function, { [a, b] }) { (x) throws(E) in
      try body(x.value(0, a), x.value(1, b))
    }
  }

  /// Runs the body of a method, given its arguments so that interceptors and tables see them.
  public final func method<A, B, C, R, E: Error>(
    _ a: A, _ b: B, _ c: C, function: String = #function, _ body: (A, B, C) throws(E) -> R
  ) throws(E) -> R {
    guard let call = beginCall(isCompact: false) else {
      if let result: R = standInResult() { return result }
      return try intercepted(function, { [a, b, c] }) { (x) throws(E) in
        try body(x.value(0, a), x.value(1, b), x.value(2, c))
      }
    }
    defer { call.end(function) }
    guard call.isObserved else { return try body(a, b, c) }
    return try call.observe(function, { [a, b, c] }) { (x) throws(E) in
      try body(x.value(0, a), x.value(1, b), x.value(2, c))
    }
  }

  /// Makes this module the one that runs; nil if it has no place in a call.
  @inline(__always)
  private func beginCall(isCompact: Bool, _ function: String = "") -> RunningCall? {
    guard let context = ModuleContext.current, let binding = context.binding(of: self) else {
      if isCompact { recordUnboundCall() }
      return nil
    }
    guard context.mayBegin(binding) else { return nil }
    return RunningCall(context, binding, isCompact: isCompact, function)
  }

  /// The result of a method that can't begin and whose body must not run: where modules call each other
  /// without end, and of a module that stands in for another, as it has no properties to use.
  private func standInResult<R>() -> R? {
    guard ModuleContext.current?.isExhausted ?? false || StandInModules.contains(self) else {
      return nil
    }
    return makeStandIn(for: R.self)
  }

  private func recordUnboundCall() {
    let name = ClassInfo.of(self).name
    if let context = ModuleContext.current, birthplace == context.id, context.isIdle {
      // Made by a method of the root module that is not wrapped, or by the caller's closure.
      record(LinenError(.submoduleOutsideSetup(module: name)))
    } else {
      recordUnbound(.compactUnbound(module: name))
    }
  }
}
