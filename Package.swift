// swift-tools-version:6.2
import PackageDescription

// Plugins, in data-flow order. The folder name is the YAML name with its kind in front.
let plugins: [(folder: String, uses: [Target.Dependency])] = [
    ("in_syslog", ["Messages", "Net", "Parsers"]),
    ("in_netflow", ["Net", "System"]),
    ("in_routeros", ["Messages", "Net", "Parsers"]),
    ("in_tail", ["Codec", "Parsers", "System"]),
    ("in_stdin", ["Parsers", "System"]),
    ("in_dummy", ["Codec", "Parsers", "System"]),
    ("filter_parser", ["Parsers"]),
    ("filter_grep", ["Patterns"]),
    ("filter_modify", ["Patterns"]),
    ("filter_record_modifier", ["System"]),
    ("out_file", ["Codec", "System"]),
    ("out_s3", ["Codec", "ObjectStore", "Parsers", "System"]),
    ("out_stdout", ["Codec", "System"]),
    ("out_null", []),
]

/// `in_syslog` becomes `InSyslog`.
func module(_ folder: String) -> String {
    folder.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
}

let package = Package(
    name: "catchment",
    products: [.executable(name: "catchment", targets: ["catchment"])],
    targets: [
        // Libraries of others, each behind one thin module.
        .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(
            name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CShims"),
        // Loads libcurl when it is first needed; its headers are all that a build needs of it.
        .target(name: "CCurl"),
        // The same for ISA-L.
        .target(name: "CIsal"),

        // The vocabulary every plugin sees.
        .target(name: "Core", swiftSettings: [.enableExperimentalFeature("Lifetimes")]),
        // Siblings on top of it, never importing each other but for System, Codec and TLS below them.
        .target(name: "System", dependencies: ["Core", "CShims"]),
        .target(name: "YAML", dependencies: ["Core", "CYaml", "System"]),
        .target(name: "Codec", dependencies: ["Core", "CIsal", "CShims", "CZlib", "CZstd"]),
        .target(name: "TLS", dependencies: ["Core", "COpenSSL", "System"]),
        .target(
            name: "ObjectStore", dependencies: ["Core", "CCurl", "Codec", "COpenSSL", "System"]),
        .target(name: "Net", dependencies: ["Core", "CShims", "System", "TLS"]),
        .target(name: "Patterns", dependencies: ["Core", "CPCRE2"]),
        .target(
            name: "Parsers", dependencies: ["Core", "Codec", "CShims", "Patterns", "System"]),
        .target(name: "Messages", dependencies: ["Core", "CShims", "Net", "Parsers"]),
        .target(name: "Capture", dependencies: ["Core", "Codec", "System"]),
        // The engine.
        .target(name: "Journals", dependencies: ["Core", "CShims", "System"]),
        .target(
            name: "Pipeline", dependencies: ["Core", "Journals", "Parsers", "Patterns", "System"]),
        // The only place that knows everything.
        .executableTarget(
            name: "catchment",
            dependencies: [
                "Core", "YAML", "Codec", "Capture", "Journals", "Parsers", "Pipeline", "System",
            ] + plugins.map { .target(name: module($0.folder)) }
        ),

        .target(
            name: "TestKit", dependencies: ["Core", "Codec", "COpenSSL", "System"],
            path: "Tests/TestKit"),
        // Run on inputs that nobody sends on purpose; Fuzz is a program for development.
        .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
        .target(
            name: "FuzzKit",
            dependencies: [
                "Core", "YAML", "Codec", "Net", "Capture", "Journals", "Messages", "ObjectStore",
                "Parsers", "System", "TestKit",
                "InSyslog", "InNetflow", "InRouteros",
            ], path: "Tests/FuzzKit"),
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzKit", "Core", "System", "CFuzzer"],
            path: "Tests/Fuzz"),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "FuzzKit", "Core", "Messages", "Net", "TestKit", "InSyslog", "InRouteros",
            ]),

        .testTarget(name: "CoreTests", dependencies: ["Core", "TestKit"]),
        .testTarget(name: "SystemTests", dependencies: ["System", "Core", "TestKit"]),
        .testTarget(name: "YAMLTests", dependencies: ["YAML", "Core", "TestKit"]),
        .testTarget(name: "CodecTests", dependencies: ["Codec", "Core", "TestKit"]),
        .testTarget(name: "TLSTests", dependencies: ["TLS", "Core", "System", "TestKit"]),
        .testTarget(name: "ObjectStoreTests", dependencies: ["ObjectStore", "Core", "TestKit"]),
        .testTarget(name: "NetTests", dependencies: ["Net", "Core", "System", "TLS", "TestKit"]),
        .testTarget(name: "PatternsTests", dependencies: ["Patterns", "Core", "TestKit"]),
        .testTarget(name: "ParsersTests", dependencies: ["Parsers", "Codec", "Core", "TestKit"]),
        .testTarget(
            name: "MessagesTests",
            dependencies: ["Messages", "Core", "Net", "Parsers", "TestKit", "YAML"]),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "Core", "TestKit"]),
        .testTarget(
            name: "JournalsTests", dependencies: ["Journals", "Core", "System", "TestKit"]),
        .testTarget(
            name: "PipelineTests",
            dependencies: ["Pipeline", "Journals", "YAML", "Core", "TestKit"]),
        .testTarget(
            name: "CommandTests", dependencies: ["catchment", "Journals", "Core", "TestKit"]),
        .testTarget(name: "HouseTests", dependencies: ["catchment", "Pipeline", "Core"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "catchment", "Capture", "Core", "Journals", "Pipeline", "System", "TestKit", "YAML",
            ]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Core", "Codec", "Parsers", "Journals", "System", "InNetflow"],
            path: "Benchmarks",
            exclude: [
                "run.sh", "collectors.py", "peers.py", "storage.py", "backlog.py", "exporters.py",
                "s3.py", "senders.py", "tls.py",
                "README.md",
                "cases",
                "load",
            ]),
    ]
)

for plugin in plugins {
    let name = module(plugin.folder)
    let home = "plugins/\(plugin.folder)"
    package.targets += [
        .target(name: name, dependencies: ["Core"] + plugin.uses, path: "\(home)/Sources"),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.target(name: name), "Core", "TestKit"] + plugin.uses,
            path: "\(home)/Tests",
            exclude: plugin.folder == "in_netflow" ? ["fixtures"] : []),
    ]
}

for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .swiftLanguageMode(.v6),
            .strictMemorySafety(),
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ]
}
