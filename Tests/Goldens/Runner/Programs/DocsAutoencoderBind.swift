import Linen
import Training

private final class AutoEncoder: Module, @unchecked Sendable {
  @Setup var encoder: Dense
  @Setup var decoder: Dense

  override func setup() {
    encoder = Dense(3)
    decoder = Dense(5)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { decoder(encoder($0)) } }
}

/// bind and unbind: the documentation's AutoEncoder, and calls of submodules of a bound module.
func docsAutoencoderBind(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let model = AutoEncoder()
  let variables = try model.initialize(run.key(0)) { $0(x) }
  let bound = model.bind(variables)
  let z = try bound.encoder { $0(x) }
  let (encoder, encoderVariables) = try bound.encoder.unbind()
  let (_, all) = try bound.unbind()
  run.give("vars", variables)
  run.give("out_z", z)
  run.give("out_reconstructed", try bound.decoder { $0(z) })
  run.give("out_call", try bound { $0(x) })
  run.give("vars_encoder", encoderVariables)
  run.give(
    "out_encoder_alone", try encoder.apply(encoderVariables) { $0(Tensor.full([1, 9], 2.0)) })
  run.give(
    value: "names",
    .array([
      .string(type(of: encoder).linenName), .integer(encoder.features), .texts(all.keys.sorted()),
    ]))
  let params: Variables = try bound.variables["params"]
  run.give(value: "bound_variables", .texts(params.keys.sorted()))
}
