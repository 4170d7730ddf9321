import Core
import TestKit
import Testing

@testable import Journals

@Suite struct ReaderLimitsTests {
    private func journal(_ directory: TemporaryDirectory) throws -> Journal {
        try Journal(
            name: "j",
            settings: JournalSettings(
                storage: .filesystem(directory: directory.file("journal")), segmentLength: 1_000),
            log: .silent)
    }

    private func readAll(_ reader: JournalReader) throws -> [Int] {
        var batch = RecordBatch()
        var numbers: [Int] = []
        while try reader.next(into: &batch) { numbers += Samples.numbers(in: batch) }
        return numbers
    }

    private func append(_ range: Range<Int>, to journal: Journal) throws {
        for first in stride(from: range.lowerBound, to: range.upperBound, by: 10) {
            try journal.append(Samples.batch(first: first, count: 10))
        }
    }

    @Test func dropsTheOldestAndKeepsWhatFits() throws {
        let directory = try TemporaryDirectory()
        let journal = try journal(directory)
        let limited = JournalReader(
            journal, from: nil, limits: ReaderLimits(bytes: 4_000, policy: .dropOldest),
            log: .silent)
        try append(0..<500, to: journal)
        #expect(journal.byteCount <= 5_000)
        let expected = limited.surveyLosses()
        let got = try readAll(limited)
        #expect(limited.losses == expected)
        #expect(got == Array(got[0]..<500))
        #expect(limited.losses.dropped == UInt64(got[0]))
        // Going back counts nothing twice.
        limited.rewind()
        #expect(try readAll(limited) == got)
        #expect(limited.losses.dropped == UInt64(got[0]))
        limited.commit()
        try append(500..<520, to: journal)
        #expect(try readAll(limited) == Array(500..<520))
    }

    @Test func dropsTheNewestAndKeepsWhatWaited() throws {
        let directory = try TemporaryDirectory()
        let journal = try journal(directory)
        let limited = JournalReader(
            journal, from: nil, limits: ReaderLimits(bytes: 4_000, policy: .dropNewest),
            log: .silent)
        try append(0..<500, to: journal)
        #expect(journal.byteCount <= 6_000)
        let expected = limited.surveyLosses()
        let first = try readAll(limited)
        #expect(limited.losses == expected)
        #expect(first == Array(0..<first.count))
        #expect(limited.losses.dropped == UInt64(500 - first.count))
        limited.commit()
        try append(500..<520, to: journal)
        #expect(try readAll(limited) == Array(500..<520))
        #expect(limited.losses.dropped == UInt64(500 - first.count))
    }

    /// What one output loses another gets.
    @Test(arguments: [ReaderLimits.Policy.dropOldest, .dropNewest])
    func takesNothingFromOtherReaders(_ policy: ReaderLimits.Policy) throws {
        let directory = try TemporaryDirectory()
        let journal = try journal(directory)
        let limited = JournalReader(
            journal, from: nil, limits: ReaderLimits(bytes: 3_000, policy: policy), log: .silent)
        let other = JournalReader(journal, from: nil, log: .silent)
        var got: [Int] = []
        for round in 0..<20 {
            try append(round * 50..<round * 50 + 50, to: journal)
            if round % 7 == 6 {
                got += try readAll(limited)
                limited.commit()
            }
        }
        got += try readAll(limited)
        #expect(try readAll(other) == Array(0..<1000))
        #expect(zip(got, got.dropFirst()).allSatisfy { $0 < $1 })
        #expect(limited.losses.dropped == UInt64(1000 - got.count))
        #expect(limited.losses.dropped > 0)
        limited.commit()
        other.commit()
        #expect(journal.byteCount < 2_000)
    }

    @Test func blocksUntilTheReaderHasCommitted() throws {
        let directory = try TemporaryDirectory()
        let journal = try journal(directory)
        let slow = JournalReader(
            journal, from: nil, limits: ReaderLimits(bytes: 3_000, policy: .block), log: .silent)
        let fast = JournalReader(journal, from: nil, log: .silent)
        var appended = 0
        journal.close()
        do {
            while true {
                try journal.append(Samples.batch(first: appended, count: 10))
                appended += 10
                _ = try readAll(fast)
                fast.commit()
            }
        } catch let error as OperationError {
            #expect(error.code == .journalFull)
        }
        #expect(try readAll(slow) == Array(0..<appended))
        slow.commit()
        try journal.append(Samples.batch(first: appended, count: 10))
        #expect(try readAll(slow) == Array(appended..<appended + 10))
        #expect(slow.losses == JournalReader.Losses())
    }

    @Test func leavesOutWhatHasWaitedTooLong() throws {
        let directory = try TemporaryDirectory()
        let journal = try journal(directory)
        let reader = JournalReader(
            journal, from: nil, limits: ReaderLimits(age: 3_600_000_000_000), log: .silent)
        var old = Samples.batch(first: 0, count: 10)
        old.received = Timestamp(nanoseconds: Timestamp.now().nanoseconds - 3_700_000_000_000)
        var young = Samples.batch(first: 10, count: 10)
        young.received = .now()
        try journal.append(old)
        try journal.append(young)
        #expect(try readAll(reader) == Array(10..<20))
        #expect(reader.losses.expired == 10)
    }

    /// An output that is stuck holds no segments of records that it will not get.
    @Test func freesWhatHasWaitedTooLongForAReaderThatIsStuck() throws {
        let directory = try TemporaryDirectory()
        let journal = try journal(directory)
        let stuck = JournalReader(
            journal, from: nil, limits: ReaderLimits(age: 3_600_000_000_000), log: .silent)
        for first in stride(from: 0, to: 300, by: 10) {
            var batch = Samples.batch(first: first, count: 10)
            let age: Int64 = first < 200 ? 3_700_000_000_000 : 0
            batch.received = Timestamp(nanoseconds: Timestamp.now().nanoseconds - age)
            try journal.append(batch)
        }
        #expect(journal.start.record > 150)
        #expect(stuck.surveyLosses().expired == journal.start.record)
        #expect(try readAll(stuck) == Array(200..<300))
        #expect(stuck.losses == JournalReader.Losses(damaged: 0, dropped: 0, expired: 200))
    }

    /// A place within a frame: some of its records are delivered.
    @Test func goesOnBehindARecordWithinAFrame() throws {
        let directory = try TemporaryDirectory()
        let journal = try journal(directory)
        try append(0..<30, to: journal)
        for stop in 1..<10 {
            let reader = JournalReader(journal, from: nil, log: .silent)
            var batch = RecordBatch()
            _ = try reader.next(into: &batch)
            _ = try reader.next(into: &batch)
            reader.stop(behind: stop, of: batch.count)
            reader.commit()
            #expect(reader.position.record == UInt64(10 + stop))
            let again = JournalReader(journal, from: reader.committed, log: .silent)
            #expect(try readAll(again) == Array(10 + stop..<30))
            #expect(try readAll(reader) == Array(10 + stop..<30))
        }
    }
}
