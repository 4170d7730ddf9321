import Core
import Testing

@testable import catchment

@Suite struct JournalOptionsTests {
    private func parse(_ line: String) throws(UsageError) -> JournalOptions {
        try JournalOptions(line.split(separator: " ").map(String.init))
    }

    @Test func readsEveryOption() throws {
        let options = try parse(
            "cat --format=table --from 3 --to 9 --limit 2 --tag a.* --time-from 2023-11-14T22:13:20Z"
                + " --time-to 2023-11-15 -- -dir")
        #expect(options.action == .cat && options.path == "-dir" && options.format == .table)
        #expect(options.records == 3...9 && options.limit == 2 && options.tag == "a.*")
        #expect(
            options.received == Timestamp(
                seconds: 1_700_000_000)...Timestamp(seconds: 1_700_006_400))
        #expect(try parse("ls --frames x").showsFrames)
    }

    @Test(arguments: [
        ("", ErrorCode.missingArgument, "ls, cat, verify, stat"),
        ("lss x", .unknownCommand, "'ls'"),
        ("/var/lib", .unknownCommand, "journal ls /var/lib"),
        ("delete x", .unknownCommand, "journal verify"),
        ("stat", .missingArgument, "storage.path"),
        ("stat a b", .unexpectedArgument, "'b'"),
        ("cat --frames x", .unknownOption, "'journal ls' has it"),
        ("ls --frame x", .unknownOption, "'--frames'"),
        ("verify -q x", .unknownOption, "help journal"),
        ("ls --frames=yes x", .unexpectedArgument, "no value"),
        ("cat x --from", .missingArgument, "--from"),
        ("cat --tag= x", .missingArgument, "--tag"),
        ("cat --from -1 x", .unexpectedArgument, "journal ls"),
        ("cat --from 9 --to 3 x", .unexpectedArgument, "behind"),
        ("cat --limit x x", .unexpectedArgument, "'x'"),
        ("cat --format jsn x", .unexpectedArgument, "'json'"),
        ("cat --time-from noon x", .unexpectedArgument, "2026-11-23"),
        ("cat --time-from 2026-01-02 --time-to 2026-01-01 x", .unexpectedArgument, "behind"),
    ])
    func refuses(line: String, code: ErrorCode, says: String) {
        let error = #expect(throws: UsageError.self) { try parse(line) }
        #expect(error?.code == code)
        #expect(error?.description.contains(says) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("2023-11-14", 1_699_920_000_000), ("2023-11-14T22:13", 1_699_999_980_000),
        ("2023-11-14 22:13:20", 1_700_000_000_000), ("2023-11-14T22:13:20Z", 1_700_000_000_000),
        ("2023-11-14T22:13:20.5Z", 1_700_000_000_500),
        ("2023-11-14T23:13:20+01:00", 1_700_000_000_000),
    ])
    func readsTimes(text: String, milliseconds: Int64) throws {
        #expect(
            try MomentOption.read(text, of: "--time-from") == Timestamp(milliseconds: milliseconds))
    }
}
