import Core
import Foundation
import Pipeline

@testable import catchment

/// The repository as the tests see it.
enum House {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

    static func text(_ relative: String) throws -> String {
        try String(contentsOfFile: path(relative), encoding: .utf8)
    }

    static func exists(_ relative: String) -> Bool {
        FileManager.default.fileExists(atPath: path(relative))
    }

    /// Files below a folder that end in one of `suffixes`, relative to the root, sorted.
    static func files(below folder: String, _ suffixes: String...) -> [String] {
        let walk = FileManager.default.enumerator(atPath: path(folder))
        return (walk?.compactMap { $0 as? String } ?? [])
            .filter { file in suffixes.contains { file.hasSuffix($0) } }
            .map { folder + "/" + $0 }.sorted()
    }

    /// `in_syslog`, `filter_grep`, ...
    static let pluginFolders: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path("plugins"))) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }()

    /// The module of a folder: `in_syslog` becomes `InSyslog`.
    static func module(_ folder: String) -> String {
        folder.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    static func info(ofFolder folder: String) -> PluginInfo? {
        Plugins.registry.infos.first { DescribeCommand.fullName($0) == folder }
    }

    /// The modules that a source file imports.
    static func imports(of file: String) throws -> [String] {
        try text(file).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({
                    $0.hasPrefix("@") || $0 == "public" || $0 == "package"
                })
            else { return nil }
            let isKind = ["struct", "class", "enum", "func", "protocol"].contains(words[place + 1])
            let name = isKind && place + 2 < words.count ? words[place + 2] : words[place + 1]
            return name.split(separator: ".").first.map(String.init)
        }
    }
}
