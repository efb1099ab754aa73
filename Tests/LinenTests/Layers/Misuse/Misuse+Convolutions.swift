import Linen

/// Convolutions and pools used wrongly.
extension Misuse {
  static let convolutions = [
    Misuse(
      "Conv of no features", flax: "float division by zero",
      "Can't compute input and output sizes of a weights tensor without elements.", Conv(0, [3]),
      filled(1, 5, 2)),
    Misuse(
      "Conv of negative features", flax: "Only non-negative indices are allowed",
      "must not be negative.\nshape [3, 2, -2] (in /Conv)",
      Conv(-2, [3]), filled(1, 5, 2)),
    Misuse(
      "Conv of window 0", flax: "float division by zero",
      "Conv: kernel_size is (0,), expected at least 1 each, inputs f32[1,5,2] (in /Conv)",
      Conv(4, [0]), filled(1, 5, 2)),
    Misuse(
      "Conv of negative window", flax: "Only non-negative indices are allowed",
      "Conv: kernel_size is (-1,), expected at least 1 each, inputs f32[1,5,2] (in /Conv)",
      Conv(4, [-1]),
      filled(1, 5, 2)),
    Misuse(
      "Conv of stride 0", flax: "Cannot lower jaxpr with verifier errors",
      "Conv: strides is (0,), expected at least 1 each, inputs f32[1,5,2] (in /Conv)",
      Conv(4, [3], strides: 0), filled(1, 5, 2)),
    Misuse(
      "Conv of negative stride", flax: "Cannot lower jaxpr with verifier errors",
      "Conv: strides is (-1,), expected at least 1 each, inputs f32[1,5,2] (in /Conv)",
      Conv(4, [3], strides: -1), filled(1, 5, 2)),
    Misuse(
      "Conv of dilation 0", flax: "All dilations must be positive, got (0,).",
      "Conv: kernel_dilation is (0,), expected at least 1 each, inputs f32[1,5,2] (in /Conv)",
      Conv(4, [3], kernelDilation: 0), filled(1, 5, 2)),
    Misuse(
      "Conv of groups that don't divide the channels", flax: "AssertionError",
      "must be a multiple of feature_group_count, but 2 and 3 are not multiples of 3, inputs f32[1,5,2] (in /Conv)",
      Conv(3, [3], featureGroupCount: 3), filled(1, 5, 2)),
    Misuse(
      "Conv of groups that don't divide the features",
      flax: "must be a multiple of feature_group_count, but 3 is not a multiple of 2.",
      "must be a multiple of feature_group_count, but 2 and 3 are not multiples of 2, inputs f32[1,5,2] (in /Conv)",
      Conv(3, [3], featureGroupCount: 2), filled(1, 5, 2)),
    Misuse(
      "Conv of no groups", flax: "integer modulo by zero",
      "must be a multiple of feature_group_count, but 2 and 4 are not multiples of 0, inputs f32[1,5,2] (in /Conv)",
      Conv(4, [3], featureGroupCount: 0),
      filled(1, 5, 2)),
    Misuse(
      "Conv of too few axes", flax: "operands could not be broadcast together",
      "Conv: rank is 1, expected 2 spatial axes and the features, inputs f32[5] (in /Conv)",
      Conv(4, [3, 3]), filled(5)),
    Misuse(
      "Conv with another number of strides",
      flax: "window and window_strides must have the same number of dimensions",
      "strides has 1 entries, expected 2.",
      Conv(4, [3, 3], strides: [1]), filled(1, 5, 5, 2)),
    Misuse(
      "Conv with another number of paddings", flax: "Invalid padding format: (1, 2, 3)",
      "Invalid padding format: (1, 2, 3), should be str, int, or a sequence of len 2",
      Conv(4, [3, 3], padding: [1, 2, 3]), filled(1, 5, 5, 2)),
    Misuse(
      "Conv with a mask of another shape", flax: "Mask needs to have the same shape as weights.",
      "Mask needs to have the same shape as weights. Shapes are: (3, 2, 5), (3, 2, 4)",
      Conv(4, [3], mask: filled(3, 2, 5)), filled(1, 5, 2)),
    Misuse(
      "Conv, causal, of two axes", flax: "Causal padding is only implemented",
      "Causal padding is only implemented for 1D convolutions.",
      Conv(4, [3, 3], padding: .causal), filled(1, 5, 5, 2)),
    Misuse(
      "Conv with input dilation and a padding by name", flax: "String padding is not implemented",
      "String padding is not implemented for transposed convolution",
      Conv(4, [3], inputDilation: 2), filled(1, 5, 2)),
    Misuse(
      "Conv, circular, of nothing", flax: "Cannot apply 'wrap' padding to empty axis",
      "pad: size is 0, expected an element, operand f32[1,0,2] axis 1 = 0 (in /Conv)",
      Conv(4, [3], padding: .circular), filled(1, 0, 2)),
    Misuse(
      "Conv of no channels", flax: "division by zero",
      "Can't compute input and output sizes of a weights tensor without elements.", Conv(4, [3]),
      filled(1, 5, 0)),
    Misuse(
      "ConvTranspose, reflecting", flax: "Unrecognized padding type", "Padding REFLECT",
      ConvTranspose(4, [3], padding: .reflect), filled(1, 5, 2)),
    Misuse(
      "ConvTranspose with a mask of another shape",
      flax: "Mask needs to have the same shape as weights.",
      "Mask needs to have the same shape as weights. Shapes are: (3, 2, 5), (3, 2, 4)",
      ConvTranspose(4, [3], mask: filled(3, 2, 5)), filled(1, 5, 2)),
    Misuse(
      "ConvTranspose of stride 0", flax: "All dilations must be positive, got (0,).",
      "ConvTranspose: input_dilation is (0,), expected at least 1 each, inputs f32[1,5,2] (in /ConvTranspose)",
      ConvTranspose(4, [3], strides: 0), filled(1, 5, 2)),
    Misuse(
      "ConvLocal with groups", flax: "does not support `feature_group_count != 1`, got `2`.",
      "does not support `feature_group_count != 1`, got `2`.",
      ConvLocal(4, [3], featureGroupCount: 2), filled(1, 5, 2)),
    Misuse(
      "ConvLocal of a window larger than the input", flax: "float division by zero",
      "Can't compute input and output sizes of a weights tensor without elements.",
      ConvLocal(4, [5], padding: .valid), filled(1, 3, 2)),
    Misuse(
      "pool of too few axes", flax: "len((2,)) != len((3, 3, 1))",
      "pool: rank is 1, expected 2 spatial axes and the features, inputs f32[2]"
    ) {
      try withErrors { _ = maxPool(filled(2), [3, 3]) }
    },
    Misuse(
      "pool with another number of strides", flax: "len((2, 2)) must equal len((2,))",
      "len((2, 2)) must equal len((2,))"
    ) { try withErrors { _ = maxPool(filled(1, 4, 4, 1), [2, 2], strides: [2]) } },
    Misuse(
      "pool of stride 0", flax: "every element be strictly positive",
      "pool: strides is (0, 0), expected at least 1 each, inputs f32[1,4,4,1]"
    ) {
      try withErrors { _ = maxPool(filled(1, 4, 4, 1), [2, 2], strides: [0, 0]) }
    },
    Misuse(
      "pool of window 0", flax: "every element be strictly positive",
      "pool: kernel_size is (0, 2), expected at least 1 each, inputs f32[1,4,4,1]"
    ) {
      try withErrors { _ = avgPool(filled(1, 4, 4, 1), [0, 2]) }
    },
    Misuse(
      "pool with another number of paddings",
      flax: "must specify pads for same number of dims as window_shape",
      "padding ((1, 1),) must specify pads for same number of dims as window_shape (2, 2)"
    ) { try withErrors { _ = minPool(filled(1, 4, 4, 1), [2, 2], padding: .pairs([(1, 1)])) } },
    Misuse("pool, circular", flax: "Unrecognized padding type", "padding CIRCULAR") {
      try withErrors { _ = maxPool(filled(1, 4, 4, 1), [2, 2], padding: .circular) }
    },
  ]
}
