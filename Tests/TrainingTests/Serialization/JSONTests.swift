import Testing
import Training

private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

@Suite struct JSONTests {
  @Test func tellsIntegersFromFloats() throws {
    let value = try parse("[1, 1.0, -2, 1e2, 20000000000000000000]")
    #expect(
      value
        == .array([
          .integer(1), .number(1), .integer(-2), .number(100), .number(20000000000000000000),
        ]))
    #expect(value.elements?[0].double == 1)
    #expect(value.elements?[1].integer == nil)
  }

  @Test func keepsTheOrderOfKeys() throws {
    let value = try parse(#"{"b": null, "a": {"c": true, "d": []}} "#)
    #expect(value.members?.map(\.key) == ["b", "a"])
    #expect(value["a"]?["c"]?.bool == true)
    #expect(value["b"]?.isNull == true)
    #expect(value["z"] == nil)
  }

  @Test func readsEscapes() throws {
    let value = try parse(#""a\n\"\\\/\u00e9\ud83d\ude00\tz\u0000""#)
    #expect(value.text == "a\n\"\\/\u{E9}\u{1F600}\tz\u{0}")
  }

  @Test(arguments: [
    ("", "invalid JSON at byte 0: the text ends where a value was expected"),
    ("[1, ]", "invalid JSON at byte 4: expected a value"),
    ("[1 2]", "invalid JSON at byte 3: expected , or ]"),
    ("{\"a\": 1, \"a\": 2}", "invalid JSON at byte 12: the key \"a\" occurs twice"),
    ("{\"a\" 1}", "invalid JSON at byte 5: expected :"),
    ("{a: 1}", "invalid JSON at byte 1: expected a key"),
    ("01", "invalid JSON at byte 0: a number starts with 0"),
    ("1.", "invalid JSON at byte 2: the text ends within a number"),
    ("tru", "invalid JSON at byte 3: expected true"),
    ("\"abc", "invalid JSON at byte 4: the text ends within a string"),
    ("\"\\x\"", "invalid JSON at byte 2: an unknown escape"),
    ("\"\\ud800\"", "invalid JSON at byte 7: a lone surrogate"),
    ("\"a\nb\"", "invalid JSON at byte 2: a control character within a string"),
    ("1 1", "invalid JSON at byte 2: expected the end of the text"),
  ])
  func namesTheByte(text: String, message: String) {
    #expect { try parse(text) } throws: { "\($0)" == message }
  }

  @Test func refusesDeepNestingAndWrongUTF8() {
    let deep = String(repeating: "[", count: 1000)
    #expect { try parse(deep) } throws: { "\($0)".hasSuffix("nested deeper than 256") }
    #expect { try JSON(parsing: [0x22, 0xFF, 0x22]) } throws: {
      "\($0)" == "invalid JSON at byte 1: the string is not UTF-8"
    }
  }
}
