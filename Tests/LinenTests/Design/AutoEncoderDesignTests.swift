import Linen
import Testing

/// Hyperparameters in a struct, whose methods get the scope.
private struct AutoEncoder {
  var latents = 2
  var features = 4
  var hidden = 3

  func callAsFunction(_ scope: Scope, _ x: Tensor) -> Tensor { decode(scope, encode(scope, x)) }

  func encode(_ scope: Scope, _ x: Tensor) -> Tensor {
    let encoder = scope.child(hiddenMLP, name: "encoder")
    return encoder(x, hidden, latents)
  }

  func decode(_ scope: Scope, _ z: Tensor) -> Tensor {
    let decoder = scope.child(hiddenMLP, name: "decoder")
    return decoder(z, hidden, features)
  }
}

/// The scope is held, and each method has a child of its own.
private struct ScopedAutoEncoder {
  let scope: Scope
  var latents = 2
  var features = 4
  var hidden = 3

  func callAsFunction(_ x: Tensor) -> Tensor { decode(encode(x)) }

  func encode(_ x: Tensor) -> Tensor { method("encode") { hiddenMLP($0, x, hidden, latents) } }
  func decode(_ z: Tensor) -> Tensor { method("decode") { hiddenMLP($0, z, hidden, features) } }

  private func method(_ name: String, _ body: @escaping (Scope) -> Tensor) -> Tensor {
    let method = scope.rewound().child(body, name: name)
    return method()
  }
}

/// Functions that have got their scopes.
private struct BoundAutoEncoder {
  let encode: (Tensor, Int, Int) -> Tensor
  let decode: (Tensor, Int, Int) -> Tensor

  init(_ scope: Scope) {
    encode = scope.child(hiddenMLP, name: "encode")
    decode = scope.child(hiddenMLP, name: "decode")
  }

  func callAsFunction(_ x: Tensor) -> Tensor { decode(encode(x, 3, 2), 3, 4) }
}

@Suite("Auto encoders on a bare scope") struct AutoEncoderDesignTests {
  let x = Random.normal(Key(21), [1, 4])

  private func shapes(_ encoder: String, _ decoder: String) -> String {
    "{'params': {'\(decoder)': {'hidden': {'bias': (3,), 'kernel': (2, 3)}, "
      + "'out': {'bias': (4,), 'kernel': (3, 4)}}, "
      + "'\(encoder)': {'hidden': {'bias': (3,), 'kernel': (4, 3)}, "
      + "'out': {'bias': (2,), 'kernel': (3, 2)}}}}"
  }

  @Test func autoEncoderOfHyperparameters() throws {
    let variables = try expectModel("auto_encoder_struct", x, key: 0) { AutoEncoder()($0, $1) }
    #expect(variables.shapesDescription == shapes("encoder", "decoder"))
  }

  @Test func autoEncoderWithAScope() throws {
    let variables = try expectModel("auto_encoder_scope", x, key: 0) {
      ScopedAutoEncoder(scope: $0)($1)
    }
    #expect(variables.shapesDescription == shapes("encode", "decode"))
  }

  @Test func autoEncoderOfBoundMethods() throws {
    let variables = try expectModel("auto_encoder_bind", x, key: 0) { BoundAutoEncoder($0)($1) }
    #expect(variables.shapesDescription == shapes("encode", "decode"))
  }
}
