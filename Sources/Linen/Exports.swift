// `import Linen` is all that a program writes.
@_exported import Autodiff
@_exported import Tensor

@_exported import struct OrderedCollections.OrderedDictionary
