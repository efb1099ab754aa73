import Foundation
import Linen
import Optimizers
import Testing
import Training

/// A folder that disappears with the test.
struct TemporaryFolder: ~Copyable {
  let path = NSTemporaryDirectory() + "checkpoints-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names of the files, hidden ones too.
  var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  func write(_ text: String, _ name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: "\(path)/\(name)", withIntermediateDirectories: true)
  }
}

private func object(_ a: [Int], _ b: [Int]) -> [String: Tensor] {
  ["a": Tensor(a, dtype: .int32), "b": Tensor(b, dtype: .int32)]
}

private func ints(_ tree: [String: Tensor]) throws -> [[Int]] {
  try [tree["a"], tree["b"]].compactMap { try $0?.scalars(as: Int.self) }
}

/// Flax's tests/checkpoints_test.py, and what is special here.
@Suite struct CheckpointsTests {
  private let zero = object([0, 0, 0], [0, 0, 0])
  private let one = object([1, 2, 3], [1, 1, 1])
  private let two = object([4, 5, 6], [2, 2, 2])

  @Test(arguments: [
    ["file_1", "file_2", "file_10", "file_11", "file_21"],
    ["file_0.001", "file_0.01", "file_0.1", "file_1"],
    ["file_-3.0", "file_-2", "file_-1", "file_0.0"],
    ["file_1e1", "file_1.0e2", "file_1e3", "file_1.0e4"],
    ["file_1", "file_2", "file_9", "file_1.0e1", "file_11"],
  ])
  func naturalSorting(names: [String]) {
    #expect(naturalSort(names.reversed()) == names)
    #expect(naturalSort(names.sorted()) == names)
  }

  @Test func signsMaySeparate() {
    #expect(naturalSort(["a-2", "a-1", "a-10"], signed: false) == ["a-1", "a-2", "a-10"])
    #expect(naturalSort(["a-2", "a-1", "a-10"]) == ["a-10", "a-2", "a-1"])
  }

  @Test(arguments: [
    ("./a/b/c", "a/b/c"), ("/a//b/c", "/a/b/c"), ("/a/../b/c", "/b/c"), ("a/b/./c", "a/b/c"),
    ("gs://a//b/c", "gs://a/b/c"), ("../../a", "../../a"), ("/..", "/"), ("a/..", "."),
  ])
  func safeNormpath(path: String, normalized: String) throws {
    #expect(try Checkpoints(path).folder == normalized)
  }

  @Test func saveRestoreCheckpoints() throws {
    let folder = try TemporaryFolder()
    let last = try Checkpoints(folder.path, prefix: "test_")
    let lastTwo = try Checkpoints(folder.path, prefix: "test_", keep: 2)
    // Flax returns the target here.
    #expect(try last.restoreIfPresent(zero) == nil)
    #expect(throws: CheckpointError.self) { try last.restore(zero) }
    #expect(try last.save(one, step: 0) == "\(folder.path)/test_0")
    #expect(folder.files.contains("test_0"))
    #expect(try ints(last.restore(zero)) == [[1, 2, 3], [1, 1, 1]])
    try last.save(one, step: 1)
    try last.save(two, step: 2)
    #expect(try ints(last.restore(zero)) == [[4, 5, 6], [2, 2, 2]])
    try lastTwo.save(two, step: 3)
    try lastTwo.save(one, step: 4)
    #expect(try ints(last.restore(zero)) == [[1, 2, 3], [1, 1, 1]])
    #expect(try ints(last.restore(zero, step: 3)) == [[4, 5, 6], [2, 2, 2]])
    #expect(
      try ints(Checkpoints.restore(zero, file: "\(folder.path)/test_3")) == [
        [4, 5, 6], [2, 2, 2],
      ])
    #expect {
      try Checkpoints.restore(zero, file: "\(folder.path)/test_not_there")
    } throws: {
      "\($0)".hasPrefix("Matching checkpoint not found: \(folder.path)/test_not_there")
    }
    #expect {
      try last.restore(zero, step: 5)
    } throws: {
      "\($0)" == "Matching checkpoint not found: \(folder.path)/test_5\npresent: 3, 4"
    }
  }

  @Test func overwriteCheckpoints() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path)
    try checkpoints.save(zero, step: 0)
    #expect {
      try checkpoints.save(one, step: 0)
    } throws: {
      "\($0)" == """
        Trying to save an outdated checkpoint at step: "0" and path: "\(folder.path)/checkpoint_0".
        present: 0
        hint: pass overwrite: true, which removes the later checkpoints
        """
    }
    try checkpoints.save(one, step: 0, overwrite: true)
    #expect(try ints(checkpoints.restore(zero)) == [[1, 2, 3], [1, 1, 1]])
    let other = try Checkpoints(folder.path + "//", keep: 3)
    try other.save(two, step: 4)
    try other.save(two, step: 5)
    #expect(throws: CheckpointError.self) { try other.save(two, step: 3) }
    // A step that is overwritten removes those after it.
    try other.save(one, step: 4, overwrite: true)
    #expect(try other.availableSteps() == [0, 4])
    #expect(try ints(other.restore(zero)) == [[1, 2, 3], [1, 1, 1]])
  }

  /// The steps that Flax 0.12.8 leaves of 0, 5, ..., 95 with these settings.
  @Test(
    arguments: [
      (3, nil, [85, 90, 95]),
      (3, 7, [5, 15, 25, 35, 45, 55, 65, 75, 85, 90, 95]),
      (1, 30, [5, 35, 65, 95]),
      (2, 1000, [5, 90, 95]),
    ] as [(Int, Int?, [Int])])
  func keepCheckpoints(keep: Int, keepEvery: Int?, expected: [Int]) throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path, keep: keep, keepEvery: keepEvery)
    for step in stride(from: 0, to: 100, by: 5) { try checkpoints.save(one, step: step) }
    #expect(try checkpoints.availableSteps() == expected)
    for step in expected {
      #expect(try ints(checkpoints.restore(zero, step: step)) == [[1, 2, 3], [1, 1, 1]])
    }
    #expect(throws: CheckpointError.self) { try checkpoints.restore(zero, step: 80) }
    // A checksum goes with its checkpoint.
    #expect(folder.files.filter { $0.hasSuffix(".checksum") }.count == expected.count)
  }

  @Test func saveRestoreCheckpointsWithFloatSteps() throws {
    let folder = try TemporaryFolder()
    let last = try Checkpoints(folder.path, prefix: "test_")
    try last.save(one, step: 0.0)
    #expect(folder.files.contains("test_0.0"))
    #expect(try ints(last.restore(zero)) == [[1, 2, 3], [1, 1, 1]])
    try last.save(one, step: 2.0)
    try Checkpoints(folder.path, prefix: "test_", keep: 2).save(two, step: 3.0)
    #expect(folder.files.filter { !$0.hasPrefix(".") } == ["test_2.0", "test_3.0"])
    try Checkpoints(folder.path, prefix: "test_", keep: 2).save(two, step: 1e16)
    #expect(try last.availableSteps(as: Double.self) == [3, 1e16])
    #expect(folder.files.contains("test_1e+16"))
    #expect(throws: CheckpointError.self) { try last.save(one, step: Double.nan) }
    #expect(throws: CheckpointError.self) { try last.save(one, step: Double.infinity) }
  }

  @Test func saveRestoreCheckpointsTargetNone() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path)
    try checkpoints.save(zero, step: 0)
    #expect(try checkpoints.restoreState() == toStateDict(zero))
    try checkpoints.save([Tensor([0, 0]), Tensor([1, 1])], step: 1)
    #expect(
      try checkpoints.restoreState()
        == ["0": .tensor(Tensor([0, 0])), "1": .tensor(Tensor([1, 1]))])
  }

  @Test func saveRestoreCheckpointsTargetSingular() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path)
    try checkpoints.save(Tensor([1, 1, 1]), step: 0)
    #expect(try checkpoints.restoreState() == .tensor(Tensor([1, 1, 1])))
    try checkpoints.save(Tensor([0, 0, 0]), step: 1)
    #expect(try checkpoints.restore(Tensor([1, 1, 1])).scalars() == [0, 0, 0])
  }

  @Test func saveRestoreCheckpointsTargetEmpty() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path)
    try checkpoints.save([Tensor](), step: 0)
    #expect(try checkpoints.restoreState() == [:])
    try checkpoints.save(Variables(), step: 1)
    #expect(try checkpoints.restore([Tensor]()).isEmpty)
  }

  @Test func lastCheckpoint() throws {
    let folder = try TemporaryFolder()
    func latest(_ prefix: String) throws -> String? {
      try Checkpoints(folder.path, prefix: prefix).latest()
    }
    try folder.write("test_tmp", "test_tmp")
    try folder.makeFolder("test_tmp_gda")
    #expect(try latest("test_") == nil)
    try folder.write("test_0", "test_0")
    try folder.makeFolder("test_0_gda")
    #expect(try latest("test_") == "\(folder.path)/test_0")
    try folder.write("test_10", "test_10")
    #expect(try latest("test_") == "\(folder.path)/test_10")
    #expect(try latest("ckpt_") == nil)
    try folder.write("orbaxtest_10", "orbaxtest_.orbax-checkpoint-tmp_10")
    #expect(try latest("orbaxtest_") == nil)
  }

  @Test func availableStepsOfTypes() throws {
    let folder = try TemporaryFolder()
    try folder.write("test_tmp", "test_tmp")
    for name in ["1", "5", "112"] {
      try folder.write(name, "test_\(name)")
      try folder.makeFolder("test_\(name)_gda")
    }
    let checkpoints = try Checkpoints(folder.path, prefix: "test_")
    #expect(try checkpoints.availableSteps() == [1, 5, 112])
    for name in ["1.0", "4.5", "5.6"] { try folder.write(name, "float_\(name)") }
    let floats = try Checkpoints(folder.path, prefix: "float_")
    #expect(try floats.availableSteps(as: Double.self) == [1, 4.5, 5.6])
    #expect {
      try floats.availableSteps()
    } throws: {
      "\($0)" == "\(folder.path)/float_1.0: the step is 1.0, expected Int"
    }
    #expect(try Checkpoints("/nowhere").availableSteps().isEmpty)
  }

  /// A structure with variables in it, and an array, in a list.
  @Test func complexTree() throws {
    struct Custom: StateSerializable {
      var foo: Int
      var bar: Variables
      var list: [Tensor]
      mutating func visitState(_ visitor: inout StateVisitor) {
        visitor.visit("foo", &foo)
        visitor.visit("bar", &bar)
        visitor.visit("list", &list)
      }
    }
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path)
    let saved = Custom(foo: 12, bar: ["x": Tensor([1, 4])], list: [Tensor([2, 3])])
    try checkpoints.save([saved], step: 0)
    let target = Custom(foo: 0, bar: ["x": Tensor([0, 0])], list: [Tensor([0, 0])])
    let restored = try checkpoints.restore([target])
    #expect(restored[0].foo == 12)
    #expect(try toStateDict(restored) == toStateDict([saved]))
  }

  /// Flax restores folders by Orbax; here they are named and refused.
  @Test func orbaxFoldersAreRefused() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path, keep: 2)
    try checkpoints.save(one, step: 0)
    try folder.makeFolder("checkpoint_1")
    #expect(try checkpoints.availableSteps() == [0, 1])
    #expect {
      try checkpoints.restore(zero)
    } throws: {
      "\($0)".hasPrefix("The checkpoint \(folder.path)/checkpoint_1 is a folder, not a msgpack")
    }
    #expect(try ints(checkpoints.restore(zero, step: 0)) == [[1, 2, 3], [1, 1, 1]])
  }

  /// Flax takes the larger array; here that must be allowed.
  @Test func smallerTarget() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path)
    try checkpoints.save(["a": Tensor.ones([16, 256, 4])], step: 0)
    let target = ["a": Tensor.zeros([2, 3])]
    #expect(throws: RestoreError.self) { try checkpoints.restore(target) }
    #expect(
      try checkpoints.restore(target, allowing: .flax)["a"]?.shape == [16, 256, 4])
  }

  @Test func convertsFromBeforeLinen() throws {
    let none = Variables()
    let params = convertPreLinen(
      [
        "mod_0": ["submod1_0": none, "submod2_1": none, "submod1_2": none],
        "mod2_2": ["submod2_2_0": none], "mod2_11": ["submod2_11_0": none],
        "mod2_1": ["submod2_1_0": none], "plain": ["x": Tensor(1.0)],
      ] as Variables)
    #expect(
      params.shapesDescription
        == "{'mod2_0': {'submod2_1_0': {}}, 'mod2_1': {'submod2_2_0': {}}, 'mod2_2': "
        + "{'submod2_11_0': {}}, 'mod_0': {'submod1_0': {}, 'submod1_1': {}, 'submod2_0': {}}, "
        + "'plain': {'x': ()}}")
  }

  @Test func missingFoldersAreErrors() throws {
    let checkpoints = try Checkpoints("/nowhere/at/all")
    #expect {
      try checkpoints.restore(zero)
    } throws: {
      "\($0)" == "There is no folder of checkpoints at /nowhere/at/all"
    }
    #expect(try checkpoints.restoreIfPresent(zero) == nil)
    #expect(try checkpoints.latest() == nil)
    #expect {
      try Checkpoints("/proc/nowhere").save(zero, step: 0)
    } throws: {
      "\($0)".hasPrefix("/proc/nowhere: can't make the folder: ")
    }
  }

  @Test func settingsAreChecked() {
    #expect { try Checkpoints("a", keep: 0) } throws: {
      "\($0)" == "a: keep is 0, expected at least 1"
    }
    #expect(throws: CheckpointError.self) { try Checkpoints("a", keepEvery: 0) }
    for prefix in ["", "a/b", ".a"] {
      #expect(throws: CheckpointError.self) { try Checkpoints("a", prefix: prefix) }
    }
  }
}
