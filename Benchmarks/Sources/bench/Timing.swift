#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The seconds that `body` takes, and what it gives.
func timed<R>(_ body: () throws -> R) rethrows -> (seconds: Double, value: R) {
  let clock = ContinuousClock()
  let start = clock.now
  let value = try body()
  return (seconds(start.duration(to: clock.now)), value)
}

/// The least nanoseconds that one of `count` calls takes, over several rounds.
func nanoseconds(calls count: Int, rounds: Int = 15, _ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<rounds {
    let time = try timed { for _ in 0..<count { try body() } }.seconds
    best = min(best, time / Double(count))
  }
  return best * 1e9
}

private func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// The most memory that the process has had, in MiB.
func peakMemory() -> Int {
  var usage = rusage()
  // 0 is RUSAGE_SELF, which Glibc declares with another type than the parameter has.
  getrusage(0, &usage)
  #if os(Linux)
  return Int(usage.ru_maxrss) / 1024
  #else
  return Int(usage.ru_maxrss) / (1024 * 1024)
  #endif
}
