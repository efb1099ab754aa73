import Linen
import Testing

/// Random numbers that are the same in every run.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A way to break a program: runs it broken.
typealias Mutation = @Sendable (Program, inout Generator) throws -> Void

/// Whatever is wrong with a program, its run throws an error that says where.
@Suite struct BrokenProgramsTests {
  @Test(arguments: programs) func theProgramsWork(_ program: Program) throws {
    try program.run(try program.variables())
  }

  @Test func aThousandBrokenProgramsThrowAThousandErrors() throws {
    let mutations = [Wrong.variables, Wrong.calls, Wrong.modules].flatMap {
      $0.map { (name: $0.key, run: $0.value) }
    }
    var generator = Generator(state: 42)
    var withoutError: [String] = []
    var withoutPath: [String] = []
    var errors = 0
    for trial in 0..<1000 {
      let mutation = mutations[trial % mutations.count]
      let program = programs[Int.random(in: programs.indices, using: &generator)]
      let title = "\(trial) \(mutation.name) in \(program.name)"
      let text = errorText { try mutation.run(program, &generator) }
      if text == "no error" {
        withoutError.append(title)
        continue
      }
      errors += 1
      if !text.contains("path: /") && !text.contains("(in /") {
        withoutPath.append("\(title): \(text)")
      }
    }
    #expect(errors == 1000)
    #expect(withoutError == [])
    #expect(withoutPath == [])
  }
}

/// The ways to break a program.
enum Wrong {}
