// Runs one workload and prints what it measured as one JSON object, the last line of the output.

/// The workloads by name, each in a file of its own.
let workloads: KeyValuePairs<String, () throws -> Result> = [
  "mlp": benchMLP,
  "cnn": benchCNN,
  "dispatch": benchDispatch,
  "grad": benchGrad,
  "trace": benchTrace,
  "jit-call": benchJITCall,
  "gemm": benchGEMM,
]

#if DEBUG
print("built without optimization: run with -c release")
#endif
let names = Array(CommandLine.arguments.dropFirst())
let chosen = workloads.filter { names == [$0.key] }
if let workload = chosen.first {
  print(try workload.value())
} else {
  print("usage: bench WORKLOAD, where WORKLOAD is one of:", workloads.map(\.key))
}
