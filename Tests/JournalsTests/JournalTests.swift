import Core
import TestKit
import Testing

@testable import Journals

@Suite struct JournalTests {
    enum Kind: CaseIterable { case memory, filesystem }

    private func settings(
        _ kind: Kind, _ directory: TemporaryDirectory, segmentLength: Int? = nil
    ) -> JournalSettings {
        JournalSettings(
            storage: kind == .memory ? .memory : .filesystem(directory: directory.file("journal")),
            segmentLength: segmentLength)
    }

    private func readAll(_ reader: JournalReader) throws -> [Int] {
        var batch = RecordBatch()
        var numbers: [Int] = []
        while try reader.next(into: &batch) { numbers += Samples.numbers(in: batch) }
        return numbers
    }

    @Test(arguments: Kind.allCases)
    func givesBackWhatWasAppendedInOrder(_ kind: Kind) throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal(
            name: "j", settings: settings(kind, directory, segmentLength: 2_000), log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        for index in 0..<50 { try journal.append(Samples.batch(first: index * 10, count: 10)) }
        #expect(try readAll(reader) == Array(0..<500))
        #expect(journal.end.record == 500)
        #expect(try readAll(reader) == [])
        try journal.append(Samples.batch(first: 500, count: 4))
        #expect(try readAll(reader) == [500, 501, 502, 503])
    }

    @Test func keepsTagTimeProgressAndValues() throws {
        let journal = try Journal(
            name: "j", settings: JournalSettings(storage: .memory), log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        let progress = [SourceProgress(source: [7], place: [1, 2, 3])]
        try journal.append(Samples.batch(first: 7, count: 2, tag: "flows", progress: progress))
        var batch = RecordBatch()
        #expect(try reader.next(into: &batch))
        #expect(batch.tag == "flows")
        #expect(batch.received == Timestamp(seconds: 1_700_000_000))
        #expect(batch.progress == progress)
        var seen: [String] = []
        batch.forEachRow { row in
            for index in row.shape.columns.indices {
                switch row.value(at: index) {
                case .text(let text): seen.append(text.makeString())
                case .address(let address): seen.append("\(address)")
                case .unsigned(let number): seen.append("\(number)")
                default: seen.append("?")
                }
            }
        }
        #expect(seen == ["fixed", "127.0.0.1", "7", "8", "record 8"])
    }

    @Test(arguments: Kind.allCases)
    func removesASegmentOnlyWhenEveryReaderHasPassed(_ kind: Kind) throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal(
            name: "j", settings: settings(kind, directory, segmentLength: 1_000), log: .silent)
        let fast = JournalReader(journal, from: nil, log: .silent)
        let slow = JournalReader(journal, from: nil, log: .silent)
        for index in 0..<40 { try journal.append(Samples.batch(first: index * 10, count: 10)) }
        _ = try readAll(fast)
        fast.commit()
        let full = journal.byteCount
        #expect(slow.backlog == 400)
        #expect(try readAll(slow) == Array(0..<400))
        slow.commit()
        #expect(journal.byteCount < full / 4)
        #expect(slow.backlog == 0)
    }

    @Test func rewindGoesBackToTheCommittedPlace() throws {
        let journal = try Journal(
            name: "j", settings: JournalSettings(storage: .memory), log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        for index in 0..<6 { try journal.append(Samples.batch(first: index * 10, count: 10)) }
        var batch = RecordBatch()
        for _ in 0..<2 { _ = try reader.next(into: &batch) }
        reader.commit()
        for _ in 0..<3 { _ = try reader.next(into: &batch) }
        reader.rewind()
        #expect(try readAll(reader) == Array(20..<60))
    }

    @Test func goesOnWhereACursorStoppedAfterARestart() throws {
        let directory = try TemporaryDirectory()
        let settings = settings(.filesystem, directory, segmentLength: 4_000)
        let place: JournalPosition
        do {
            let journal = try Journal(name: "j", settings: settings, log: .silent)
            let reader = JournalReader(journal, from: nil, log: .silent)
            for index in 0..<30 {
                try journal.append(Samples.batch(first: index * 10, count: 10))
            }
            var batch = RecordBatch()
            for _ in 0..<17 { _ = try reader.next(into: &batch) }
            place = reader.position
        }
        let journal = try Journal(name: "j", settings: settings, log: .silent)
        #expect(journal.recovery.records == 300)
        #expect(journal.recovery.corruptBytes == 0)
        let reader = JournalReader(journal, from: place, log: .silent)
        try journal.append(Samples.batch(first: 300, count: 10))
        #expect(try readAll(reader) == Array(170..<310))
    }

    private static let lengths: [(available: Int?, limit: Int?, wanted: Int)] = [
        (nil, nil, 16 << 20), (1 << 40, nil, 16 << 20), (1 << 20, nil, 128 << 10),
        (100 << 10, nil, 64 << 10), (0, nil, 64 << 10), (1 << 40, 8 << 20, 1 << 20),
        (4 << 20, 100 << 20, 512 << 10), (1 << 40, 1, 64 << 10),
    ]

    @Test(arguments: lengths)
    func makesSegmentsOfWhichSeveralFit(available: Int?, limit: Int?, wanted: Int) {
        #expect(JournalSettings.segmentLength(available: available, limit: limit) == wanted)
    }

    /// What a filter has taken out leaves gaps in the batch, and none in the journal.
    @Test(arguments: Kind.allCases)
    func keepsWhatAFilterHasLeftOfABatch(_ kind: Kind) throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal(name: "j", settings: settings(kind, directory), log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        var batch = Samples.batch(first: 0, count: 20)
        _ = batch.retain { row in
            row.shape.column(named: "number").flatMap { row.unsigned(at: $0) }.map { $0 % 3 == 0 }
                ?? false
        }
        try journal.append(batch)
        let full = journal.byteCount
        try journal.append(Samples.batch(first: 20, count: 20))
        #expect(journal.byteCount - full > full - SegmentHeader.length)
        #expect(try readAll(reader) == [0, 3, 6, 9, 12, 15, 18] + Array(20..<40))
    }

    /// Every segment can tell the places of all sources, whatever was removed before it.
    @Test(arguments: [400, 2_000, 100_000])
    func givesBackTheNewestPlaceOfEverySource(_ segmentLength: Int) throws {
        let directory = try TemporaryDirectory()
        let settings = settings(.filesystem, directory, segmentLength: segmentLength)
        var wanted = SourcePlaces()
        for run in 0..<4 {
            let journal = try Journal(name: "j", settings: settings, log: .silent)
            #expect(journal.recovery.places == wanted)
            let reader = JournalReader(journal, from: journal.start, log: .silent)
            for index in 0..<25 {
                let source = UInt8(truncatingIfNeeded: (index * 7 + run) % 11)
                let isDone = index % 9 == 8
                let progress = [
                    SourceProgress(source: [source], place: isDone ? [] : [UInt8(index)])
                ]
                let count = index % 3 == 0 ? 0 : 2
                try journal.append(Samples.batch(first: 0, count: count, progress: progress))
                wanted.merge(progress)
            }
            _ = try readAll(reader)
            reader.commit()
        }
    }

    /// A frame takes its shapes along into the segment that it begins, and grows by them.
    @Test(arguments: Kind.allCases)
    func takesFramesWhoseShapesAreLongerThanASegment(_ kind: Kind) throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal(
            name: "j", settings: settings(kind, directory, segmentLength: 1_000), log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        let name = String(repeating: "n", count: 900)
        for number in 0..<20 {
            var batch = RecordBatch(tag: "t")
            var builder = RecordBuilder()
            builder.begin()
            builder.add(name, integer: Int64(number))
            builder.finish(into: &batch)
            try journal.append(batch)
        }
        var batch = RecordBatch()
        var count = 0
        while try reader.next(into: &batch) { count += batch.count }
        #expect(count == 20)
    }

    @Test(arguments: Kind.allCases)
    func readsAFirstFrameLongerThanASegmentAtOnce(_ kind: Kind) throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal(
            name: "j", settings: settings(kind, directory, segmentLength: 500), log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        try journal.append(Samples.batch(first: 0, count: 100))
        #expect(try readAll(reader) == Array(0..<100))
    }

    @Test func appendWaitsAtTheLimitUntilAReaderCommits() throws {
        let journal = try Journal(
            name: "j",
            settings: JournalSettings(storage: .memory, segmentLength: 500, limit: 3_000),
            log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        while journal.byteCount <= 3_000 {
            try journal.append(Samples.batch(first: 0, count: 10))
        }
        journal.close()
        #expect(throws: OperationError.self) {
            try journal.append(Samples.batch(first: 0, count: 10))
        }
        _ = try readAll(reader)
        reader.commit()
        try journal.append(Samples.batch(first: 77, count: 2))
        #expect(try readAll(reader) == [77, 78])
    }
}
