import Core
import Foundation
import TestKit
import Testing

@testable import Journals

@Suite struct JournalDirectoryTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for place in ["journal/a.0", "journal/fl%c3%bcsse%2f2", "quarantine/out"] {
            let journal = try Journal(
                name: place,
                settings: JournalSettings(
                    storage: .filesystem(directory: directory.file(place))), log: .silent)
            try journal.append(Samples.batch(first: 0, count: 4))
        }
        try FileManager.default.createDirectory(
            atPath: directory.file("cursors"), withIntermediateDirectories: true)
        let place = JournalPosition(segment: 1, offset: 40, record: 0)
        try CursorFile(path: directory.file("cursors/out.cursor"), isDurable: false)
            .save(Cursor(positions: ["a.0": place, "flüsse/2": place]))
    }

    private func titles(_ path: String) throws -> [String] {
        try JournalDirectory(directory.file(path)).journals.map { "\($0.kind) \($0.name)" }
    }

    @Test func findsJournalsAndQuarantinesBelowAStoragePath() throws {
        #expect(try titles("") == ["input a.0", "input flüsse/2", "quarantine out"])
        #expect(try titles("/") == titles(""))
    }

    @Test(arguments: [
        ("journal", ["input a.0", "input flüsse/2"]), ("quarantine/", ["quarantine out"]),
        ("journal/a.0", ["input a.0"]), ("quarantine/out", ["quarantine out"]),
        ("journal/../journal/a.0/.", ["input a.0"]),
        ("journal/fl%c3%bcsse%2f2/00000000000000000001.segment", ["input flüsse/2"]),
    ])
    func takesAPartOfIt(path: String, wanted: [String]) throws {
        #expect(try titles(path) == wanted)
    }

    @Test(arguments: ["", "journal", "journal/a.0", "journal/a.0/00000000000000000001.segment"])
    func findsTheCursorsFromAnywhere(path: String) throws {
        let found = try JournalDirectory(directory.file(path))
        let journal = try #require(found.journals.first { $0.name == "a.0" })
        #expect(found.positions(in: journal).map(\.output) == ["out"])
    }

    @Test func findsAJournalWithoutRecords() throws {
        try FileManager.default.createDirectory(
            atPath: directory.file("journal/new"), withIntermediateDirectories: true)
        #expect(try titles("journal/new") == ["input new"])
        #expect(try titles("").contains("input new"))
    }

    @Test func readsACopyOfASegmentUnderAnotherName() throws {
        try FileManager.default.copyItem(
            atPath: directory.file("journal/a.0/00000000000000000001.segment"),
            toPath: directory.file("copy"))
        let journal = try #require(try JournalDirectory(directory.file("copy")).journals.first)
        #expect(journal.isPart && journal.segments.map(\.number) == [0])
    }

    @Test(arguments: [
        ("nothing", ErrorCode.fileReadFailed), ("cursors", .journalOpenFailed),
        ("cursors/out.cursor", .journalOpenFailed),
    ])
    func refuses(path: String, code: ErrorCode) {
        let error = #expect(throws: OperationError.self) {
            try JournalDirectory(directory.file(path))
        }
        #expect(error?.code == code)
    }

    @Test func keepsADamagedCursorApart() throws {
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: directory.file("cursors/x.cursor")))
        let found = try JournalDirectory(directory.path)
        #expect(found.cursors.map(\.output) == ["out", "x"])
        #expect(found.cursors.last?.error?.code == .journalOpenFailed)
    }

    @Test(arguments: [
        ("a.0", "a.0"), ("fl%c3%bcsse%2f2", "flüsse/2"), ("%2ehidden", ".hidden"), ("50%", "50%"),
        ("%zz", "%zz"),
    ])
    func readsNamesOfFiles(file: String, name: String) {
        #expect(StorageName.instance(ofFile: file) == name)
    }
}
