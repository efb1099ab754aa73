/// How many keys were drawn from each stream of a scope and of those below it.
final class RNGCounters {
  private var counts: [String: UInt] = [:]
  private var children: [String: RNGCounters] = [:]

  func next(_ stream: String) -> UInt {
    let count = counts[stream, default: 0] + 1
    counts[stream] = count
    return count
  }

  func child(_ name: String) -> RNGCounters {
    if let child = children[name] { return child }
    let child = RNGCounters()
    children[name] = child
    return child
  }

  /// The counts at a moment.
  struct State: Hashable, Sendable {
    fileprivate var counts: [String: UInt] = [:]
    fileprivate var children: [String: State] = [:]

    /// The counts further by as many as were drawn between two other moments.
    func advanced(from start: State, to end: State) -> State {
      var result = self
      for (stream, count) in end.counts {
        result.counts[stream, default: 0] += count - start.counts[stream, default: 0]
      }
      for (name, child) in end.children {
        result.children[name] = (children[name] ?? State())
          .advanced(from: start.children[name] ?? State(), to: child)
      }
      return result
    }
  }

  /// The counts here and below; setting them goes back to another moment.
  var state: State {
    get {
      let below = children.mapValues(\.state).filter { $0.value != State() }
      return State(counts: counts, children: below)
    }
    set {
      counts = newValue.counts
      for (name, child) in children { child.state = newValue.children[name] ?? State() }
      for (name, state) in newValue.children where children[name] == nil {
        child(name).state = state
      }
    }
  }
}
