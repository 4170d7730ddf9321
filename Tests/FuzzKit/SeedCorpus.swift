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

    /// Adds what the files of a directory hold: the datagrams of captures, and the lines of texts for
    /// code that reads logs.
    mutating func addFiles(of directory: String, for reader: FuzzTarget.Reader) {
        for (path, bytes) in Self.contents(of: directory) {
            if reader == .files {
                seeds.append([bytes])
                continue
            }
            guard let capture = try? CaptureFile(MemorySource(bytes), path: path) else { continue }
            var datagrams: [[UInt8]] = []
            try? capture.forEachDatagram { _, payload in datagrams.append(payload.makeArray()) }
            if reader == .logs {
                try? capture.forEachLine { line, _ in seeds.append([line.makeArray()]) }
            }
            // Sequences that are short enough to be run often, with their beginning in each.
            for start in stride(from: 0, to: datagrams.count, by: 3) {
                let end = min(start + 3, datagrams.count)
                seeds.append(Array(datagrams.prefix(start == 0 ? 0 : 1) + datagrams[start..<end]))
            }
        }
    }

    /// Adds inputs as `InputLayout.input` makes them, such as those libFuzzer keeps.
    mutating func addInputs(of directory: String, layout: InputLayout) {
        for (_, bytes) in Self.contents(of: directory) { seeds.append(layout.parts(of: bytes)) }
    }

    /// The files of a directory that hold something, those below it included.
    private static func contents(of directory: String) -> [(String, [UInt8])] {
        let walk = FileManager.default.enumerator(atPath: directory)
        let names = walk?.compactMap { $0 as? String } ?? []
        return names.sorted().compactMap { name in
            let url = URL(fileURLWithPath: directory).appendingPathComponent(name)
            guard let data = try? Data(contentsOf: url), !data.isEmpty else { return nil }
            return (name, [UInt8](data))
        }
    }
}
