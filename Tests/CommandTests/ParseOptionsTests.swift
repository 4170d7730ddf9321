import Core
import Testing

@testable import catchment

@Suite struct ParseOptionsTests {
    @Test func readsEveryOption() throws {
        let options = try ParseOptions([
            "--as", "syslog", "a.pcap", "--config=c.yaml", "--format", "table", "--limit=3", "-q",
            "-", "--", "-b.log",
        ])
        #expect(options.reading == "syslog" && options.configuration == "c.yaml")
        #expect(options.format == .table && options.limit == 3 && options.isQuiet)
        #expect(options.captures == ["a.pcap", "-", "-b.log"])
    }

    @Test(arguments: [
        ([], ErrorCode.missingArgument), (["a", "--as"], .missingArgument),
        (["a", "--format", "xml"], .unexpectedArgument),
        (["a", "--limit", "x"], .unexpectedArgument),
        (["a", "--limit=-1"], .unexpectedArgument), (["a", "--quiet=yes"], .unexpectedArgument),
        (["a", "--fromat", "json"], .unknownOption), (["-x", "a"], .unknownOption),
        (["-", "-"], .unexpectedArgument),
    ])
    func refuses(arguments: [String], code: ErrorCode) {
        let error = #expect(throws: UsageError.self) { try ParseOptions(arguments) }
        #expect(error?.code == code)
    }

    @Test func suggestsTheNearestOption() {
        let error = #expect(throws: UsageError.self) { try ParseOptions(["--fromat", "x"]) }
        #expect(error?.hint == "did you mean '--format'?")
    }
}
