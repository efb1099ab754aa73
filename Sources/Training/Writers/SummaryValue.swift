import Tensor

/// The values of events, in the form of TensorFlow 2's summaries: a tensor and who shows it.
///
/// https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/summary.proto
enum SummaryValue {
  static func scalar(_ tag: String, _ value: Double) -> ProtobufMessage {
    message(tag, "scalars", dataClass: 1) { tensor in
      tensor.add(1, DataType.float)
      tensor.add(2, shape([]))
      tensor.add(5, littleEndian(Float(value).bitPattern))
    }
  }

  static func text(_ tag: String, _ text: String) -> ProtobufMessage {
    message(tag, "text", dataClass: 2) { tensor in
      tensor.add(1, DataType.string)
      tensor.add(2, shape([]))
      tensor.add(8, text)
    }
  }

  /// Width and height as texts, then the images.
  static func images(_ tag: String, _ images: Tensor, _ maxOutputs: Int) throws -> ProtobufMessage {
    let pixels = try PixelArray.batch(images)
    let first = pixels.prefix(max(maxOutputs, 0))
    return message(tag, "images", dataClass: 3) { tensor in
      tensor.add(1, DataType.string)
      tensor.add(2, shape([2 + first.count]))
      tensor.add(8, "\(pixels.first?.width ?? 0)")
      tensor.add(8, "\(pixels.first?.height ?? 0)")
      for image in first { tensor.add(8, image.png) }
    }
  }

  /// The left end, the right end and the count of each bucket.
  static func histogram(_ tag: String, _ values: [Double], _ buckets: Int) -> ProtobufMessage {
    let rows = bucketRows(values.filter(\.isFinite), max(buckets, 1))
    return message(tag, "histograms", dataClass: 2) { tensor in
      tensor.add(1, DataType.double)
      tensor.add(2, shape([rows.count, 3]))
      tensor.add(4, rows.flatMap { $0 }.flatMap { littleEndian($0.bitPattern) })
    }
  }

  private static func bucketRows(_ values: [Double], _ buckets: Int) -> [[Double]] {
    guard let low = values.min(), let high = values.max() else { return [] }
    // Values that are all the same have a bucket around them.
    if low == high { return [[low - 0.5, high + 0.5, Double(values.count)]] }
    let width = (high - low) / Double(buckets)
    var counts = [Double](repeating: 0, count: buckets)
    for value in values { counts[min(Int((value - low) / width), buckets - 1)] += 1 }
    return counts.indices.map { index in
      let end = index == buckets - 1 ? high : low + Double(index + 1) * width
      return [low + Double(index) * width, end, counts[index]]
    }
  }

  static func hyperparameters(
    _ values: [String: HyperparameterValue], group: String, time: Double
  ) -> ProtobufMessage {
    let start = ProtobufMessage { session in
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        session.add(
          1,
          ProtobufMessage { entry in
            entry.add(1, name)
            entry.add(2, hyperparameter(value))
          })
      }
      session.add(4, group)
      session.add(5, time)
    }
    let data = ProtobufMessage { $0.add(3, start) }
    return message("_hparams_/session_start_info", "hparams", content: data) { tensor in
      tensor.add(1, DataType.float)
      tensor.add(2, shape([0]))
    }
  }

  private static func hyperparameter(_ value: HyperparameterValue) -> ProtobufMessage {
    ProtobufMessage {
      switch value {
      case .number(let number): $0.add(2, number)
      case .text(let text): $0.add(3, text)
      case .bool(let bool): $0.add(4, bool)
      }
    }
  }

  private enum DataType {
    static let float = 1
    static let double = 2
    static let string = 7
  }

  private static func message(
    _ tag: String, _ plugin: String, dataClass: Int? = nil,
    content: ProtobufMessage = ProtobufMessage(), _ tensor: (inout ProtobufMessage) -> Void
  ) -> ProtobufMessage {
    let metadata = ProtobufMessage { metadata in
      metadata.add(
        1,
        ProtobufMessage { data in
          data.add(1, plugin)
          if !content.bytes.isEmpty { data.add(2, content) }
        })
      if let dataClass { metadata.add(4, dataClass) }
    }
    return ProtobufMessage { value in
      value.add(1, tag)
      value.add(8, ProtobufMessage(tensor))
      value.add(9, metadata)
    }
  }

  private static func shape(_ sizes: [Int]) -> ProtobufMessage {
    ProtobufMessage { shape in
      for size in sizes { shape.add(2, ProtobufMessage { $0.add(1, size) }) }
    }
  }
}
