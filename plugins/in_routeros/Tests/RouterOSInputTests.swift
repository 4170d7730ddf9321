import Core
import Messages
import InRouteros
import Testing

struct NoParsers: ParserDirectory {
    var parserNames: [String] { [] }
    func hasParser(named name: String) -> Bool { false }
    func makeParser(named name: String) -> (any LineParser)? { nil }
}

@Suite struct RouterOSInputTests {
    func make(_ pairs: [(String, String)]) throws -> RouterOSInput {
        let place = SourceLocation(file: "test", line: 1, column: 1)
        var problems: [SettingsProblem] = []
        let entries = pairs.map {
            Setting.Entry(
                key: $0.0, keyLocation: place,
                value: Setting(.scalar($0.1, isPlain: true), at: place))
        }
        let settings = PluginSettings(
            info: RouterOSInput.info, instanceName: "test.0", location: place, entries: entries,
            parsers: NoParsers(), problems: &problems)
        #expect(problems.isEmpty)
        return try RouterOSInput(settings: settings)
    }

    @Test func listensOnItsOwnPort() throws {
        #expect(try make([]).listenAddresses.map(\.description) == ["udp 0.0.0.0:5141"])
        #expect(
            try make([("mode", "tcp"), ("listen", "::1"), ("port", "7")]).listenAddresses.map(
                \.description) == ["tcp [::1]:7"])
    }

    @Test(arguments: [[("listen", "router")], [("time_zone", "CEST+")], [("pattern", "e %{x")]])
    func refusesImpossibleSettings(pairs: [(String, String)]) {
        #expect(throws: SettingsError.self) { try make(pairs) }
    }

    @Test func countsWhatItDecodes() throws {
        let ledger = SourceLedger()
        let decoder = try make([("message_prefix", "core1")]).makeDecoder(ledger: ledger)
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 9), transport: .udp,
            received: Timestamp(seconds: 1_791_757_255))
        let lines = [
            "system,info core1: item added\r\n", "\r\n", "nonsense",
            "firewall,info input: in:a out:b, proto X, nothing",
        ]
        for text in lines {
            Array(text.utf8).withBytes { decoder.decode($0, from: source, into: &batch) }
        }
        #expect(batch.count == 3)
        #expect(
            ledger.snapshot.first?.problems
                == [.syslogEmpty: 1, .routerosNoForm: 1, .routerosPartial: 1])
    }

    @Test func receivesUntilStopped() throws {
        let input = try make([("listen", "127.0.0.1"), ("port", "0")])
        try input.open(log: .silent)
        #expect(input.localEndpoint?.port != 0)
        input.stop()
    }
}
