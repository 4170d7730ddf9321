import Core
import Testing

@testable import catchment

@Suite struct ParseOptionsTests {
    private func options(_ arguments: [String]) throws -> ParseOptions {
        try ParseOptions(arguments, registry: Plugins.registry)
    }

    @Test func readsEveryOption() throws {
        let options = try self.options([
            "--as", "syslog", "a.pcap", "--config=c.yaml", "--format", "table", "--limit=3", "-q",
            "-", "--", "-b.log",
        ])
        #expect(options.reading == "syslog" && options.configuration == "c.yaml")
        #expect(options.format == .table && options.limit == 3 && options.isQuiet)
        #expect(options.captures == [.file("a.pcap"), .file("-"), .file("-b.log")])
    }

    @Test(arguments: [
        ([], ErrorCode.missingArgument), (["a", "--as"], .missingArgument),
        (["a", "--format", "xml"], .unexpectedArgument),
        (["a", "--limit", "x"], .unexpectedArgument),
        (["a", "--limit=-1"], .unexpectedArgument), (["a", "--quiet=yes"], .unexpectedArgument),
        (["a", "--fromat", "json"], .unknownOption), (["-x", "a"], .unknownOption),
        (["-", "-"], .unexpectedArgument), (["s3://b"], .missingArgument),
        (["s3:///k"], .missingArgument), (["a", "--region", "x"], .unexpectedArgument),
        (["s3://b/k", "--bucket", "b"], .unknownOption),
        (["s3://b/k", "--aws_secret_access_key", "x"], .unknownOption),
    ])
    func refuses(arguments: [String], code: ErrorCode) {
        let error = #expect(throws: UsageError.self) { try options(arguments) }
        #expect(error?.code == code)
    }

    @Test func suggestsTheNearestOption() {
        let error = #expect(throws: UsageError.self) { try options(["--fromat", "x"]) }
        #expect(error?.hint == "did you mean '--format'?")
    }

    @Test(arguments: [
        ("s3://b/a/k.gz", "a/k.gz", false), ("s3://b/a/", "a/", true), ("s3://b/", "", true),
        ("s3://b/a/k*", "a/k", true), ("s3://b/*", "", true), ("s3://b//k*l", "/k*l", false),
    ])
    func readsPlacesInStores(text: String, key: String, isPrefix: Bool) throws {
        let options = try options([text, "--endpoint", "http://h", "--tls.verify=off"])
        let place = StorePlace(
            scheme: "s3", container: "b", key: key, isPrefix: isPrefix, text: text)
        #expect(options.captures == [.stored(place)])
        #expect(
            options.storeOptions == [
                StoreOption(key: "endpoint", value: "http://h"),
                StoreOption(key: "tls.verify", value: "off"),
            ])
    }
}
