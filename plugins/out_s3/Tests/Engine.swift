import Codec
import Core
import Foundation
import Synchronization
import System
import TestKit

@testable import OutS3

/// A wall clock that stands still until it is told otherwise.
final class Clock: Sendable {
    private let time = Mutex(Timestamp(seconds: 1_769_860_799))

    var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

/// Text that does not compress well.
private let noise: [UInt8] = {
    var random = SeededRandom(seed: 1)
    return (0..<1 << 21).map { _ in UInt8.random(in: 97...122, using: &random) }
}()

/// Numbered records with a host and an event time.
func makeBatch(
    _ numbers: Range<Int>, hosts: [String] = ["a"], tag: String = "t", secondsApart: Int64 = 0,
    filler: Int = 0
) -> RecordBatch {
    var batch = RecordBatch(tag: tag)
    batch.received = Timestamp(seconds: 1_700_000_000)
    var builder = RecordBuilder()
    for number in numbers {
        builder.begin()
        builder.add("n", integer: Int64(number))
        builder.add("host", text: hosts[number % hosts.count])
        if filler > 0 {
            let start = number * filler % (noise.count - filler)
            builder.add(
                "filler", text: String(decoding: noise[start..<start + filler], as: UTF8.self))
        }
        builder.add(
            "time", eventTime: Timestamp(seconds: 1_769_860_790 + Int64(number) * secondsApart))
        builder.finish(into: &batch)
    }
    return batch
}

/// An engine in small with one journal of numbered records: it saves states, and reads again from
/// the cursor what a crash or an error has not let it deliver.
final class Engine {
    let store: FakeStore
    let clock = Clock()
    private let options: [(key: String, value: String)]
    private let make: (Range<Int>) -> RecordBatch
    private let partSize: Int?
    /// Whether a commit may return while requests are under way.
    private let overlaps: Bool
    private(set) var output: S3Output
    /// What the cursor's file says.
    private(set) var state: [UInt8] = []
    private(set) var position = 0
    /// Records that were read.
    private(set) var read = 0
    /// Records in the journal.
    var end = 0
    /// Records of a frame; frames begin at multiples of it.
    var step = 10
    private var random: UInt64 = 1
    var log: [String] { said.lines }
    private let said = Said()

    /// Rings when the output wants to be looked after.
    let bell = Doorbell()
    private let overdue = Flag()

    /// Whether the time to stop is over.
    var isOverdue: Bool {
        get { overdue.load() }
        set { overdue.store(newValue) }
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)

        func load() -> Bool { value.withLock { $0 } }
        func store(_ isSet: Bool) { value.withLock { $0 = isSet } }
    }

    private final class Said: @unchecked Sendable {
        // Sendable: used by one thread.
        var lines: [String] = []
    }

    init(
        _ options: [String: String] = [:], store: FakeStore? = nil, partSize: Int? = nil,
        overlaps: Bool = false,
        make: @escaping (Range<Int>) -> RecordBatch = { makeBatch($0) }
    ) throws {
        self.store = try store ?? FakeStore()
        var all = [
            "bucket": "b", "preset": "minio", "endpoint": self.store.endpoint,
            "aws_access_key_id": "id", "aws_secret_access_key": "secret",
            "s3_key_format": "/$TAG/$POSITION", "net.io_timeout": "1s",
        ]
        all.merge(options) { $1 }
        self.options = all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        self.make = make
        self.partSize = partSize
        self.overlaps = overlaps
        let clock = self.clock
        output = try S3Output(
            settings: PluginSettings(testing: S3Output.info, self.options),
            clock: { clock.now }, random: 1)
        try start()
    }

    private func start() throws {
        output.waitsForAnswers = !overlaps
        if let partSize {
            output.settings.partSize = partSize
            output.settings.usesMultipart = true
            output.packer.pieceLength = partSize / 4
        }
        output.prepare(
            sources: [OutputSource(name: "journal", isPersistent: true)],
            engine: OutputEngine(
                wake: { [bell] in bell.ring() },
                isOverdue: { [overdue] in overdue.load() }))
        try open()
    }

    func open() throws {
        let said = self.said
        try output.open(
            resuming: state,
            log: Log(component: "s3", level: .debug) { _, _, text in said.lines.append(text) })
        read = position
    }

    /// The process ends without a word, and another one starts.
    func restart() throws {
        random += 1
        let clock = self.clock
        let random = self.random
        output = try S3Output(
            settings: PluginSettings(testing: S3Output.info, options), clock: { clock.now },
            random: random)
        try start()
    }

    /// The journal has lost records, as its limits may make it.
    func lose(before number: Int) { read = max(read, number) }

    /// Reads what there is.
    func pump() throws {
        while read < end {
            // A cursor may lie within a frame, as a journal's may.
            let next = min(end, read / step * step + step)
            try output.write(
                make(read..<next), from: BatchOrigin(source: 0, firstRecord: UInt64(read)))
            read = next
        }
    }

    /// - Parameter saves: whether the cursor is saved: the process may end before.
    func commit(saves: Bool = true) throws {
        if let plan = output.plan() { state = plan }
        let state = try output.commit()
        guard saves else { return }
        self.state = state
        position = min(read, Int(clamping: output.delivered(of: 0)))
    }

    func deliver(_ count: Int) throws {
        end += count
        try pump()
        try commit()
    }

    /// Delivers all there is, as the agent does when it stops, through any number of failures.
    func drain(attempts: Int = 50) throws {
        for attempt in 1... {
            do {
                try pump()
                output.handOver()
                try commit()
                return
            } catch {
                if attempt == attempts { throw error }
                if !output.canCommitAgain { try open() }
            }
        }
    }

    /// The numbers in all objects, sorted; or in one.
    func numbers(_ key: String? = nil) throws -> [Int] {
        let objects = store.objects.filter { key == nil || $0.key == key }
        return try objects.flatMap { key, bytes in
            try PackedFile(key, holding: bytes).text().utf8.split(separator: 10).compactMap {
                line in
                // Every line begins with `{"n":`.
                Int(
                    String(
                        decoding: line.dropFirst(5).prefix { $0 != UInt8(ascii: ",") },
                        as: UTF8.self))
            }
        }.sorted()
    }

    var keys: [String] { store.objects.keys.sorted() }
}
