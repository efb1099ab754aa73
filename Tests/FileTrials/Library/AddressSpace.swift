#if canImport(Glibc)
import Foundation
import Glibc

/// Lets this process have `bytes` more of memory than it has now; asking for more ends it.
package func limitMemory(to bytes: Int) throws {
  // The first number of statm is the size of the address space in pages.
  let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
  guard let pages = text.split(separator: " ").first.flatMap({ Int($0) }) else {
    throw TrialError("/proc/self/statm has no number")
  }
  let size = rlim_t(pages * Int(sysconf(Int32(_SC_PAGESIZE))) + bytes)
  var limit = rlimit(rlim_cur: size, rlim_max: size)
  guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else {
    throw TrialError("the memory can't be limited")
  }
}
#else
/// Does nothing: only Linux keeps to such a limit.
package func limitMemory(to bytes: Int) throws {}
#endif
