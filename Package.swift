// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "sluice",
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")],
    targets: [
        // The programs, in the order in which data meets them.
        stage("drive-pull", uses: "StageWeb", "HTTP", "Signing", "Contracts", "Digests", "Compression"),
        stage("xlsx2ndjson", uses: "XLSX", "Contracts", "Digests"),
        stage("clean", uses: "Contracts", "Text", "Digests"),
        stage("ndjson2parquet", uses: "Contracts", "Digests", "Parquet"),
        stage("adls-put", uses: "StageWeb", "HTTP", "Signing", "Digests"),
        stage("sf-copy", uses: "Contracts", "Digests", "StageWeb", "HTTP", "Signing"),
        // Runs any of them, or a script, as a step of Dagster.
        stage("pipes-run", uses: "DagsterPipes"),

        // The data contracts, which most programs follow.
        library("Contracts", uses: "Bytes", "Text", "CYAML", "CPCRE2"),

        // Formats, wires and texts.
        library("XLSX", uses: "Bytes", "Compression", "CXML2", "CPrefetch"),
        library("Parquet", uses: "Bytes", "Compression"),
        library("Text", uses: "Bytes", "CUTF8Proc"),
        library("HTTP", uses: "Bytes", "CCurl"),
        library("Signing", uses: "Bytes", "CCrypto", "Digests", "NDJSON"),
        library("DagsterPipes", uses: "Bytes", "NDJSON", "Compression"),

        // Shared by the programs.
        library("StageWeb", uses: "StageKit", "HTTP"),
        library("StageKit", uses: "Bytes", "NDJSON", "Digests", "Compression", "CLinux", argumentParser()),
        library("Compression", uses: "Bytes", "CISAL", "CZlib", "CZstd"),
        library("Digests", uses: "Bytes", "CCrypto", "CCarryless"),
        library("NDJSON", uses: "Bytes"),
        library("Bytes"),

        // C libraries of the system: a module map and a shim each, no logic.
        system("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
        system("CXML2", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        system("CPCRE2", pkgConfig: "libpcre2-8", apt: "libpcre2-dev"),
        system("CUTF8Proc", apt: "libutf8proc-dev"),
        system("CLinux", apt: "libc6-dev"),
        system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        // Instructions that Swift cannot say: a shim, and the one C file of the project.
        system("CPrefetch", apt: "libc6-dev"),
        .target(name: "CCarryless", path: "Sources/System/CCarryless"),

        // What the tests share.
        .target(
            name: "TestSupport", dependencies: ["Bytes", "Compression"], path: "Tests/Support/TestSupport",
            swiftSettings: settings()),

        tests("Bytes", in: "Libraries", uses: "Bytes"),
        tests("NDJSON", in: "Libraries", uses: "NDJSON", "Bytes"),
        tests("Clean", in: "Stages", uses: "clean", "Contracts", "Bytes", "NDJSON", "Digests", "StageKit"),
        tests("Text", in: "Libraries", uses: "Text", "Bytes"),
        tests("Contracts", in: "Libraries", uses: "Contracts", "Bytes"),
        tests("HTTP", in: "Libraries", uses: "HTTP", "Bytes"),
        tests("Signing", in: "Libraries", uses: "Signing", "NDJSON", "Digests", "Bytes"),
        tests("Digests", in: "Libraries", uses: "Digests", "Bytes"),
        tests("Compression", in: "Libraries", uses: "Compression", "Bytes"),
        tests("Parquet", in: "Libraries", uses: "Parquet", "Compression", "Bytes"),
        tests("XLSX", in: "Libraries", uses: "XLSX", "Compression", "Bytes", "NDJSON"),
        tests(
            "XLSX2NDJSON", in: "Stages", uses: "xlsx2ndjson", "StageKit", "XLSX", "Contracts", "Bytes", "NDJSON",
            argumentParser()),
        tests(
            "StageKit", in: "Libraries", uses: "StageKit", "Bytes", "NDJSON", "Compression", "Digests", argumentParser()
        ),
        tests("StageWeb", in: "Libraries", uses: "StageWeb", "HTTP"),
        tests(
            "DrivePull", in: "Stages", uses: "drive-pull", "HTTP", "Signing", "StageKit", "NDJSON", "Digests", "Bytes"),
        tests(
            "NDJSON2Parquet", in: "Stages",
            uses: "ndjson2parquet", "Parquet", "Contracts", "StageKit", "NDJSON", "Bytes", argumentParser()),
        tests(
            "ADLSPut", in: "Stages",
            uses: "adls-put", "StageKit", "HTTP", "Signing", "NDJSON", "Digests", "Bytes", argumentParser()),
        tests("DagsterPipes", in: "Libraries", uses: "DagsterPipes", "NDJSON", "Compression", "Bytes"),
        tests("PipesRun", in: "Stages", uses: "pipes-run", "DagsterPipes", "StageKit", "NDJSON", "Bytes"),
        tests(
            "SFCopy", in: "Stages", uses: "sf-copy", "Contracts", "StageKit", "Digests", "NDJSON", "Bytes", "HTTP",
            "Signing"),
    ],
    swiftLanguageModes: [.v6]
)

/// One program of the pipeline.
func stage(_ name: String, uses dependencies: Target.Dependency...) -> Target {
    .executableTarget(
        name: name, dependencies: ["StageKit", "NDJSON", "Bytes", argumentParser()] + dependencies,
        path: "Sources/Stages/\(name)", swiftSettings: settings(), linkerSettings: staticRuntime())
}

/// Release programs carry the parts of the Swift runtime that they use: they start a third faster, take 3 MB less memory,
/// and run on machines without Swift. (The option of `swift build` would compile everything anew; Foundation's parts are what
/// ArgumentParser needs.)
func staticRuntime() -> [LinkerSetting] {
    let libraries = ["_FoundationCollections", "_FoundationCShims", "swift_StringProcessing", "swift_RegexParser"]
    return [
        .unsafeFlags(
            ["-static-stdlib"] + libraries.flatMap { ["-Xlinker", "-l\($0)"] }, .when(configuration: .release))
    ]
}

func library(_ name: String, uses dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Libraries/\(name)", swiftSettings: settings())
}

/// Without `pkgConfig` the module map's link line has to do: SwiftPM refuses the flags of some packages aloud.
func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, in folder: String, uses dependencies: Target.Dependency...) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: ["TestSupport"] + dependencies,
        path: "Tests/\(folder)/\(name)Tests", swiftSettings: settings())
}

func argumentParser() -> Target.Dependency { .product(name: "ArgumentParser", package: "swift-argument-parser") }

func settings() -> [SwiftSetting] {
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
        .treatAllWarnings(as: .error),
    ]
}
