// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "linen-swift-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "linen-swift", path: "..")],
  targets: [
    .target(name: "CKernelProbe"),
    .executableTarget(
      name: "bench",
      dependencies: [
        "CKernelProbe",
        .product(name: "Linen", package: "linen-swift"),
        .product(name: "Optimizers", package: "linen-swift"),
        .product(name: "Training", package: "linen-swift"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
