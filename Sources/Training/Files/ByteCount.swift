/// The bytes of an array; nil if a size is negative, there are too many axes, or it overflows.
///
/// Sizes of 0 count as 1 on the way, as they do in strides.
func byteCount(_ shape: [Int], byteSize: Int) -> Int? {
  guard shape.count <= 64, shape.allSatisfy({ $0 >= 0 }) else { return nil }
  var extent = byteSize
  for size in shape {
    let (product, overflow) = extent.multipliedReportingOverflow(by: max(size, 1))
    guard !overflow else { return nil }
    extent = product
  }
  return shape.contains(0) ? 0 : extent
}
