import Core
import Foundation
import TestKit
import Testing

@testable import Journals

@Suite(.enabled(if: SmallDisk.isPossible, "needs the right to mount a tmpfs"))
struct FullDiskTests {
    private func journal(on disk: SmallDisk) throws -> Journal {
        try Journal(
            name: "j", settings: JournalSettings(storage: .filesystem(directory: disk.path)),
            log: .silent)
    }

    private func readAll(_ reader: JournalReader) throws -> [Int] {
        var batch = RecordBatch()
        var numbers: [Int] = []
        while try reader.next(into: &batch) { numbers += Samples.numbers(in: batch) }
        return numbers
    }

    /// - Parameter failures: appends that fail before there is room again.
    @Test(arguments: [1, 2, 5])
    func appendsAgainAndLosesNothingWhenThereIsRoomAgain(_ failures: Int) throws {
        let disk = try #require(try SmallDisk(bytes: 1 << 16))
        let ballast = disk.path + "/ballast"
        try Data(count: 16 << 10).write(to: URL(fileURLWithPath: ballast))
        let appended: Int
        do {
            let journal = try journal(on: disk)
            let reader = JournalReader(journal, from: nil, log: .silent)
            var next = 0
            var failed = 0
            while failed < failures {
                do throws(OperationError) {
                    try journal.append(Samples.batch(first: next, count: 50))
                    next += 50
                } catch {
                    #expect(error.errno == ENOSPC)
                    failed += 1
                }
            }
            #expect(try readAll(reader) == Array(0..<next))
            try FileManager.default.removeItem(atPath: ballast)
            try journal.append(Samples.batch(first: next, count: 50))
            #expect(try readAll(reader) == Array(next..<next + 50))
            appended = next + 50
        }
        let again = try journal(on: disk)
        #expect(again.recovery.records == appended)
        #expect(again.recovery.corruptBytes == 0)
        #expect(
            try readAll(JournalReader(again, from: nil, log: .silent)) == Array(0..<appended))
    }

    /// The first byte of a segment is the one that finds the disk full.
    @Test func beginsASegmentAgainAfterItsHeaderCouldNotBeWritten() throws {
        let disk = try #require(try SmallDisk(bytes: 1 << 16))
        let journal = try journal(on: disk)
        let ballast = disk.path + "/ballast"
        try? Data(count: 64 << 10).write(to: URL(fileURLWithPath: ballast))
        for _ in 0..<3 {
            #expect(throws: OperationError.self) {
                try journal.append(Samples.batch(first: 0, count: 5))
            }
        }
        try FileManager.default.removeItem(atPath: ballast)
        try journal.append(Samples.batch(first: 0, count: 5))
        #expect(try readAll(JournalReader(journal, from: nil, log: .silent)) == [0, 1, 2, 3, 4])
    }
}
