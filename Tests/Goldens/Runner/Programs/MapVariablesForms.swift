import Linen

private final class BitWeights: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      mapVariables("params", transIn: { treeMap($0) { sign($0) } }, init: true) { Dense(4) }(x)
    }
  }
}

private final class TiedAutoencoder: Module, @unchecked Sendable {
  let features: Int
  let latents: Int

  init(_ features: Int, _ latents: Int) {
    self.features = features
    self.latents = latents
    super.init()
  }

  private func call(_ x: Tensor, decode: Bool) -> Tensor {
    compact(x, decode) { x, decode in
      let map: MapVariables.Transform = { variables in
        decode ? treeMap(variables) { $0.transposed() } : variables
      }
      let tied = mapVariables("params", transIn: map, transOut: map, mutable: true)
      return tied(self, x) { _, x in
        Dense(decode ? self.features : self.latents, useBias: false)(x)
      }
    }
  }

  func encode(_ x: Tensor) -> Tensor { call(x, decode: false) }
  func decode(_ z: Tensor) -> Tensor { call(z, decode: true) }
  func callAsFunction(_ x: Tensor) -> Tensor { decode(encode(x)) }
}

/// mapVariables: sign weights, and an autoencoder tied through a transposed view.
func mapVariablesForms(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let (bits, tied) = (BitWeights(), TiedAutoencoder(4, 5))
  let (y, ofBits) = try bits.initializeWithOutput(run.key(0)) { $0(x) }
  let ofTied = try tied.initialize(run.key(0)) { $0(x) }
  let z = try tied.apply(ofTied) { $0.encode(x) }
  run.give("vars_bits", ofBits)
  run.give("out_bits", y)
  run.give("vars_tied", ofTied)
  run.give("out_tied", try tied.apply(ofTied) { $0(x) })
  run.give("out_latents", z)
  run.give("out_decoded", try tied.apply(ofTied) { $0.decode(z) })
}
