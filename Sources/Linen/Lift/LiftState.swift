/// What a transform passes into a function: variables, streams and arguments as one tree.
struct LiftInput<A: TensorTree>: TensorTree {
  var variables: [[Variables]]
  var rngs: [[RNGStreams]]
  var arguments: A

  init(_ pack: Pack, _ arguments: A) {
    variables = pack.variables
    rngs = pack.rngs
    self.arguments = arguments
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("variables"), &variables)
    visitor.visit(.field("rngs"), &rngs)
    visitor.visit(.field("argument"), &arguments)
  }
}

/// What a transform gets out of a function: the result, and the variables that were written.
struct LiftOutput<R: TensorTree>: TensorTree {
  var result: R
  var variables: [[Variables]]

  /// Its tensors, as messages name them.
  var parts: [LiftPart] {
    LiftPart.parts("result", result) + LiftPart.parts(variables: variables.flatMap { $0 })
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("result"), &result)
    visitor.visit(.field("variables"), &variables)
  }
}

extension Pack {
  /// Runs a function on what came through a transform.
  func run<A: TensorTree, R: TensorTree>(
    _ input: LiftInput<A>, mutable: CollectionFilter = true, _ body: ([Scope], A) -> R
  ) -> LiftOutput<R> {
    let (result, variables) = run(input.variables, input.rngs, mutable: mutable) {
      body($0, input.arguments)
    }
    return LiftOutput(result: result, variables: variables)
  }

  /// Runs a function by a transform of input to output, and writes the variables back.
  ///
  /// Records the error that the transform throws, and gives zeros then.
  func lift<A: TensorTree, R: TensorTree>(
    _ arguments: A, _ body: ([Scope], A) -> R,
    by transform: (LiftInput<A>, (LiftInput<A>) -> LiftOutput<R>) throws -> LiftOutput<R>
  ) -> R {
    var template: R?
    return withoutActuallyEscaping(body) { body in
      self.recovering {
        let output = try transform(LiftInput(self, arguments)) { input in
          let output = run(input, body)
          template = output.result
          return output
        }
        publish(output.variables)
        return output.result
      } _: {
        template.map(placeholders) ?? run(LiftInput(self, arguments), body).result
      }
    }
  }
}
