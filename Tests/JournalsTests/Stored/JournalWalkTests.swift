import Core
import Foundation
import TestKit
import Testing

@testable import Journals

@Suite struct JournalWalkTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.file("j") }

    private func file(_ number: UInt64) -> String { "j/" + SegmentName.text(number) }

    /// Writes ten frames of four records; frames of 20 records fill a segment when it is short.
    private func fill(segmentLength: Int = 1 << 20) throws {
        let journal = try Journal(
            name: "j",
            settings: JournalSettings(
                storage: .filesystem(directory: path), segmentLength: segmentLength), log: .silent)
        for index in 0..<10 { try journal.append(Samples.batch(first: index * 4, count: 4)) }
    }

    private func stored() throws -> StoredJournal {
        try StoredJournal(directory: path, name: "j", kind: .input)
    }

    /// The steps in short, and the numbers of the records.
    private func steps(_ walk: JournalWalk) -> (text: [String], numbers: [Int]) {
        var text: [String] = []
        var numbers: [Int] = []
        var batch = RecordBatch()
        while let step = walk.next() {
            switch step {
            case .segment(let segment, _, let first):
                text.append("segment \(segment.number) \(first.map(String.init) ?? "-")")
            case .vanished(let segment): text.append("vanished \(segment.number)")
            case .frame(let frame):
                if let damage = walk.read(frame, into: &batch) {
                    text.append("unreadable \(damage.code.text)")
                } else {
                    numbers += Samples.numbers(in: batch)
                }
            case .damage(let damage):
                text.append("\(damage.code.text) \(damage.offset) \(damage.length)")
            case .lost(let records): text.append("lost \(records)")
            case .removed(let records): text.append("removed \(records)")
            }
        }
        return (text, numbers)
    }

    private func damage(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try directory.read(name)
        change(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: directory.file(name)))
    }

    @Test func readsEverySegmentInOrder() throws {
        try fill(segmentLength: 600)
        let journal = try stored()
        #expect(journal.segments.count > 2)
        let (text, numbers) = steps(journal.walk())
        #expect(numbers == Array(0..<40))
        #expect(text.count == journal.segments.count)
        #expect(text.first == "segment 1 0")
    }

    @Test func changesNothing() throws {
        try fill(segmentLength: 600)
        try damage(file(1)) { $0[60] ^= 1 }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        let before = try names.map { try directory.read("j/" + $0) }
        _ = steps(try stored().walk())
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == names)
        #expect(try names.map { try directory.read("j/" + $0) } == before)
    }

    @Test func saysWhatAFlippedBitCosts() throws {
        try fill()
        var offsets: [Int] = []
        let walk = try stored().walk()
        while let step = walk.next() {
            if case .frame(let frame) = step { offsets.append(frame.offset) }
        }
        try damage(file(1)) { $0[offsets[3] + 9] ^= 0x10 }
        let (text, numbers) = steps(try stored().walk())
        #expect(numbers == Array(0..<12) + Array(16..<40))
        #expect(
            text == [
                "segment 1 0", "E2602 \(offsets[3]) \(offsets[4] - offsets[3])", "lost 12..<16",
            ])
    }

    @Test func readsASegmentWithoutItsHeader() throws {
        try fill()
        try damage(file(1)) { $0[3] ^= 1 }
        let (text, numbers) = steps(try stored().walk())
        #expect(text == ["segment 1 -", "E2602 0 40"])
        #expect(numbers == Array(0..<40))
    }

    @Test func refusesAnotherVersionAsAWhole() throws {
        try fill()
        let length = try directory.read(file(1)).count
        try damage(file(1)) { bytes in
            bytes[9] = 7
            let crc = Array(bytes[0..<36]).withBytes { Frame.checksum($0) }
            for index in 0..<4 {
                bytes[36 + index] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * index))
            }
        }
        #expect(steps(try stored().walk()).text == ["segment 1 -", "E2604 0 \(length)"])
    }

    /// Segments that no output needs go, also from between others: that is no damage.
    @Test func tellsRemovedSegmentsFromDamage() throws {
        try fill(segmentLength: 600)
        let journal = try stored()
        let gone = journal.segments[1]
        let lost = try #require(gone.readHeader()).firstRecord
        let next = try #require(journal.segments[2].readHeader()).firstRecord
        try FileManager.default.removeItem(atPath: gone.path)
        for known in [journal, try stored()] {
            let (text, numbers) = steps(known.walk())
            #expect(text.contains("vanished 2") == (known == journal))
            #expect(text.contains("removed \(lost..<next)"))
            #expect(!text.contains { $0.hasPrefix("lost") })
            #expect(numbers.count == 40 - Int(next - lost))
        }
    }

    @Test func findsASegmentUnderAWrongNumber() throws {
        try fill()
        try FileManager.default.moveItem(
            atPath: directory.file(file(1)), toPath: directory.file(file(5)))
        #expect(steps(try stored().walk()).text == ["segment 5 0", "E2602 12 8"])
    }

    @Test func findsRecordsThatAreNumberedAgain() throws {
        try fill()
        try FileManager.default.copyItem(
            atPath: directory.file(file(1)), toPath: directory.file(file(2)))
        let (text, numbers) = steps(try stored().walk())
        #expect(text == ["segment 1 0", "segment 2 0", "E2602 12 8", "E2602 20 8"])
        #expect(numbers == Array(0..<40) + Array(0..<40))
    }

    @Test func leavesOutSegmentsBeforeARecord() throws {
        try fill(segmentLength: 600)
        let journal = try stored()
        for record in 0..<40 {
            let numbers = steps(journal.walk(from: UInt64(record))).numbers
            #expect(numbers.contains(record))
            #expect(numbers.last == 39)
            let first = try #require(numbers.first)
            #expect(record - first < 20)
        }
        #expect(!steps(journal.walk(from: 1000)).numbers.isEmpty)
    }

    /// Damage never makes a record appear that was not there, nor stops the walk.
    @Test func survivesTruncationAnywhereAndManyFlips() throws {
        try fill()
        let bytes = try directory.read(file(1))
        let target = URL(fileURLWithPath: directory.file(file(1)))
        for damaged in Damage.flips(of: bytes, count: 200) {
            try Data(damaged).write(to: target)
            let numbers = steps(StoredJournal(segment: StoredSegment(path: target.path)).walk())
                .numbers
            #expect(numbers.allSatisfy { (0..<40).contains($0) })
        }
        for length in 0..<bytes.count {
            try Data(bytes.prefix(length)).write(to: target)
            let numbers = steps(StoredJournal(segment: StoredSegment(path: target.path)).walk())
                .numbers
            #expect(numbers == Array(0..<numbers.count))
        }
    }

    /// An append is seen as a part first; the walk takes the rest when it is there.
    @Test func goesOnWhenTheLastSegmentGrows() throws {
        try fill()
        let whole = try directory.read(file(1))
        let target = URL(fileURLWithPath: directory.file(file(1)))
        try Data(whole.prefix(whole.count - 7)).write(to: target)
        let walk = try stored().walk()
        var frames = 0
        var damaged = 0
        while let step = walk.next() {
            if case .frame = step { frames += 1 }
            if case .damage = step { damaged += 1 }
            if frames == 5 {
                let handle = try FileHandle(forWritingTo: target)
                try handle.seekToEnd()
                if try handle.offset() < UInt64(whole.count) {
                    try handle.write(contentsOf: Data(whole.suffix(7)))
                }
                try handle.close()
            }
        }
        #expect(frames == 10 && damaged == 0)
    }

    @Test func takesAJustBegunSegmentForNoDamage() throws {
        try fill()
        try Data().write(to: URL(fileURLWithPath: directory.file(file(2))))
        #expect(steps(try stored().walk()).text == ["segment 1 0", "segment 2 -"])
    }
}

extension StoredJournal {
    fileprivate init(segment: StoredSegment) {
        self.init(segment: segment, name: "j", kind: .input)
    }
}
