// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

/// A product of swift-syntax, which only the trait `Macros` needs.
func syntax(_ product: String) -> Target.Dependency {
  .product(name: product, package: "swift-syntax", condition: .when(traits: ["Macros"]))
}

let package = Package(
  name: "linen-swift",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Linen", targets: ["Linen"]),
    .library(name: "Autoregressive", targets: ["Autoregressive"]),
    .library(name: "OptimalTransport", targets: ["OptimalTransport"]),
    .library(name: "Optimizers", targets: ["Optimizers"]),
    .library(name: "Training", targets: ["Training"]),
  ],
  traits: [
    .trait(
      name: "Macros",
      description: "The macro @Module; without it swift-syntax is neither fetched nor built.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
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
        .target(name: "LinenMacros", condition: .when(traits: ["Macros"])),
      ]),
    .macro(
      name: "LinenMacros",
      dependencies: [syntax("SwiftSyntaxMacros"), syntax("SwiftCompilerPlugin")]),
    .target(name: "Autoregressive", dependencies: ["Linen"]),
    .target(name: "OptimalTransport", dependencies: ["Linen"]),
    .target(name: "Optimizers", dependencies: ["Autodiff"]),
    .target(name: "Training", dependencies: ["CKernels", "Linen", "Optimizers"]),
    .target(
      name: "HandwrittenDigits", dependencies: ["Linen", "Training"],
      path: "Examples/HandwrittenDigits", resources: [.copy("Data")]),
    .target(
      name: "ExampleOptions",
      dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Examples/ExampleOptions"),
    example("digits", ["HandwrittenDigits"]),
    example("ensemble", ["HandwrittenDigits"]),
    example("lm"),
    example("meta-ot", ["HandwrittenDigits", "OptimalTransport"]),
    example("seq2seq"),
    example("vae", ["HandwrittenDigits"]),
    .target(
      name: "GoldenRunner",
      dependencies: [
        "Autodiff", "Linen", "Autoregressive", "OptimalTransport", "Optimizers", "Training",
      ],
      path: "Tests/Goldens/Runner"),
    .executableTarget(
      name: "goldens", dependencies: ["GoldenRunner"], path: "Tests/Goldens/Tool"),
    .testTarget(name: "GoldenTests", dependencies: ["GoldenRunner", "Tensor", "Training"]),
    .target(name: "TestSupport", dependencies: ["Tensor", "CKernels"], path: "Tests/Support"),
    .testTarget(
      name: "TensorTests", dependencies: ["Tensor", "Autodiff", "TestSupport"],
      exclude: ["Accuracy/Fixtures", "Primitives/Fixtures"]),
    .testTarget(
      name: "LinenTests", dependencies: ["Linen", "Autoregressive", "TestSupport"],
      exclude: ["Layers/Fixtures", "Lift/Fixtures", "Summary/Fixtures"]),
    .testTarget(
      name: "LinenMacrosTests",
      dependencies: [
        "Linen", "TestSupport",
        .target(name: "LinenMacros", condition: .when(traits: ["Macros"])),
        syntax("SwiftSyntaxMacrosGenericTestSupport"),
      ]),
    .testTarget(name: "AutoregressiveTests", dependencies: ["Autoregressive", "Linen"]),
    .testTarget(name: "OptimalTransportTests", dependencies: ["OptimalTransport", "Linen"]),
    .testTarget(name: "AutodiffTests", dependencies: ["Autodiff"]),
    .testTarget(
      name: "OptimizersTests", dependencies: ["Optimizers"], exclude: ["Fixtures"]),
    .target(
      name: "FileTrials", dependencies: ["Linen", "Optimizers", "Training"],
      path: "Tests/FileTrials/Library"),
    .executableTarget(
      name: "file-trials", dependencies: ["FileTrials"], path: "Tests/FileTrials/Tool"),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Training", "FileTrials", "file-trials", "TestSupport"],
      exclude: ["Serialization/Fixtures"]),
    .testTarget(
      name: "ExampleTests",
      dependencies: [
        "HandwrittenDigits", "digits", "ensemble", "lm", "meta-ot", "seq2seq", "vae",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

/// A program in a folder of Examples.
func example(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: name,
    dependencies: dependencies + [
      "Linen", "Optimizers", "Training", "ExampleOptions",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], path: "Examples/\(name)")
}
