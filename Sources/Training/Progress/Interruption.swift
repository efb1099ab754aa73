import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether a person has pressed Ctrl-C, so that a training loop can end after its step.
///
///     Interruption.watch()
///     for batch in batches where !Interruption.isRequested { ... }
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Takes SIGINT and SIGTERM as requests from now on; a second one ends the process at once.
  public static func watch() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        // Only what is safe in a signal handler: an atomic store and `signal` itself.
        Interruption.request()
        signal(number, SIG_DFL)
      }
    }
  }

  /// Whether one has come.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  private static func request() { flag.store(true, ordering: .relaxed) }
}
