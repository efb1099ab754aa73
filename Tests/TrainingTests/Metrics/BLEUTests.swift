import Testing
import Training

/// The numbers and tokens are sacreBLEU's (2.5), of the same calls.
@Suite struct BLEUTests {
  let hypotheses = [
    "The dog bit the man.", "It wasn't surprising.", "The man had just bitten him.",
  ]
  let references = [
    ["The dog bit the man.", "The dog had bit the man."],
    ["It was not unexpected.", "No one was surprised."],
    ["The man bit him first.", "The man had bitten the dog."],
  ]

  private func expect(_ value: Double, _ expected: Double) {
    #expect(abs(value - expected) < 1e-9, "\(value) instead of \(expected)")
  }

  private func corpus(_ smoothing: BLEU.Smoothing) -> BLEU {
    var bleu = BLEU(smoothing: smoothing)
    for (hypothesis, references) in zip(hypotheses, references) {
      bleu.add(hypothesis, references: references)
    }
    return bleu
  }

  @Test func scoresACorpus() {
    let bleu = corpus(.exponential)
    expect(bleu.score, 48.530827009929865)
    for (precision, expected) in zip(
      bleu.precisions, [82.3529411764706, 50, 45.45454545454545, 37.5])
    {
      expect(precision, expected)
    }
    expect(bleu.brevityPenalty, 0.9428731438548749)
    expect(corpus(.none).score, 48.530827009929865)
    expect(corpus(.add(1)).score, 52.70109002482467)
  }

  @Test func mergesParts() {
    var parts = zip(hypotheses, references).map { hypothesis, references in
      var part = BLEU()
      part.add(hypothesis, references: references)
      return part
    }
    let first = parts.removeFirst()
    #expect(parts.reduce(first) { $0.merging($1) } == corpus(.exponential))
  }

  @Test(
    arguments: [
      (.exponential, 8.9730240870212), (.none, 0), (.floor(0.1), 4.5131921809482645),
      (.add(1), 17.946048174042403),
    ] as [(BLEU.Smoothing, Double)])
  func smooths(_ smoothing: BLEU.Smoothing, _ expected: Double) {
    var bleu = BLEU(smoothing: smoothing)
    bleu.add("the the the the", references: ["the cat sat on the mat today"])
    expect(bleu.score, expected)
  }

  @Test func shortTexts() {
    var bleu = BLEU()
    #expect(bleu.score == 0)
    bleu.add("a b", references: ["a b"])
    #expect(bleu.score == 0)
    var pairs = BLEU(maxOrder: 2)
    pairs.add("a b c", references: ["a b d"])
    expect(pairs.score, 57.73502691896257)
  }

  @Test(arguments: [
    (
      "Hello, world! It costs 3,141.59 dollars (about 10-20% more).",
      "Hello , world ! It costs 3,141.59 dollars ( about 10 - 20 % more ) ."
    ),
    ("a..5 x.,y -3 3-4 well-known &quot;q&amp;&lt;", "a . .5 x . , y -3 3 - 4 well-known \" q & <"),
    (
      "It's \u{201C}fine\u{201D} \u{2014} don't @user #tag http://a.b/c?d=e\n",
      "It's \u{201C}fine\u{201D} \u{2014} don't @ user # tag http : / / a . b / c ? d = e"
    ),
  ])
  func tokenizes(_ text: String, _ expected: String) {
    #expect(BLEU.tokenize(text).joined(separator: " ") == expected)
  }
}
