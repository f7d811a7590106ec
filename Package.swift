// swift-tools-version: 6.2

import PackageDescription

/// Warnings are errors in every target of ours, and nowhere else.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "resize-worker",
  products: [
    .executable(name: "resize-worker", targets: ["resize-worker"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .target(
      name: "Billing",
      dependencies: [.product(name: "BigInt", package: "BigInt")],
      swiftSettings: strict),
    .target(name: "Resizing", dependencies: ["Billing"], swiftSettings: strict),
    .target(
      name: "Telemetry",
      dependencies: [
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .systemLibrary(
      name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
    .target(
      name: "AMQP",
      dependencies: ["CRabbitMQ", .product(name: "DequeModule", package: "swift-collections")],
      swiftSettings: strict),
    .target(
      name: "Contracts",
      dependencies: ["Billing", "Resizing", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .systemLibrary(
      name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .target(
      name: "Storage", dependencies: ["Billing", "CLZ4", "CLibCrypto", "Contracts", "Resizing"],
      swiftSettings: strict),
    .systemLibrary(
      name: "CSQLiteSettings", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(
      name: "StorageSQLite",
      dependencies: [
        "Billing", "CSQLiteSettings", "Contracts", "Resizing", "Storage",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "StoragePostgres",
      dependencies: [
        "Billing", "CLibPQ", "Contracts", "Resizing", "Storage",
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      swiftSettings: strict),
    .target(
      name: "Worker",
      dependencies: [
        "Billing", "Resizing", "Contracts", "Storage",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "Dashboard",
      dependencies: [
        "Contracts", "Resizing", "Storage", "Worker",
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "Sandbox",
      dependencies: [
        "AMQP", "Billing", "Contracts", "Resizing", "Telemetry",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(name: "CHeap", linkerSettings: [.linkedLibrary("jemalloc")]),
    .executableTarget(
      name: "resize-worker",
      dependencies: [
        "AMQP", "Billing", "CHeap", "Contracts", "Dashboard", "Resizing", "Sandbox", "Storage",
        "StoragePostgres", "StorageSQLite", "Telemetry", "Worker",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "BillingTests", dependencies: ["Billing", "Seeding"], exclude: ["oracle"],
      resources: [.copy("Vectors")], swiftSettings: strict),
    .testTarget(
      name: "ResizingTests", dependencies: ["Billing", "Resizing", "Seeding"], swiftSettings: strict
    ),
    .target(
      name: "ScriptFixture", path: "Tests/ScriptFixture", swiftSettings: strict),
    .target(
      name: "BrokerFixture", dependencies: ["AMQP", "ScriptFixture"], path: "Tests/BrokerFixture",
      swiftSettings: strict),
    .testTarget(
      name: "AMQPTests", dependencies: ["AMQP", "BrokerFixture", "CRabbitMQ"],
      swiftSettings: strict),
    .testTarget(
      name: "ContractsTests",
      dependencies: [
        "Billing", "Contracts", "Resizing", "ScriptFixture", "Seeding",
        .product(name: "Yams", package: "Yams"),
      ],
      exclude: ["validate.py"], swiftSettings: strict),
    .target(
      name: "StorageConformance", dependencies: ["Billing", "Contracts", "Resizing", "Storage"],
      path: "Tests/StorageConformance", swiftSettings: strict),
    .testTarget(
      name: "StorageTests",
      dependencies: [
        "Contracts", "ScriptFixture", "Resizing", "Storage", "StorageConformance", "StorageSQLite",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "DatabaseFixture", dependencies: ["ScriptFixture"], path: "Tests/DatabaseFixture",
      swiftSettings: strict),
    .testTarget(
      name: "StoragePostgresTests",
      dependencies: [
        "Contracts", "DatabaseFixture", "Resizing", "Storage", "StorageConformance",
        "StoragePostgres",
      ],
      swiftSettings: strict),
    .target(
      name: "Simulation",
      dependencies: [
        "Billing", "Contracts", "Resizing", "Storage", "Worker",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
      ],
      path: "Tests/Simulation", exclude: ["README.md"], swiftSettings: strict),
    .executableTarget(
      name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulate",
      swiftSettings: strict),
    .executableTarget(
      name: "billing-bench", dependencies: ["Billing"], path: "Tests/Benchmarks",
      swiftSettings: strict),
    .target(name: "Seeding", path: "Tests/Seeding", swiftSettings: strict),
    .target(
      name: "Fuzzing",
      dependencies: [
        "AMQP", "Billing", "Contracts", "Resizing", "Seeding", "Storage", "StorageConformance",
      ],
      path: "Tests/Fuzzing", swiftSettings: strict),
    .executableTarget(
      name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz", swiftSettings: strict),
    .testTarget(
      name: "FuzzingTests", dependencies: ["Fuzzing"], exclude: ["Regressions"],
      swiftSettings: strict),
    .testTarget(
      name: "DashboardTests",
      dependencies: [
        "Dashboard", "Resizing", "ScriptFixture", "Storage", "Worker",
        .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TelemetryTests",
      dependencies: ["Telemetry", .product(name: "Metrics", package: "swift-metrics")],
      swiftSettings: strict),
    .testTarget(
      name: "WorkerTests",
      dependencies: [
        "Billing", "Contracts", "Resizing", "Simulation", "Storage", "Worker",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "AMQP", "Billing", "BrokerFixture", "Contracts", "Resizing", "resize-worker", "Sandbox",
        "ScriptFixture", "Storage", "StorageConformance", "StorageSQLite", "Telemetry", "Worker",
        .product(name: "Logging", package: "swift-log"),
      ],
      resources: [.copy("Resources")], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "AMQP", "Billing", "BrokerFixture", "Contracts", "DatabaseFixture", "Resizing",
        "resize-worker", "ScriptFixture", "Storage", "Worker",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
