import ArgumentParser

/// Refuses the value of an option that is too small or too large, and says which there may be.
package func expect(
  _ option: String, _ value: Int, atLeast least: Int = 1, atMost most: Int = .max
) throws {
  guard value < least || value > most else { return }
  let range = most == .max ? "at least \(least)" : "\(least) to \(most)"
  throw ValidationError("\(option) is \(value), expected \(range)")
}
