import Core
import Foundation
import Net
import Synchronization
import Testing

@testable import InNetflow

private struct NoParsers: ParserDirectory {
    var parserNames: [String] { [] }
    func hasParser(named name: String) -> Bool { false }
    func makeParser(named name: String) -> (any LineParser)? { nil }
}

/// Keeps what an input submits.
final class FlowSink: BatchSink {
    let tag = "flows"
    let ledger = SourceLedger()
    let log = Log.silent
    let isStopping = false
    private let received = Mutex<[[String: String]]>([])
    let arrived = DispatchSemaphore(value: 0)

    func submit(_ batch: inout RecordBatch) -> Bool {
        batch.forEachRow { row in
            let record = FlowBench.describe(row)
            received.withLock { $0.append(record) }
        }
        for _ in 0..<batch.count { arrived.signal() }
        batch.removeAll()
        return true
    }

    var all: [[String: String]] { received.withLock { $0 } }
}

@Suite struct NetflowInputTests {
    private static let place = SourceLocation(file: "test.yaml", line: 1, column: 1)

    private static func settings(
        _ entries: [String: String], problems: inout [SettingsProblem]
    ) -> PluginSettings {
        PluginSettings(
            info: NetflowInput.info, instanceName: "netflow.0", location: place,
            entries: entries.sorted { $0.key < $1.key }.map {
                Setting.Entry(
                    key: $0.key, keyLocation: place,
                    value: Setting(.scalar($0.value, isPlain: true), at: place))
            }, parsers: NoParsers(), problems: &problems)
    }

    private static func input(_ entries: [String: String] = [:]) throws -> NetflowInput {
        var problems: [SettingsProblem] = []
        let settings = settings(entries, problems: &problems)
        #expect(problems.isEmpty)
        return try NetflowInput(settings: settings)
    }

    @Test func listensOn2055ByDefault() throws {
        let input = try Self.input()
        #expect(input.listenAddresses.map(\.description) == ["udp 0.0.0.0:2055"])
        #expect(
            try NetflowSettings(Self.defaults).listener.datagram.receiveBuffer == 16 << 20)
    }

    private static var defaults: PluginSettings {
        var problems: [SettingsProblem] = []
        return settings([:], problems: &problems)
    }

    @Test func refusesAListenAddressThatIsNone() {
        var problems: [SettingsProblem] = []
        let settings = Self.settings(["listen": "router"], problems: &problems)
        let error = #expect(throws: SettingsError.self) { try NetflowInput(settings: settings) }
        #expect(error?.problems.map(\.code) == [.invalidValue])
    }

    @Test func refusesEveryNetworkThatIsNone() {
        var problems: [SettingsProblem] = []
        let list = Setting(
            .list(
                ["192.0.2.0/24", "192.0.2.0/33", "router", "::/129"].map {
                    Setting(.scalar($0, isPlain: true), at: Self.place)
                }), at: Self.place)
        let settings = PluginSettings(
            info: NetflowInput.info, instanceName: "netflow.0", location: Self.place,
            entries: [Setting.Entry(key: "allow", keyLocation: Self.place, value: list)],
            parsers: NoParsers(), problems: &problems)
        let error = #expect(throws: SettingsError.self) { try NetflowInput(settings: settings) }
        #expect(error?.problems.map(\.code) == Array(repeating: .invalidValue, count: 3))
    }

    @Test func takesProtocolsByTheNamesOfRecords() throws {
        var problems: [SettingsProblem] = []
        let some = try NetflowSettings(Self.settings(["protocols": "ipfix"], problems: &problems))
        #expect(some.decoder.protocols == ProtocolSet([.ipfix]))
        #expect(try NetflowSettings(Self.defaults).decoder.protocols == .all)
        _ = Self.settings(["protocols": "netflow"], problems: &problems)
        #expect(problems.map(\.code) == [.unknownChoice])
    }

    @Test func decodesWithoutOpeningAnything() throws {
        let ledger = SourceLedger()
        let decoder = try Self.input(["ie_all": "on"]).makeDecoder(ledger: ledger)
        var batch = RecordBatch(tag: "t")
        let source = PayloadSource(
            peer: Endpoint(address: .any, port: 0), transport: .file,
            received: Timestamp(seconds: 1))
        TestMessage.v5([TestMessage.v5Record()]).withBytes {
            decoder.decode($0, from: source, into: &batch)
        }
        #expect(batch.count == 1)
        batch.forEachRow { row in
            #expect(FlowBench.describe(row)["ie.octetDeltaCount"] == "1500")
        }
        #expect(ledger.snapshot[0].records == 1)
    }

    @Test func receivesFromTheNetwork() throws {
        let input = try Self.input(["listen": "127.0.0.1", "port": "0"])
        try input.open(log: .silent)
        let port = try #require(input.localEndpoint?.port)
        let sink = FlowSink()
        let finished = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            input.run(into: sink)
            finished.signal()
        }
        try Self.send(TestMessage.v5([TestMessage.v5Record()]), to: port)
        #expect(sink.arrived.wait(timeout: .now() + 10) == .success)
        input.stop()
        #expect(finished.wait(timeout: .now() + 10) == .success)
        #expect(sink.all.first?["src_addr"] == "192.0.2.1")
        #expect(sink.all.first?["sampler_address"] == "127.0.0.1")
    }

    /// Templates and data of an exporter come from different ports.
    @Test func knowsTheTemplatesOfEveryExporterOnSeveralSockets() throws {
        let input = try Self.input(["listen": "127.0.0.1", "port": "0", "sockets": "3"])
        try input.open(log: .silent)
        let port = try #require(input.localEndpoint?.port)
        let sink = FlowSink()
        let finished = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            input.run(into: sink)
            finished.signal()
        }
        let template = TestMessage.v9([.v9Template(256, [TestField(8, 4)])])
        let senders = 0x7f00_0301...0x7f00_0310 as ClosedRange<UInt32>
        for sender in senders { try Self.send(template, to: port, from: sender) }
        for sender in senders {
            let data = TestMessage.v9([.data(256, [10, 0, 0, UInt8(sender & 0xff)])], sequence: 8)
            try Self.send(data, to: port, from: sender)
            #expect(sink.arrived.wait(timeout: .now() + 10) == .success)
        }
        input.stop()
        #expect(finished.wait(timeout: .now() + 10) == .success)
        let seen = Set(sink.all.compactMap { $0["sampler_address"] })
        #expect(seen.count == senders.count)
    }

    @Test func returnsAtOnceWhenStoppedBefore() throws {
        let input = try Self.input(["listen": "127.0.0.1", "port": "0"])
        input.stop()
        try input.open(log: .silent)
        input.run(into: FlowSink())
    }

    private static func send(
        _ payload: [UInt8], to port: UInt16, from sender: UInt32 = 0x7f00_0001
    ) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        #expect(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = sender.bigEndian
        // Pointers live for the call only.
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(status == 0)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        // Pointers live for the call only.
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(
                    descriptor, payload, payload.count, 0, $0,
                    socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(sent == payload.count)
    }
}
