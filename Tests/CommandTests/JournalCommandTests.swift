import Core
import Foundation
import Journals
import TestKit
import Testing

@testable import catchment

@Suite struct JournalCommandTests {
    private func numbers(_ run: JournalRun) -> [Int] {
        run.lines.compactMap { line in
            line.firstRange(of: "\"number\":").flatMap { range in
                Int(line[range.upperBound...].prefix { $0.isNumber })
            }
        }
    }

    // MARK: ls

    @Test func listsSegmentsInAlignedTables() throws {
        let agent = try StoredAgent()
        let run = try JournalRun(["ls", agent.path])
        #expect(run.status == 0 && run.messages.isEmpty)
        let bytes = Int(try #require(agent.places.last).offset)
        #expect(run.lines[0] == "dummy.0: 1 segment, \(bytes.grouped) bytes, 40 records")
        #expect(
            run.lines[1]
                == "SEGMENT  BYTES  FRAMES  RECORDS  FIRST  LAST  NEEDED BY  "
                + "OLDEST               NEWEST")
        #expect(
            run.lines[2]
                == "      1  \(bytes.grouped)      10       40      0    39  "
                + "file.0     2023-11-14 22:13:20  2023-11-14 22:13:29")
        #expect(run.output.contains("\n\nlines.0: 1 segment, "))
        #expect(run.output.contains("\n\nquarantine of file.0: 1 segment, "))
    }

    @Test func listsDamageAndFailsThen() throws {
        let agent = try StoredAgent()
        try agent.damage(frame: 5)
        let run = try JournalRun(["ls", agent.path])
        #expect(run.status == 1)
        #expect(run.lines[1].contains("DAMAGED") && run.lines[0].hasSuffix(" 36 records"))
    }

    @Test func saysWhichSegmentsAreStillNeeded() throws {
        let agent = try StoredAgent(segmentLength: 600)
        let run = try JournalRun(["ls", agent.path + "/journal/dummy.0"])
        let rows = run.lines.dropFirst(2)
        #expect(rows.count > 3)
        for row in rows {
            let number = UInt64(row.split(separator: " ")[0]) ?? 0
            let isPassed =
                number < agent.places[3].segment
                || number == agent.places[3].segment && agent.places[4].segment > number
            #expect(row.contains("  file.0  ") == !isPassed)
        }
    }

    @Test func listsFramesWithTheirDamage() throws {
        let agent = try StoredAgent()
        try agent.damage(frame: 5)
        let run = try JournalRun(["ls", "--frames", agent.path + "/journal/dummy.0"])
        #expect(run.status == 1)
        #expect(run.lines[0].hasPrefix("dummy.0: \(agent.segment()), "))
        #expect(
            run.lines[1]
                == "OFFSET  BYTES  RECORDS  FIRST  RECEIVED                 TAG  SHAPES  PLACES  "
                + "DAMAGE")
        #expect(run.lines[2].hasPrefix("    40    "))
        #expect(
            run.lines[2].hasSuffix("    4      0  2023-11-14 22:13:20.000  a         1       1"))
        #expect(run.lines[7].hasSuffix("E2602 frame corrupt"))
        #expect(run.lines.count == 12)
    }

    // MARK: cat

    @Test func printsEveryRecord() throws {
        let agent = try StoredAgent()
        let run = try JournalRun(["cat", agent.path])
        #expect(run.status == 0 && run.messages.isEmpty)
        #expect(numbers(run) == Array(0..<40) + [100, 101, 7])
        #expect(run.lines[0].hasSuffix("\"number\":0,\"message\":\"m0\"}"))
    }

    @Test(arguments: [
        ("--from 5 --to 9", Array(5...9)), ("--from 39", [39]), ("--from 40", []),
        ("--to 0", [0]), ("--from 3 --limit 3", [3, 4, 5]), ("--limit 0", []),
        ("--tag a --to 1", [0, 1]), ("--tag b", []), ("--tag *", Array(0..<40)),
        ("--time-from 2023-11-14T22:13:28Z", Array(32..<40)),
        ("--time-to=2023-11-14T22:13:20 --from=2", [2, 3]),
        ("--from 0 --to 18446744073709551615", Array(0..<40)),
    ])
    func printsTheRecordsAskedFor(options: String, wanted: [Int]) throws {
        for length in [600, 1 << 20] {
            let agent = try StoredAgent(segmentLength: length)
            let words = options.split(separator: " ").map(String.init)
            let run = try JournalRun(["cat"] + words + [agent.path + "/journal/dummy.0"])
            #expect(numbers(run) == wanted)
            #expect(run.status == 0 && run.messages.isEmpty)
        }
    }

    @Test func choosesByATagPattern() throws {
        let agent = try StoredAgent()
        #expect(numbers(try JournalRun(["cat", "--tag", "b.*", agent.path])) == [100, 101])
    }

    @Test func printsTables() throws {
        let agent = try StoredAgent()
        let run = try JournalRun(
            ["cat", "--format", "table", "--to", "0", agent.path], columns: 80)
        #expect(run.lines.prefix(2) == ["2023-11-14 UTC", "TIME          MESSAGE"])
        #expect(run.lines[2] == "22:13:20.000  m0")
    }

    @Test func goesOnBehindDamageAndSaysSo() throws {
        let agent = try StoredAgent()
        try agent.damage(frame: 5)
        let run = try JournalRun(["cat", agent.path + "/journal/dummy.0"])
        #expect(run.status == 1)
        #expect(numbers(run) == Array(0..<20) + Array(24..<40))
        let offset = agent.places[4].offset
        let length = agent.places[5].offset - offset
        #expect(
            run.messages == """
                \(agent.segment()): error E2602 at byte \(offset), length \(length): \
                no frame can be read here
                dummy.0: lost: records 20 to 23 (4)

                """)
    }

    @Test func endsQuietlyWhenNobodyReads() throws {
        let agent = try StoredAgent()
        for command in JournalOptions.Action.allCases {
            let run = try JournalRun([command.rawValue, agent.path], writes: 1)
            #expect(run.status == 0 && run.messages.isEmpty)
        }
    }

    /// Numbers that leave out what cannot be read would be wrong.
    @Test func countsNothingOfASegmentOfAnotherVersion() throws {
        let agent = try StoredAgent()
        var bytes = try agent.directory.read(agent.segment())
        bytes[9] = 7
        bytes.replaceSubrange(36..<40, with: Self.checksum(Array(bytes[0..<36])))
        try Data(bytes).write(to: URL(fileURLWithPath: agent.segment()))
        let problem =
            "\(agent.segment()): error E2604 at byte 0, length \(bytes.count): "
            + "another version of the journal's format; "
        for command in ["ls", "stat", "cat", "verify"] {
            let run = try JournalRun([command, agent.path])
            #expect(run.status == 1)
            #expect((command == "verify" ? run.output : run.messages).hasPrefix(problem))
        }
        let run = try JournalRun(["stat", agent.path])
        #expect(run.output.contains("dummy.0: cannot be balanced, as not all of it can be read\n"))
        #expect(!run.output.contains("file.0 from dummy.0"))
    }

    // MARK: verify

    @Test func findsNothingWrongWithASoundJournal() throws {
        let agent = try StoredAgent(segmentLength: 600)
        let run = try JournalRun(["verify", agent.path])
        #expect(run.status == 0 && run.messages.isEmpty)
        #expect(run.lines.count == 2 && run.lines[1] == "no damage")
        #expect(run.lines[0].hasPrefix("verified: 3 journals, "))
        #expect(run.lines[0].contains(" 12 frames, 43 records, "))
        #expect(run.lines[0].hasSuffix(" bytes, 1 cursor"))
    }

    @Test func saysWhatIsWrongAndWhere() throws {
        let agent = try StoredAgent()
        try agent.damage(frame: 0)
        try agent.damage(frame: 5)
        try agent.damage(frame: 9)
        let run = try JournalRun(["verify", agent.path])
        #expect(run.status == 1)
        func line(_ index: Int, _ lost: String) -> String {
            let start = index == 0 ? 40 : agent.places[index - 1].offset
            return "\(agent.segment()): error E2602 at byte \(start), length "
                + "\(agent.places[index].offset - start): no frame can be read here\(lost)"
        }
        #expect(run.lines[0] == line(0, "; lost: records 0 to 3 (4)"))
        #expect(run.lines[1] == line(5, "; lost: records 20 to 23 (4)"))
        #expect(run.lines[2] == line(9, ""))
        #expect(run.lines.last?.hasPrefix("3 problems: ") == true)
        #expect(run.lines.last?.hasSuffix(" bytes damaged, 8 records lost") == true)
    }

    @Test func findsAFrameThatIsWholeButCannotBeRead() throws {
        let agent = try StoredAgent()
        var bytes = try agent.directory.read(agent.segment("lines.0"))
        // The number of records, and a checksum that fits.
        bytes[40 + 23] = 9
        let frame = Array(bytes[48...])
        for (index, byte) in Self.checksum(frame).enumerated() { bytes[44 + index] = byte }
        try Data(bytes).write(to: URL(fileURLWithPath: agent.segment("lines.0")))
        let run = try JournalRun(["verify", agent.path])
        #expect(run.status == 1)
        #expect(
            run.lines[0].hasPrefix("\(agent.segment("lines.0")): error E2602 at byte 40, length "))
        #expect(run.lines[0].hasSuffix("; lost: records 0 to 8 (9)"))
    }

    /// CRC32C bit by bit, as RFC 3720 §12.1 gives it.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
        }
        crc = ~crc
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) }
    }

    @Test func checksCursors() throws {
        let agent = try StoredAgent()
        let file = agent.directory.file("cursors/file.0.cursor")
        var place = agent.places[3]
        place.offset += 1
        try agent.save(Cursor(positions: ["dummy.0": place]))
        let inside = try JournalRun(["verify", agent.path])
        #expect(inside.status == 1)
        #expect(inside.lines[0].hasPrefix("\(file): error E2602: place in dummy.0: segment 1, "))
        #expect(inside.lines[0].hasSuffix("there is no border between frames"))
        try Data([1]).write(to: URL(fileURLWithPath: file))
        let damaged = try JournalRun(["verify", agent.path])
        #expect(damaged.status == 1)
        #expect(damaged.lines[0].hasPrefix("\(file): error E3201: this is no cursor"))
    }

    // MARK: stat

    @Test func givesTheLedgerOfTheDisk() throws {
        let agent = try StoredAgent()
        let run = try JournalRun(["stat", agent.path])
        #expect(run.status == 0 && run.messages.isEmpty)
        let bytes = Int(try #require(agent.places.last).offset)
        let waiting = bytes - Int(agent.places[3].offset)
        #expect(
            run.lines[0]
                == "JOURNAL  SEGMENTS  BYTES  JOURNALED  KEPT  SOURCES  OLDEST               NEWEST"
        )
        #expect(
            run.lines[1]
                == "dummy.0         1  \(bytes.grouped)         40    40        1  "
                + "2023-11-14 22:13:20  2023-11-14 22:13:29")
        #expect(
            run.lines[3]
                == "OUTPUT  JOURNAL  SEGMENT  OFFSET  PASSED  WAITING  BYTES   BEHIND")
        #expect(
            run.lines[4]
                == "file.0  dummy.0        1    \(agent.places[3].offset)      16       24  "
                + "\(waiting.grouped)  5.000 s")
        #expect(run.output.contains("\n\nQUARANTINE OF  SEGMENTS  BYTES  RECORDS  "))
        #expect(
            run.lines.suffix(2) == [
                "file.0 from dummy.0: 40 journaled = 16 passed + 24 waiting",
                "lines.0: no output has a place in it",
            ])
    }

    @Test func countsWhatIsDamagedAndSetAside() throws {
        let agent = try StoredAgent()
        try agent.damage(frame: 5)
        _ = try agent.directory.write(
            "xyz", to: "journal/dummy.0/00000000000000000001.segment.corrupt-40")
        let run = try JournalRun(["stat", agent.path])
        #expect(run.status == 1)
        #expect(run.lines[0].contains("KEPT  LOST  DAMAGED    SET ASIDE  "))
        #expect(run.lines[1].contains("  1 (3 bytes)  "))
        #expect(
            run.output.contains(
                "file.0 from dummy.0: 40 journaled = 16 passed + 20 waiting + 4 lost\n"))
    }

    @Test func saysWhenALedgerDoesNotBalance() throws {
        let agent = try StoredAgent()
        try agent.save(
            Cursor(positions: [
                "dummy.0": JournalPosition(segment: 1, offset: 1 << 20, record: 60),
                "old": JournalPosition(segment: 1, offset: 40, record: 0),
            ]))
        let run = try JournalRun(["stat", agent.path])
        #expect(run.status == 1)
        #expect(run.output.contains("40 journaled is not 60 passed + 0 waiting"))
        #expect(run.messages.contains("has a place in old, which has no journal\n"))
    }

    /// An output that fails from the beginning has no place, and keeps every segment.
    @Test func saysThatSegmentsWaitForAnOutputWithoutAPlace() throws {
        let agent = try StoredAgent(segmentLength: 600)
        let last = try #require(agent.places.last)
        try agent.save(Cursor(positions: ["dummy.0": last]))
        try CursorFile(path: agent.directory.file("cursors/s3.0.cursor"), isDurable: false)
            .save(Cursor())
        let run = try JournalRun(["stat", agent.path])
        #expect(
            run.output.contains(
                "dummy.0: \(last.segment) segments wait for an output that has confirmed nothing of "
                    + "this input yet\n"))
        #expect(run.lines.last == "s3.0: has confirmed nothing yet of any input")
        #expect(run.status == 0)
    }

    @Test func saysThatThereIsNothingYet() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file("journal"), withIntermediateDirectories: true)
        for command in JournalOptions.Action.allCases {
            let run = try JournalRun([command.rawValue, directory.path])
            #expect(run.status == 0)
            #expect(run.messages == "\(directory.path): there is no journal yet\n")
        }
    }

    @Test(arguments: [
        ("nothing", "E3108"), ("cursors", "E3201"), ("cursors/file.0.cursor", "E3201"),
    ])
    func refusesWhatIsNoJournal(place: String, code: String) throws {
        let agent = try StoredAgent()
        let run = try JournalRun(["ls", agent.directory.file(place)])
        #expect(run.status == 2 && run.output.isEmpty)
        #expect(
            run.messages.hasPrefix("catchment: error \(code): \(agent.directory.file(place)): "))
    }

    @Test func keepsNamesFromTheTerminal() throws {
        let agent = try StoredAgent()
        try FileManager.default.createDirectory(
            atPath: agent.directory.file("journal/a%1b[2J"), withIntermediateDirectories: true)
        for command in JournalOptions.Action.allCases {
            let run = try JournalRun([command.rawValue, agent.path])
            #expect(!(run.output + run.messages).contains("\u{1b}"))
        }
    }
}
