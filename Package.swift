// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "linen-swift",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Linen", targets: ["Linen"]),
    .library(name: "Optimizers", targets: ["Optimizers"]),
    .library(name: "Training", targets: ["Training"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "Tensor", dependencies: ["COpenBLAS", "CKernels"]),
    .target(name: "Autodiff", dependencies: ["Tensor"]),
    .target(
      name: "Linen",
      dependencies: [
        "Tensor", "Autodiff", .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(name: "Optimizers", dependencies: ["Autodiff"]),
    .target(name: "Training", dependencies: ["CKernels", "Linen", "Optimizers"]),
    .executableTarget(
      name: "digits",
      dependencies: [
        "Linen", "Optimizers", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Examples/digits", resources: [.copy("Data")]),
    .target(
      name: "GoldenRunner", dependencies: ["Autodiff", "Linen", "Optimizers", "Training"],
      path: "Tests/Goldens/Runner"),
    .executableTarget(
      name: "goldens", dependencies: ["GoldenRunner"], path: "Tests/Goldens/Tool"),
    .testTarget(name: "GoldenTests", dependencies: ["GoldenRunner", "Tensor", "Training"]),
    .target(name: "TestSupport", dependencies: ["Tensor"], path: "Tests/Support"),
    .testTarget(
      name: "TensorTests", dependencies: ["Tensor", "Autodiff", "TestSupport"],
      exclude: ["Accuracy/Fixtures", "Primitives/Fixtures"]),
    .testTarget(
      name: "LinenTests", dependencies: ["Linen", "TestSupport"], exclude: ["Lift/Fixtures"]),
    .testTarget(name: "AutodiffTests", dependencies: ["Autodiff"]),
    .testTarget(
      name: "OptimizersTests", dependencies: ["Optimizers"], exclude: ["Fixtures"]),
    .target(
      name: "FileTrials", dependencies: ["Linen", "Optimizers", "Training"],
      path: "Tests/FileTrials/Library"),
    .executableTarget(
      name: "file-trials", dependencies: ["FileTrials"], path: "Tests/FileTrials/Tool"),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "FileTrials", "file-trials"],
      exclude: ["Serialization/Fixtures"]),
    .testTarget(name: "DigitsTests", dependencies: ["digits"]),
  ],
  swiftLanguageModes: [.v6]
)
