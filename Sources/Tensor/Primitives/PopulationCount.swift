import CKernels

/// The number of bits that are set. https://openxla.org/stablehlo/spec#popcnt
package struct PopulationCount: UnaryElementwise, NonDifferentiable {
  package static let name = "population_count"
  package static let expectedTypes = "an integer type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_population_count(dtype) }
}
