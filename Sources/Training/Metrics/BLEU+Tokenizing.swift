import Foundation

extension BLEU {
  /// Splits a text into words and punctuation, as the mteval-v13a script and sacreBLEU do.
  public static func tokenize(_ text: String) -> [String] {
    var text = text
    while let last = text.last, last.isWhitespace { text.removeLast() }
    text = text.replacingOccurrences(of: "<skipped>", with: "")
    text = text.replacingOccurrences(of: "-\n", with: "").replacingOccurrences(of: "\n", with: " ")
    for (entity, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
      text = text.replacingOccurrences(of: entity, with: character)
    }
    var scalars = Array(" \(text) ".unicodeScalars)
    scalars = scalars.flatMap { isSeparate($0) ? [" ", $0, " "] : [$0] }
    // Numbers keep their points and commas, words their hyphens.
    scalars = replacingPairs(scalars, { !isDigit($0) }, isPoint) { [$0, " ", $1, " "] }
    scalars = replacingPairs(scalars, isPoint, { !isDigit($0) }) { [" ", $0, " ", $1] }
    scalars = replacingPairs(scalars, isDigit, { $0 == "-" }) { [$0, " ", $1, " "] }
    return scalars.split { $0.properties.isWhitespace }.map { word in
      var view = String.UnicodeScalarView()
      view.append(contentsOf: word)
      return String(view)
    }
  }

  /// Replaces pairs from left to right; what belongs to one is not part of the next.
  private static func replacingPairs(
    _ scalars: [Unicode.Scalar], _ isFirst: (Unicode.Scalar) -> Bool,
    _ isSecond: (Unicode.Scalar) -> Bool,
    _ replacement: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < scalars.count {
      if index + 1 < scalars.count, isFirst(scalars[index]), isSecond(scalars[index + 1]) {
        result += replacement(scalars[index], scalars[index + 1])
        index += 2
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    return result
  }

  /// Whether a character is always a token of its own: ASCII's punctuation but `'`, `,`, `-`, `.`.
  private static func isSeparate(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{"..."~", "["..."`", "!"..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }

  private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
