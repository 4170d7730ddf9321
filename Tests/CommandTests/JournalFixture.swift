import Core
import Foundation
import Journals
import TestKit

@testable import catchment

/// What an agent leaves below its `storage.path`: two inputs, an output that has passed a part of
/// one of them, a quarantine.
struct StoredAgent {
    let directory: TemporaryDirectory
    /// The places behind each frame of `dummy.0`.
    private(set) var places: [JournalPosition] = []

    var path: String { directory.path }

    static let start: Int64 = 1_700_000_000

    /// Ten frames of four records in `dummy.0`, one second apart; one frame in `lines.0`; one
    /// record in the quarantine of `file.0`, which has passed four frames of `dummy.0`.
    init(segmentLength: Int = 1 << 20) throws {
        directory = try TemporaryDirectory()
        let dummy = try journal("journal/dummy.0", segmentLength)
        for index in 0..<10 {
            try dummy.append(Self.batch(index * 4..<index * 4 + 4, tag: "a", second: index))
            places.append(dummy.end)
        }
        try journal("journal/lines.0").append(Self.batch(100..<102, tag: "b.c", second: 3))
        try journal("quarantine/file.0").append(Self.batch(7..<8, tag: "a", second: 1))
        try FileManager.default.createDirectory(
            atPath: directory.file("cursors"), withIntermediateDirectories: true)
        try save(Cursor(positions: ["dummy.0": places[3]]))
    }

    func save(_ cursor: Cursor) throws {
        try CursorFile(path: directory.file("cursors/file.0.cursor"), isDurable: false)
            .save(cursor)
    }

    /// The first segment of an input.
    func segment(_ name: String = "dummy.0") -> String {
        directory.file("journal/\(name)/00000000000000000001.segment")
    }

    /// Flips a bit of the frame of `dummy.0` with this index.
    func damage(frame index: Int) throws {
        var bytes = try directory.read(segment())
        bytes[Int(places[index].offset) - 3] ^= 4
        try Data(bytes).write(to: URL(fileURLWithPath: segment()))
    }

    private func journal(_ place: String, _ segmentLength: Int = 1 << 20) throws -> Journal {
        try Journal(
            name: place,
            settings: JournalSettings(
                storage: .filesystem(directory: directory.file(place)),
                segmentLength: segmentLength), log: .silent)
    }

    private static func batch(_ numbers: Range<Int>, tag: String, second: Int) -> RecordBatch {
        var batch = RecordBatch(tag: tag)
        batch.received = Timestamp(seconds: start + Int64(second))
        batch.progress = [SourceProgress(source: [1], place: [UInt8(second)])]
        var builder = RecordBuilder()
        for number in numbers {
            builder.begin()
            builder.add("number", unsigned: UInt64(number))
            builder.add("message", text: "m\(number)")
            builder.finish(into: &batch)
        }
        return batch
    }
}

/// One run of `catchment journal` with everything it said.
struct JournalRun {
    var status: Int32
    var output: String
    var messages: String

    var lines: [Substring] { output.split(separator: "\n") }

    private final class MemoryOutput: ParseOutput {
        var text: [UInt8] = []
        let columns: Int?
        /// Writes taken before nobody reads any more.
        var rest: Int

        init(columns: Int?, writes: Int) {
            self.columns = columns
            rest = writes
        }

        func write(_ bytes: RawSpan) -> Bool {
            if rest == 0 { return false }
            rest -= 1
            for offset in 0..<bytes.byteCount { text.append(bytes.byte(at: offset)) }
            return true
        }
    }

    /// - Parameters:
    ///   - columns: width of the terminal; `nil` for none.
    ///   - writes: writes after which the reader has gone.
    init(_ arguments: [String], columns: Int? = nil, writes: Int = .max) throws {
        let command = try JournalCommand(arguments: arguments)
        let output = MemoryOutput(columns: columns, writes: writes)
        let said = Captured()
        status = command.run(said.console, output: output, progress: false)
        self.output = String(decoding: output.text, as: UTF8.self)
        messages = said.errors
    }
}
