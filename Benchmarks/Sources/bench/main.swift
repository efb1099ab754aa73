// Runs one workload and prints what it measured as one JSON object, the last line of the output.

/// The workloads by name, each in a file of its own.
let workloads: KeyValuePairs<String, () throws -> Result> = [
  "mlp": benchMLP,
  "cnn": benchCNN,
  "transformer": { try benchTransformer("transformer", rate: 0.1) },
  "transformer_nodrop": { try benchTransformer("transformer_nodrop", rate: 0) },
  "lstm": benchLSTM,
  "resnet18": benchResNet,
  "latency_tiny_mlp": benchLatency,
  "dispatch": benchDispatch,
  "grad": benchGrad,
  "init": benchInit,
  "apply": benchApply,
  "trace": benchTrace,
  "jit-call": benchJITCall,
  "gemm": benchGEMM,
  "kernels": benchKernels,
  "lift": benchLift,
  "optimizer": benchOptimizer,
]

#if DEBUG
print("built without optimization: run with -c release")
#endif
/// Whether training workloads print where the time of a step goes before their result.
let showsProfile = CommandLine.arguments.contains("--profile")
let names = CommandLine.arguments.dropFirst().filter { $0 != "--profile" }
let chosen = workloads.filter { names == [$0.key] }
if let workload = chosen.first {
  print(try workload.value())
} else {
  print("usage: bench WORKLOAD [--profile], where WORKLOAD is one of:", workloads.map(\.key))
}
