import Core
import Foundation
import TestKit
import Testing

@testable import Journals

@Suite struct JournalSurveyTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A journal of 30 frames with 10 records each, one second apart, in several segments.
    ///
    /// - Returns: the places behind each frame.
    private func fill() throws -> [JournalPosition] {
        let journal = try Journal(
            name: "j",
            settings: JournalSettings(
                storage: .filesystem(directory: directory.file("journal/j")), segmentLength: 4_000),
            log: .silent)
        return try (0..<30).map { index in
            var batch = Samples.batch(
                first: index * 10, count: 10,
                progress: [SourceProgress(source: [UInt8(index % 3)], place: [UInt8(index)])])
            batch.received = Timestamp(seconds: 1_700_000_000 + Int64(index))
            try journal.append(batch)
            return journal.end
        }
    }

    private func survey(_ place: JournalPosition) throws -> JournalSurvey {
        let path = directory.file("cursors/out.cursor")
        try FileManager.default.createDirectory(
            atPath: directory.file("cursors"), withIntermediateDirectories: true)
        try CursorFile(path: path, isDurable: false).save(Cursor(positions: ["j": place]))
        let found = try JournalDirectory(directory.path)
        return found.survey(try #require(found.journals.first))
    }

    private func segmentFile(_ number: UInt64) -> String {
        "journal/j/" + SegmentName.text(number)
    }

    @Test func countsWhatThereIs() throws {
        let places = try fill()
        let survey = try survey(places[9])
        #expect(survey.segments.count > 2)
        #expect(survey.end == 300 && survey.kept == 300 && survey.lost == 0)
        #expect(survey.damagedBytes == 0)
        #expect(survey.places.all.map(\.place) == [[27], [28], [29]])
        #expect(survey.received?.lowerBound == Timestamp(seconds: 1_700_000_000))
        #expect(survey.received?.upperBound == Timestamp(seconds: 1_700_000_029))
        #expect(survey.segments.reduce(0) { $0 + $1.frames } == 30)
        #expect(survey.segments.map(\.records.lowerBound).first == 0)
        #expect(survey.byteCount == survey.segments.reduce(0) { $0 + $1.byteCount })
        let needed = survey.segments.map { $0.neededBy == ["out"] }
        #expect(needed == survey.segments.map { $0.number >= places[9].segment })
    }

    @Test(arguments: [0, 1, 9, 20, 28, 29])
    func balancesForEveryPlace(index: Int) throws {
        let survey = try survey(try fill()[index])
        let standing = try #require(survey.standings.first)
        #expect(standing.place.record == UInt64(index + 1) * 10)
        #expect(standing.waiting == UInt64(29 - index) * 10)
        #expect(standing.lost == 0 && standing.fault == nil)
        #expect(survey.balances(standing))
        #expect(standing.lag == Int64(max(0, 28 - index)) * 1_000_000_000)
        #expect((standing.waitingBytes == 0) == (index == 29))
    }

    /// A refused record stops an output within a frame.
    @Test(arguments: [1, 5, 9])
    func countsTheRestOfAFrameThatIsDeliveredInPart(delivered: UInt64) throws {
        var place = try fill()[9]
        place.record += delivered
        let survey = try survey(place)
        let standing = try #require(survey.standings.first)
        #expect(standing.waiting == 200 - delivered)
        #expect(standing.fault == nil && standing.lost == 0 && survey.balances(standing))
    }

    @Test func countsDamageBehindAPlaceAsLost() throws {
        let places = try fill()
        let name = segmentFile(places[15].segment)
        var bytes = try directory.read(name)
        bytes[Int(places[15].offset) - 5] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: directory.file(name)))
        let before = try survey(places[9])
        let behind = try survey(places[20])
        #expect(before.kept == 290 && before.lost == 10 && before.damagedBytes > 0)
        let standing = try #require(before.standings.first)
        #expect(standing.waiting == 190 && standing.lost == 10 && before.balances(standing))
        #expect(behind.standings.first?.lost == 0)
    }

    @Test func countsRecordsOfRemovedSegmentsAsLost() throws {
        let places = try fill()
        try FileManager.default.removeItem(atPath: directory.file(segmentFile(1)))
        let survey = try survey(places[0])
        let standing = try #require(survey.standings.first)
        #expect(survey.lost == 0 && standing.lost == 290 - standing.waiting)
        #expect(survey.balances(standing) && standing.fault == nil)
    }

    @Test func findsPlacesThatCannotBe() throws {
        let last = try #require(try fill().last)
        func fault(_ change: (inout JournalPosition) -> Void) throws -> JournalSurvey.Fault? {
            var place = last
            change(&place)
            return try survey(place).standings.first?.fault
        }
        #expect(try fault { _ in } == nil)
        #expect(try fault { $0.offset -= 1 } == .insideFrame)
        #expect(try fault { $0.offset += 1 } == .behindEnd)
        #expect(try fault { $0.segment += 1 } == .behindEnd)
        #expect(try fault { $0.record += 1 } == .behindEnd)
        #expect(
            try fault { $0 = JournalPosition(segment: 1, offset: 40, record: 11) } == .wrongRecord)
    }

    /// The agent delivers and removes segments while they are looked at.
    @Test func beginsAgainWhenSegmentsHaveGone() throws {
        let places = try fill()
        let found: JournalDirectory
        do {
            _ = try survey(places[0])
            found = try JournalDirectory(directory.path)
        }
        try FileManager.default.removeItem(atPath: directory.file(segmentFile(1)))
        try CursorFile(path: directory.file("cursors/out.cursor"), isDurable: false)
            .save(Cursor(positions: ["j": places[25]]))
        let survey = found.survey(try #require(found.journals.first))
        let standing = try #require(survey.standings.first)
        #expect(standing.place == places[25] && standing.lost == 0 && survey.balances(standing))
    }

    @Test func countsNothingInAJournalWithoutSegments() throws {
        try FileManager.default.createDirectory(
            atPath: directory.file("journal/j"), withIntermediateDirectories: true)
        let found = try JournalDirectory(directory.path)
        let survey = found.survey(try #require(found.journals.first))
        #expect(survey.segments.isEmpty && survey.end == 0 && survey.received == nil)
    }
}
