import Foundation
import Tensor

/// Values that a thread makes ahead, while others are being used.
///
///     for batch in Prefetched(batches, count: 2) { ... }
///
/// Mirrors `flax.training.prefetch_iterator.PrefetchIterator`. An error in the making of a value is
/// recorded, as operations record theirs, where the value is asked for, and ends the values.
public struct Prefetched<Source: Sequence & Sendable>: Sequence where Source.Element: Sendable {
  private let source: Source
  private let count: Int

  /// Makes the elements of a sequence ahead, at most `count` of them.
  public init(_ source: Source, count: Int = 2) {
    self.source = source
    self.count = Swift.max(count, 1)
  }

  /// Starts the thread.
  public func makeIterator() -> Iterator { Iterator(source, count) }

  /// Takes the values in order; giving it up ends the thread.
  public final class Iterator: IteratorProtocol {
    private let queue: PrefetchQueue<Source.Element>

    init(_ source: Source, _ count: Int) {
      let queue = PrefetchQueue<Source.Element>(limit: count)
      self.queue = queue
      let thread = Thread {
        var iterator = source.makeIterator()
        while queue.put(Result { try withErrors { iterator.next() } }) {}
      }
      thread.name = "prefetch"
      // A batch may be made by operations that need more stack than a thread has by default.
      thread.stackSize = 1 << 23
      thread.start()
    }

    deinit { queue.close() }

    /// Waits for the next value; nil behind the last.
    public func next() -> Source.Element? {
      switch queue.take() {
      case .success(let element)?: return element
      case .failure(let error)?:
        record(error)
        return nil
      case nil: return nil
      }
    }
  }
}

/// A queue between two threads that holds a limited number of values.
private final class PrefetchQueue<Element: Sendable>: @unchecked Sendable {
  /// Guards all below, and tells when they change.
  private let condition = NSCondition()
  private let limit: Int
  private var values: [Result<Element, any Error>] = []
  private var isEnded = false
  private var isClosed = false

  init(limit: Int) { self.limit = limit }

  /// Waits for room and adds a value; false if no more are wanted or this is the last.
  func put(_ result: Result<Element?, any Error>) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while values.count >= limit, !isClosed { condition.wait() }
    switch result {
    case .success(let element?): values.append(.success(element))
    case .success(nil): isEnded = true
    case .failure(let error):
      values.append(.failure(error))
      isEnded = true
    }
    condition.broadcast()
    return !isEnded && !isClosed
  }

  /// Waits for a value; nil if there will be no more.
  func take() -> Result<Element, any Error>? {
    condition.lock()
    defer { condition.unlock() }
    while values.isEmpty, !isEnded { condition.wait() }
    guard !values.isEmpty else { return nil }
    defer { condition.broadcast() }
    return values.removeFirst()
  }

  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
