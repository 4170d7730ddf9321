import Core
import Messages
import Foundation
import Glibc
import InSyslog
import Synchronization
import Testing

struct NoParsers: ParserDirectory {
    var parserNames: [String] { ["picky"] }
    func hasParser(named name: String) -> Bool { name == "picky" }
    func makeParser(named name: String) -> (any LineParser)? { PickyParser() }
}

/// Refuses everything.
final class PickyParser: LineParser {
    func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? { .parserNoMatch }
}

func settings(_ pairs: [(String, String)], info: PluginInfo) -> (PluginSettings, [SettingsProblem])
{
    let place = SourceLocation(file: "test", line: 1, column: 1)
    var problems: [SettingsProblem] = []
    let entries = pairs.map {
        Setting.Entry(
            key: $0.0, keyLocation: place,
            value: Setting(.scalar($0.1, isPlain: true), at: place))
    }
    let settings = PluginSettings(
        info: info, instanceName: "test.0", location: place, entries: entries,
        parsers: NoParsers(), problems: &problems)
    return (settings, problems)
}

/// Counts what an input submits.
final class CountingSink: BatchSink {
    let tag = "test"
    let ledger = SourceLedger()
    let log = Log.silent
    let isStopping = false
    private let received = Mutex(0)
    let semaphore = DispatchSemaphore(value: 0)

    func submit(_ batch: inout RecordBatch) -> Bool {
        let count = batch.count
        received.withLock { $0 += count }
        batch.removeAll()
        for _ in 0..<count { semaphore.signal() }
        return true
    }

    /// Waits for records, at most ten seconds each.
    func wait(for count: Int) -> Bool {
        (0..<count).allSatisfy { _ in semaphore.wait(timeout: .now() + 10) == .success }
    }
}

@Suite struct SyslogInputTests {
    func make(_ pairs: [(String, String)]) throws -> SyslogInput {
        let (settings, problems) = settings(pairs, info: SyslogInput.info)
        #expect(problems.isEmpty)
        return try SyslogInput(settings: settings)
    }

    @Test func listensWhereFluentBitDoes() throws {
        let addresses = try make([]).listenAddresses
        #expect(addresses.map(\.description) == ["udp 0.0.0.0:5140"])
    }

    @Test(arguments: [
        ([("mode", "unix_udp")], ErrorCode.missingKey),
        ([("path", "/tmp/x")], .conflictingKeys),
        ([("listen", "localhost")], .invalidValue),
        ([("time_zone", "Mars:1")], .invalidValue),
        ([("unix_perm", "rw")], .invalidValue),
        ([("zone_names", "CST")], .invalidValue),
        ([("zone_names", "cst=-06:00")], .invalidValue),
        ([("parser", "picky"), ("zone_names", "CST=-06:00")], .conflictingKeys),
        ([("parser", "picky"), ("raw_message_key", "raw")], .conflictingKeys),
    ])
    func refusesImpossibleSettings(pairs: [(String, String)], code: ErrorCode) {
        do {
            _ = try make(pairs)
            Issue.record("accepted")
        } catch let error as SettingsError {
            #expect(error.problems.map(\.code) == [code])
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func decodesWithoutOpeningAnything() throws {
        let ledger = SourceLedger()
        let decoder = try make([("time_zone", "+02:00")]).makeDecoder(ledger: ledger)
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 9), transport: .udp,
            received: Timestamp(seconds: 1_791_757_255))
        for text in ["<13>Oct 11 22:14:15 h t: m\r\n\0", "\n", "", "<999>x"] {
            Array(text.utf8).withBytes { decoder.decode($0, from: source, into: &batch) }
        }
        decoder.finish(into: &batch)
        #expect(batch.count == 2)
        let sender = ledger.snapshot.first
        #expect(sender?.name == "127.0.0.1")
        #expect(sender?.payloads == 4)
        #expect(sender?.records == 2)
        #expect(sender?.problems == [.syslogEmpty: 2, .syslogBadPriority: 1])
    }

    @Test func keepsWhatTheChosenParserRefuses() throws {
        let ledger = SourceLedger()
        let decoder = try make([("parser", "picky")]).makeDecoder(ledger: ledger)
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 9), transport: .udp,
            received: Timestamp(seconds: 1))
        Array("anything".utf8).withBytes { decoder.decode($0, from: source, into: &batch) }
        #expect(batch.count == 1)
        #expect(ledger.snapshot.first?.problems == [.parserNoMatch: 1])
    }

    @Test(arguments: ["udp", "tcp"])
    func receivesFromTheNetwork(mode: String) throws {
        let input = try make([("mode", mode), ("listen", "127.0.0.1"), ("port", "0")])
        try input.open(log: .silent)
        let endpoint = try #require(input.localEndpoint)
        let sink = CountingSink()
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            input.run(into: sink)
            done.signal()
        }
        let kind = mode == "udp" ? SOCK_DGRAM : SOCK_STREAM
        let client = socket(AF_INET, Int32(kind.rawValue), 0)
        defer { close(client) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = endpoint.port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(status == 0)
        for number in 0..<10 {
            let bytes = Array("<13>Oct 11 22:14:15 h t: \(number)\n".utf8)
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            #expect(sent == bytes.count)
        }
        #expect(sink.wait(for: 10))
        input.stop()
        #expect(done.wait(timeout: .now() + 10) == .success)
        #expect(sink.ledger.snapshot.map(\.name) == ["127.0.0.1"])
        #expect(sink.ledger.snapshot.first?.records == 10)
    }

    @Test func stopBeforeOpenEndsRun() throws {
        let input = try make([("listen", "127.0.0.1"), ("port", "0")])
        input.stop()
        try input.open(log: .silent)
        input.run(into: CountingSink())
    }
}
