import Core
import Foundation
import TestKit
import Testing

@testable import Parsers

@Suite struct ZoneDatabaseTests {
    /// A database of two zones and a broken one.
    private static func makeDirectory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for folder in ["Europe", "America"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(folder), withIntermediateDirectories: true)
        }
        let files = [
            "Europe/Berlin": ZoneFileWriter.central.bytes(),
            "CET": ZoneFileWriter.central.bytes(),
            "America/Broken": Array(ZoneFileWriter.central.bytes().dropLast(9)),
            "zone.tab": Array("# no zone\n".utf8),
            "secret": ZoneFileWriter.central.bytes(),
        ]
        for (name, bytes) in files {
            try Data(bytes).write(to: URL(fileURLWithPath: directory.file(name)))
        }
        return directory
    }

    private func refusal(of text: String, in database: ZoneDatabase) -> SettingsProblem? {
        var problems: [SettingsProblem] = []
        let zone = TimeZone.read(
            text, of: "time_zone", at: ParserSetting.place(3, 7), in: database,
            problems: &problems)
        #expect((zone == nil) == (problems.count == 1))
        return problems.first
    }

    @Test(arguments: ["Europe/Berlin", "CET", "local"])
    func readsNames(name: String) throws {
        let directory = try Self.makeDirectory()
        let database = ZoneDatabase(directory: directory.path, localName: ":Europe/Berlin")
        let zone = try database.zone(name)
        #expect(zone.offset(atUTC: Timestamp(2026, 7, 1).seconds) == 7200)
        #expect(zone.offset(atUTC: Timestamp(2026, 12, 1).seconds) == 3600)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var code: ErrorCode
        var message: String
        var hint: String
        var testDescription: String { name }

        init(_ name: String, _ code: ErrorCode, _ message: String, _ hint: String) {
            (self.name, self.code, self.message, self.hint) = (name, code, message, hint)
        }
    }

    @Test(arguments: [
        Refusal("Europe/Berlim", .invalidValue, "there is no time zone", "Europe/Berlin"),
        Refusal("europe/berlin", .invalidValue, "there is no time zone", "Europe/Berlin"),
        Refusal("Mars/Olympus", .invalidValue, "there is no time zone", "for example"),
        Refusal("Europe", .invalidValue, "there is no time zone", "for example"),
        Refusal("CEST", .invalidValue, "there is no time zone", "CET"),
        Refusal("+25:00", .invalidValue, "no name of a time zone", "for example"),
        Refusal("Europe/../secret", .invalidValue, "no name of a time zone", "for example"),
        Refusal("../secret", .invalidValue, "no name of a time zone", "for example"),
        Refusal("/etc/localtime", .invalidValue, "no name of a time zone", "for example"),
        Refusal("Europe//Berlin", .invalidValue, "no name of a time zone", "for example"),
        Refusal(".hidden", .invalidValue, "no name of a time zone", "for example"),
        Refusal("", .invalidValue, "no name of a time zone", "for example"),
        Refusal("America/Broken", .timeZoneUnreadable, "it ends too early (byte 2", "tzdata"),
        Refusal("zone.tab", .timeZoneUnreadable, "it ends too early", "tzdata"),
    ])
    func refusesWithPlaceAndHint(test: Refusal) throws {
        let directory = try Self.makeDirectory()
        let problem = try #require(
            refusal(of: test.name, in: ZoneDatabase(directory: directory.path + "/.")))
        #expect(problem.code == test.code)
        #expect(problem.message.contains(test.message), "\(problem.message)")
        #expect(problem.hint?.contains(test.hint) == true, "\(problem)")
        #expect(problem.location.line == 3)
    }

    @Test func namesThePackageWhenThereIsNoDatabase() throws {
        let problem = try #require(
            refusal(of: "Europe/Berlin", in: ZoneDatabase(directory: "/nonexistent/zoneinfo")))
        #expect(problem.code == .timeZoneUnreadable)
        #expect(problem.hint?.contains("tzdata") == true)
        #expect(refusal(of: "+02:00", in: ZoneDatabase(directory: "/nonexistent")) == nil)
    }

    @Test(arguments: [
        ("Europe/Berlin", 7200), (":Europe/Berlin", 7200), ("", 0), (":", 0), ("UTC0", 0),
        ("EST5EDT,M3.2.0,M11.1.0", -14_400), ("FILE", 7200),
    ])
    func localFollowsTheEnvironment(value: String, offset: Int64) throws {
        let directory = try Self.makeDirectory()
        let name = value == "FILE" ? directory.file("secret") : value
        let database = ZoneDatabase(directory: directory.path, localName: name)
        #expect(
            try database.zone("local").offset(atUTC: Timestamp(2026, 7, 1).seconds) == offset)
    }

    @Test func localIsTheMachinesFileElseUTC() throws {
        let directory = try Self.makeDirectory()
        let database = ZoneDatabase(
            directory: directory.path, localFile: directory.file("Europe/Berlin"))
        let july = Timestamp(2026, 7, 1).seconds
        #expect(try database.zone("local").offset(atUTC: july) == 7200)
        let bare = ZoneDatabase(directory: directory.path, localFile: directory.file("none"))
        #expect(try bare.zone("local").offset(atUTC: july) == 0)
        let wrong = ZoneDatabase(directory: directory.path, localName: "Nowhere")
        #expect(refusal(of: "local", in: wrong)?.message.contains("TZ=Nowhere") == true)
    }

    @Test func readsTheSettingOfAPlugin() throws {
        let place = ParserSetting.place(2, 5)
        var problems: [SettingsProblem] = []
        let info = PluginInfo(
            kind: .input, name: "test", summary: "", options: [TimeZone.option, ZoneNames.option])
        func settings(_ options: [(String, String)]) -> PluginSettings {
            PluginSettings(
                info: info, instanceName: "test.0", location: place,
                entries: ParserSetting.make(options).entries ?? [], parsers: ParserLibrary.stock,
                problems: &problems)
        }
        #expect(settings([]).timeZone(problems: &problems).offset(atUTC: 0) == 0)
        #expect(
            settings([("time_zone", "-03:30")]).timeZone(problems: &problems).offset(atUTC: 0)
                == -12_600)
        #expect(problems.isEmpty)
        _ = settings([("time_zone", "no zone")]).timeZone(problems: &problems)
        #expect(problems.map(\.code) == [.invalidValue])
        #expect(problems.first?.location.line == 1)
    }

    /// What other programs know about zones of the system's database.
    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Berlin")),
        arguments: [
            ("Europe/Berlin", 1_780_000_000, 7200), ("Europe/Berlin", 1_796_000_000, 3600),
            ("Asia/Kathmandu", 1_780_000_000, 20_700), ("Asia/Kolkata", 0, 19_800),
            ("America/New_York", 1_780_000_000, -14_400),
            ("America/Sao_Paulo", 1_796_000_000, -10_800),
            ("Australia/Lord_Howe", 1_796_000_000, 39_600), ("Etc/UTC", 5, 0),
            ("Europe/Berlin", 16_745_000_000, 7200),
        ] as [(String, Int64, Int64)])
    func agreesWithTheSystem(name: String, utc: Int64, offset: Int64) throws {
        let database = ZoneDatabase(directory: "/usr/share/zoneinfo")
        #expect(try database.zone(name).offset(atUTC: utc) == offset)
    }
}
