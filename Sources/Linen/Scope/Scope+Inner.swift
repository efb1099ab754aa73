extension Scope {
  /// A scope that stands in for this one with other variables, as inside a lifted transform.
  ///
  /// It has the same path, and its streams go on counting where those of this scope are. Collections
  /// are mutable where both this scope and `mutable` let them be.
  package func inner(
    _ variables: Variables, mutable: CollectionFilter, rngs: [(name: String, rng: LazyRNG)]? = nil
  ) -> Scope {
    Scope(
      inFor: self,
      root: ScopeRoot(
        variables: variables.entries ?? Variables.Entries(), rngs: rngs ?? self.rngs,
        mutable: shared.mutable.intersection(mutable), flags: shared.flags, path: path,
        outer: shared))
  }

  /// The streams as this scope sees them: with the names of its path to be folded in.
  package var streams: [(name: String, rng: LazyRNG)] { rngs }

  /// Writes variables, as ``variables`` gives them, into this scope; collections that are not mutable
  /// are left out.
  package func publish(_ variables: Variables) {
    for (collection, part) in variables where isMutableCollection(collection) {
      for (name, value) in part { putVariable(collection, name, value) }
    }
  }
}
