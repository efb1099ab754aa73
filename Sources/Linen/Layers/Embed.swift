/// A table of vectors, one for each integer from 0: the token embedding of language models.
///
///     let embed = Embed(50_257, 768)
///     let x = embed(tokens)         // [batch, length] to [batch, length, 768]
///     let logits = embed.attend(x)  // [batch, length, 768] to [batch, length, 50_257]
///
/// `y[..., f] = E[tokens[...], f]`. Parameter: `embedding` `[numEmbeddings, features]`. An index
/// beyond the table gives NaN, not an error; one below 0 counts from the end; a table of one vector
/// gives that for every index. Vectors are short at first, of length about 1 over all features:
/// models that add positions to them multiply with the root of `features`. Sharing the table with
/// the last layer: "Using the Output Embedding to Improve Language Models",
/// https://arxiv.org/abs/1608.05859 Mirrors `flax.linen.Embed`.
public final class Embed: Module, UnaryLayer, @unchecked Sendable {
  /// The number of vectors.
  public let numEmbeddings: Int
  /// The size of a vector.
  public let features: Int
  /// The dtype of the result; nil for that of the table.
  public let dtype: DType?
  /// The dtype of a new table.
  public let paramDtype: DType
  /// Makes the table.
  public let embeddingInit: Initializer
  /// Brings input and table to one dtype.
  public let promoteDtype: PromoteDTypeFunction

  @Setup private var embedding: Tensor

  /// Makes a table of `numEmbeddings` vectors.
  public init(
    _ numEmbeddings: Int, _ features: Int, dtype: DType? = nil, paramDtype: DType = .float32,
    embeddingInit: Initializer = defaultEmbedInit,
    promoteDtype: PromoteDTypeFunction = .promoteDType,
    name: String? = nil
  ) {
    self.numEmbeddings = numEmbeddings
    self.features = features
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.embeddingInit = embeddingInit
    self.promoteDtype = promoteDtype
    super.init(name: name)
  }

  public override func setup() {
    embedding = param("embedding", embeddingInit, [numEmbeddings, features], dtype: paramDtype)
  }

  /// Looks up integers: `[...]` to `[..., features]`.
  ///
  /// Records an error if they are no integers.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    method(inputs) { inputs in
      let table = promoted([embedding], embedding.dtype)[0]
      let shape = Shape(inputs.shape.dimensions + [features])
      guard inputs.dtype.isInteger else {
        record(LinenError(.other("Input type must be an integer or unsigned integer.")))
        return .placeholder(ShapeDtype(shape, table.dtype))
      }
      return numEmbeddings == 1 ? table.broadcast(to: shape) : take(table, inputs, axis: 0)
    }
  }

  /// Multiplies with every vector of the table: `[..., features]` to `[..., numEmbeddings]`.
  ///
  /// With it the last layer of a language model shares its weights with the first.
  public func attend(_ query: Tensor) -> Tensor {
    method(query) { query in
      let operands = promoted([query, embedding])
      return matmul(operands[0], operands[1].transposed())
    }
  }

  private func promoted(_ tensors: [Tensor], _ whenNil: DType? = nil) -> [Tensor] {
    promoteDtype.isStandard
      ? promoteDType(tensors, dtype: dtype ?? whenNil) : promoteDtype(tensors, dtype)
  }

  package override class var holdsModules: Bool { false }
}

extension Embed: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<Embed>, name: String?) {
    let c = configuration
    self.init(
      c.numEmbeddings, c.features, dtype: c.dtype, paramDtype: c.paramDtype,
      embeddingInit: c.embeddingInit, promoteDtype: c.promoteDtype, name: name)
  }
}

/// What makes tables of embeddings unless another initializer is given: normal numbers of variance
/// 1 / features.
public let defaultEmbedInit = Initializer.varianceScaling(
  scale: 1, mode: .fanIn, distribution: .normal, outAxis: [0])
