/// A part of a complex number, as its real type: linear over the reals.
package protocol PartOfComplex: UnaryElementwise {}

extension PartOfComplex {
  package static var expectedTypes: String { "a complex type" }
  package static func resultType(of dtype: DType) -> DType { dtype.realDType }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(t) }
}
