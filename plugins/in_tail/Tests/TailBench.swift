import Core
import Foundation
import Parsers
import Synchronization
import System
import TestKit

@testable import InTail

/// A sink that keeps lines and places together, as a journal does over restarts.
final class JournalSink: BatchSink {
    let tag = "test"
    let ledger = SourceLedger()
    let log = Log.silent
    let recoveredPlaces: SourcePlaces
    private let state = Mutex<(lines: [String], places: SourcePlaces)>(([], SourcePlaces()))
    /// Submits that are taken before the agent seems to be stopping.
    private let limit: Int
    private let submits = Atomic<Int>(0)

    init(after earlier: JournalSink? = nil, limit: Int = .max) {
        let places = earlier?.places ?? SourcePlaces()
        recoveredPlaces = places
        self.limit = limit
        state.withLock { $0.places = places }
    }

    var isStopping: Bool { submits.load(ordering: .relaxed) >= limit }
    var lines: [String] { state.withLock { $0.lines } }
    var places: SourcePlaces { state.withLock { $0.places } }

    /// The texts under `log`.
    var logs: [String] { lines.map(Self.log) }

    /// Places of files, not of patterns.
    var filePlaces: [FilePlace] {
        places.all.filter { $0.source.first == UInt8(ascii: "F") }
            .compactMap { FilePlace($0.place) }
    }

    func submit(_ batch: inout RecordBatch) -> Bool {
        defer { batch.removeAll() }
        if submits.add(1, ordering: .relaxed).oldValue >= limit { return false }
        let lines = batch.jsonLines()
        let progress = batch.progress
        state.withLock {
            $0.lines += lines
            $0.places.merge(progress)
        }
        return true
    }

    func problems() -> [ErrorCode: UInt64] {
        ledger.snapshot.reduce(into: [:]) { $0.merge($1.problems, uniquingKeysWith: +) }
    }

    private static func log(_ line: String) -> String {
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return object?["log"] as? String ?? line
    }
}

/// A directory of log files and a reader over them, moved on step by step.
final class TailBench {
    let directory: TemporaryDirectory
    private(set) var sink = JournalSink()
    private(set) var reader: TailReader
    private let options: [(String, String)]
    private let openLimit: Int?
    /// Nanoseconds on the bench's clock.
    var now: Int64 = 0

    /// - Parameter path: relative to the bench's directory; several with commas.
    init(
        path: String = "*.log", _ options: [(String, String)] = [], openLimit: Int? = nil,
        prepare: (TemporaryDirectory) throws -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        try prepare(directory)
        let home = directory.path
        let paths = path.split(separator: ",").map { home + "/" + $0 }.joined(separator: ",")
        self.options = [("path", paths)] + options
        self.openLimit = openLimit
        reader = try Self.makeReader(self.options, sink, openLimit)
    }

    static func makeReader(
        _ options: [(String, String)], _ sink: JournalSink, _ openLimit: Int? = nil
    ) throws -> TailReader {
        let settings = try PluginSettings(
            testing: TailInput.info, options, parsers: ParserLibrary.stock)
        let tail = try TailSettings(settings)
        let parser =
            tail.parser.flatMap { ParserLibrary.stock.makeParser(named: $0) }
            ?? PlainLine(key: tail.lineKey)
        return TailReader(settings: tail, parser: parser, sink: sink, openLimit: openLimit)
    }

    /// Looks for files and reads until nothing is left.
    func step(after seconds: Double = 0) {
        now += Int64(seconds * 1e9)
        reader.scan(now: now)
        repeat { reader.readOnce(now: now) } while reader.hasWork && !reader.isOver
    }

    /// A new process that knows what the journal of the one before knows.
    func restart(limit: Int = .max) throws {
        sink = JournalSink(after: sink, limit: limit)
        reader = try Self.makeReader(options, sink, openLimit)
    }

    func append(_ text: String, to name: String) throws { try append(Array(text.utf8), to: name) }

    func append(_ bytes: [UInt8], to name: String) throws {
        try directory.append(bytes, to: name)
    }

    /// Cuts the file, as copytruncate does, and writes `text`.
    func overwrite(_ name: String, with text: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.file(name)))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    func rename(_ name: String, to target: String) throws {
        try FileManager.default.moveItem(
            atPath: directory.file(name), toPath: directory.file(target))
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: directory.file(name))
    }
}

extension TemporaryDirectory {
    func append(_ text: String, to name: String) throws { try append(Array(text.utf8), to: name) }

    func append(_ bytes: [UInt8], to name: String) throws {
        let target = try FileDescriptor.open(file(name), [.write, .create, .append])
        try bytes.withBytes { (bytes) throws(OperationError) in
            try target.write(bytes, target: name)
        }
    }
}
