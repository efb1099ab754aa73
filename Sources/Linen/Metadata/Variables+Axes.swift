extension Variables {
  /// These variables, every box told of an axis that a transform has put in.
  func addingAxis(at index: Int, _ parameters: MetadataParams) -> Variables {
    mappingBoxes { $0.addingAxis(at: index, parameters) }
  }

  /// These variables, every box told of an axis that a transform has taken away.
  func removingAxis(at index: Int, _ parameters: MetadataParams) -> Variables {
    mappingBoxes { $0.removingAxis(at: index, parameters) }
  }

  private func mappingBoxes(_ transform: (any AxisMetadata) -> any AxisMetadata) -> Variables {
    switch node {
    case .boxed(let box): Variables(.boxed(transform(box)))
    case .dictionary(let entries):
      Variables(entries.mapValues { $0.mappingBoxes(transform) })
    case .tuple(let elements): Variables(tuple: elements.map { $0.mappingBoxes(transform) })
    case .tensor, .value: self
    }
  }
}

extension [[Variables]] {
  /// The groups, the boxes of each told that its axis is gone.
  func removingAxes(_ axes: [Int?], _ parameters: MetadataParams) -> [[Variables]] {
    zip(self, axes).map { group, axis in
      axis.map { axis in group.map { $0.removingAxis(at: axis, parameters) } } ?? group
    }
  }

  /// The groups, the boxes of each told of its axis.
  func addingAxes(_ axes: [Int?], _ parameters: MetadataParams) -> [[Variables]] {
    zip(self, axes).map { group, axis in
      axis.map { axis in group.map { $0.addingAxis(at: axis, parameters) } } ?? group
    }
  }
}
