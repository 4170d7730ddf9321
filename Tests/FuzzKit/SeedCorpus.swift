import Capture
import Core
import Foundation

/// What inputs are made of.
struct SeedCorpus: Sendable {
    /// Each seed is a sequence: the datagrams of an exporter, or one part.
    var seeds: [[[UInt8]]] = []
    /// Pieces that mean something in this language.
    var dictionary: [[UInt8]] = []
    /// Shapes whose time once grew faster than their length.
    var shapes: [RepeatedShape] = []

    static func words(_ texts: [String]) -> [[UInt8]] { texts.map { [UInt8]($0.utf8) } }

    /// The repository.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the repository; empty when it is not there, as in a build used elsewhere.
    static func file(_ path: String) -> [UInt8] {
        (try? Data(contentsOf: root.appendingPathComponent(path))).map { [UInt8]($0) } ?? []
    }

    /// Files below a folder, sorted.
    static func files(below folder: String, _ suffix: String) -> [String] {
        let path = root.appendingPathComponent(folder).path
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }
        return (names ?? []).filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
    }

    /// The lines of a text file.
    static func lines(_ path: String) -> [[UInt8]] {
        file(path).split(separator: UInt8(ascii: "\n")).map { [UInt8]($0) }
    }

    /// The datagrams of a capture.
    static func datagrams(_ path: String) -> [[UInt8]] {
        var result: [[UInt8]] = []
        let bytes = file(path)
        let capture = try? CaptureFile(MemorySource(bytes), path: path)
        try? capture?.forEachDatagram { _, payload in result.append(payload.makeArray()) }
        return result
    }

    /// Adds a seed for each file of a directory, such as those libFuzzer keeps.
    mutating func addFiles(of directory: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names.sorted() {
            let url = URL(fileURLWithPath: directory).appendingPathComponent(name)
            guard let data = try? Data(contentsOf: url), !data.isEmpty else { continue }
            seeds.append([[UInt8](data)])
        }
    }
}
