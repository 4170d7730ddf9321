import Core
import Foundation
import TestKit
import Testing

@testable import Journals

@Suite struct RecoveryTests {
    /// A journal of five frames of four records, and the bytes of its only segment.
    private func segment() throws -> (bytes: [UInt8], frameEnds: [Int]) {
        let directory = try TemporaryDirectory()
        let journal = try Journal(
            name: "j", settings: settings(directory), log: .silent)
        var ends: [Int] = []
        for index in 0..<5 {
            try journal.append(Samples.batch(first: index * 4, count: 4))
            ends.append(Int(journal.end.offset))
        }
        return (try directory.read("journal/" + SegmentName.text(1)), ends)
    }

    private func settings(_ directory: TemporaryDirectory) -> JournalSettings {
        JournalSettings(storage: .filesystem(directory: directory.file("journal")))
    }

    /// Opens a journal whose only segment has these bytes and reads everything in it.
    private func recover(_ bytes: [UInt8]) throws -> (numbers: [Int], report: RecoveryReport) {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file("journal"), withIntermediateDirectories: true)
        try Data(bytes).write(
            to: URL(fileURLWithPath: directory.file("journal/" + SegmentName.text(1))))
        let journal = try Journal(name: "j", settings: settings(directory), log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        try journal.append(Samples.batch(first: 1000, count: 2))
        var batch = RecordBatch()
        var numbers: [Int] = []
        while try reader.next(into: &batch) { numbers += Samples.numbers(in: batch) }
        return (numbers, journal.recovery)
    }

    @Test func keepsTheFramesBeforeACutAnywhere() throws {
        let (bytes, ends) = try segment()
        for length in 0..<bytes.count {
            let (numbers, report) = try recover(Array(bytes.prefix(length)))
            let whole = ends.filter { $0 <= length }.count
            #expect(numbers == Array(0..<whole * 4) + [1000, 1001], "cut at \(length)")
            #expect(report.records == whole * 4)
            // What a crash leaves is no damage.
            if length >= SegmentHeader.length { #expect(report.corruptBytes == 0) }
        }
    }

    /// A flipped bit costs the frame that it is in and no other.
    @Test func deliversEveryFrameButTheOneWithAFlippedBit() throws {
        let (bytes, ends) = try segment()
        for offset in 0..<bytes.count {
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(offset % 8)
            let (numbers, report) = try recover(damaged)
            let hit = ends.firstIndex { offset < $0 } ?? 5
            // A damaged header of the segment costs nothing.
            let lost = offset < SegmentHeader.length ? 0..<0 : hit * 4..<hit * 4 + 4
            let wanted = (0..<20).filter { !lost.contains($0) } + [1000, 1001]
            #expect(numbers == wanted, "flipped at \(offset)")
            #expect(
                report.damagedBytes + report.corruptBytes + report.unfinishedBytes > 0)
        }
    }

    @Test func neverDeliversAWrongRecordAfterMuchDamage() throws {
        let (bytes, _) = try segment()
        for damaged in Damage.flips(of: bytes, count: 300) {
            let (numbers, _) = try recover(damaged)
            #expect(numbers.suffix(2) == [1000, 1001])
            let kept = numbers.dropLast(2)
            #expect(kept.allSatisfy { (0..<20).contains($0) })
            #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    /// Records hold what strangers send: a frame inside of one is no frame.
    @Test func takesNoFrameOutOfTheRecordsOfADamagedOne() throws {
        let (foreign, _) = try segment()
        let directory = try TemporaryDirectory()
        do {
            let journal = try Journal(name: "j", settings: settings(directory), log: .silent)
            var batch = RecordBatch(tag: "t")
            var builder = RecordBuilder()
            builder.begin()
            foreign.withBytes { builder.add("text", bytes: $0) }
            builder.finish(into: &batch)
            try journal.append(batch)
            try journal.append(Samples.batch(first: 50, count: 2))
        }
        var bytes = try directory.read("journal/" + SegmentName.text(1))
        bytes[SegmentHeader.length + Frame.headerLength] ^= 1
        #expect(try recover(bytes).numbers == [50, 51, 1000, 1001])
    }

    /// Cursors hold the numbers of segments and records: they must never begin again.
    @Test func goesOnWithTheNumbersOfASegmentThatHadJustBegun() throws {
        var header = ByteBuffer()
        SegmentHeader(number: 7, firstRecord: 40, salt: 1).append(to: &header)
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file("journal"), withIntermediateDirectories: true)
        try Data(header.bytes.makeArray()).write(
            to: URL(fileURLWithPath: directory.file("journal/" + SegmentName.text(7))))
        let journal = try Journal(name: "j", settings: settings(directory), log: .silent)
        #expect(journal.recovery.isEmpty)
        #expect(journal.end == JournalPosition(segment: 7, offset: 40, record: 40))
        let reader = JournalReader(journal, from: journal.end, log: .silent)
        try journal.append(Samples.batch(first: 40, count: 3))
        #expect(journal.end.record == 43)
        var batch = RecordBatch()
        #expect(try reader.next(into: &batch))
        #expect(Samples.numbers(in: batch) == [40, 41, 42])
        #expect(try !reader.next(into: &batch))
    }

    @Test func setsTheDamagedEndAsideUnderANameThatSaysSo() throws {
        let directory = try TemporaryDirectory()
        do {
            let journal = try Journal(name: "j", settings: settings(directory), log: .silent)
            try journal.append(Samples.batch(first: 0, count: 4))
        }
        let path = directory.file("journal/" + SegmentName.text(1))
        let length = try directory.read("journal/" + SegmentName.text(1)).count
        let handle = try #require(FileHandle(forWritingAtPath: path))
        handle.seekToEndOfFile()
        handle.write(Data([1, 2, 3, 4]))
        try handle.close()
        let journal = try Journal(name: "j", settings: settings(directory), log: .silent)
        #expect(journal.recovery.corruptBytes == 4)
        #expect(
            try directory.read("journal/" + SegmentName.text(1) + ".corrupt-\(length)") == [
                1, 2, 3, 4,
            ])
    }
}

@Suite struct CursorFileTests {
    @Test func givesBackWhatWasSaved() throws {
        let directory = try TemporaryDirectory()
        let file = CursorFile(path: directory.file("out.cursor"), isDurable: true)
        #expect(try file.load() == nil)
        let cursor = Cursor(
            positions: [
                "a": JournalPosition(segment: 3, offset: 77, record: 1 << 40),
                "b": JournalPosition(segment: 1, offset: 32, record: 0),
            ], state: [0, 1, 255])
        try file.save(cursor)
        #expect(try file.load() == cursor)
    }

    /// Whatever becomes of the slot written last, the one before it is whole.
    @Test func givesTheCursorBeforeWhenTheLastOneIsDamaged() throws {
        let directory = try TemporaryDirectory()
        let file = CursorFile(path: directory.file("out.cursor"), isDurable: false)
        let cursors = (1...3).map { number in
            Cursor(
                positions: ["a": JournalPosition(segment: 3, offset: 77, record: UInt64(number))])
        }
        for cursor in cursors { try file.save(cursor) }
        let bytes = try directory.read("out.cursor")
        #expect(bytes.count == 8192)
        for offset in 0..<bytes.count where bytes[offset] != 0 {
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(offset % 8)
            try Data(damaged).write(to: URL(fileURLWithPath: file.path))
            let found = try CursorFile(path: file.path, isDurable: false).load()
            #expect(found == cursors[offset < 4096 ? 2 : 1] || found == cursors[1])
        }
    }

    @Test func refusesAFileThatIsNoCursor() throws {
        let directory = try TemporaryDirectory()
        let file = CursorFile(path: directory.file("out.cursor"), isDurable: false)
        for content in [[], [1, 2, 3], [UInt8](repeating: 7, count: 8192)] {
            try Data(content).write(to: URL(fileURLWithPath: file.path))
            #expect(throws: OperationError.self) { try file.load() }
        }
    }

    @Test func growsWithTheStateAndStartsAnewWhenSomebodyRemovesIt() throws {
        let directory = try TemporaryDirectory()
        let file = CursorFile(path: directory.file("out.cursor"), isDurable: false)
        for size in [10, 5_000, 100, 20_000, 0] {
            let cursor = Cursor(state: [UInt8](repeating: 5, count: size))
            try file.save(cursor)
            #expect(try CursorFile(path: file.path, isDurable: false).load() == cursor)
        }
        try FileManager.default.removeItem(atPath: file.path)
        try file.save(Cursor(state: [9]))
        #expect(try CursorFile(path: file.path, isDurable: false).load() == Cursor(state: [9]))
    }
}

@Suite struct ChecksumTests {
    /// Bit by bit, as RFC 3720 defines it.
    private func reference(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
        }
        return ~crc
    }

    @Test func agreesWithTheDefinitionAtEveryLength() {
        #expect(Array("123456789".utf8).withBytes { Frame.checksum($0) } == 0xe306_9283)
        let bytes = (0..<7_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 5) }
        for count in Array(0..<40) + [1023, 1024, 3071, 3072, 3073, 3080, 6144, 6151, 7_000] {
            let part = Array(bytes.prefix(count))
            #expect(part.withBytes { Frame.checksum($0) } == reference(part), "\(count) bytes")
        }
    }
}
