import Linen
import Testing
import Training

@Suite struct ParameterTableTests {
  @Test func listsModules() {
    let params: Variables = [
      "scale": Tensor.ones([]),
      "encoder": ["Dense_0": ["kernel": Tensor.ones([40, 30]), "bias": Tensor.ones([30])]],
    ]
    #expect(
      parameterTable(params) == """
        module           parameters                  count
        --------------------------------------------------
                         scale []                        1
        encoder/Dense_0  bias [30], kernel [40, 30]  1,230
        --------------------------------------------------
        total                                        1,231
        """)
  }
}
