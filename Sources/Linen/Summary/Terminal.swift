#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What standard output is connected to.
public enum Terminal {
  /// Whether a person reads the output: a terminal that can move its cursor.
  public static var isInteractive: Bool {
    guard isatty(STDOUT_FILENO) == 1 else { return false }
    return getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
  }

  /// Whether colours may be used: an interactive terminal, unless `NO_COLOR` is set.
  ///
  /// https://no-color.org
  public static var hasColors: Bool {
    isInteractive && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
  }

  /// The number of columns; 80 where it is not known.
  public static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes text at once, also where output is a pipe.
  package static func write(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }
}
