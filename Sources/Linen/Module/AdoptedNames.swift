/// Runs `body` with modules in properties called by the names that they were given when made, where
/// they have one, instead of by those of the properties.
///
///     let model = Wrapper(inner: Dense(3, name: "dense"))
///     let variables = try preservingAdoptedNames { try model.initialize(Key(0)) { $0(x) } }
///     // params/dense, not params/inner
///
/// Counts on this thread; a class can decide otherwise by ``Module/preservesAdoptedNames``. Mirrors
/// `flax_preserve_adopted_names`.
public func preservingAdoptedNames<R, E: Error>(
  _ isOn: Bool = true, _ body: () throws(E) -> R
) throws(E) -> R {
  // Any non-null pointer means that they are preserved; it is never followed.
  try ContextSlot.adoptedNames.with(isOn ? UnsafeMutableRawPointer(bitPattern: 1) : nil, body)
}

extension Module {
  /// Whether modules in the properties of this one keep the names that they were given.
  var keepsAdoptedNames: Bool {
    type(of: self).preservesAdoptedNames ?? (ContextSlot.adoptedNames.pointer != nil)
  }
}
