import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct DeviceClockTests {
    /// Seconds after `received` that the device says, and that the message comes.
    struct Step {
        var device: Int64
        var received: Int64
        var text = "system,info x"
    }

    /// For each message what its time is taken from: D device, R received.
    func sources(_ steps: [Step], transport: Transport = .udp) -> String {
        let parser = RouterOSParser()
        var sender = RouterOSSender()
        var sources = ""
        for step in steps {
            let start = RouterOSParserTests.received.seconds
            let source = PayloadSource(
                peer: Endpoint(address: .loopback, port: 514), transport: transport,
                received: Timestamp(seconds: start + step.received))
            var batch = RecordBatch()
            let time = Timestamp(seconds: start + step.device).description
            Array("<30>\(time) r \(step.text)".utf8).withBytes {
                _ = parser.decode($0, from: source, of: &sender, into: &batch)
            }
            let record = records(batch).first ?? [:]
            sources += record["time_source"] == "received" ? "R" : "D"
            #expect((record["time_device"] != nil) == (record["time_source"] == "received"))
        }
        return sources
    }

    static let reboot = "system,info router rebooted"
    static let change =
        "system,clock,critical,info ntp change time Oct/12/2026 00:00:00 => Oct/12/2026 01:00:00"

    @Test func believesClocksThatAreOff() {
        #expect(
            sources([Step(device: -7200, received: 0), Step(device: -7190, received: 10)]) == "DD")
    }

    @Test func doubtsAfterARestartUntilItAgrees() {
        #expect(
            sources([
                Step(device: 0, received: 0),
                Step(device: -3600, received: 60, text: Self.reboot),
                Step(device: -3590, received: 70), Step(device: 80, received: 80),
                Step(device: -100, received: 90),
            ]) == "DRRDD")
    }

    @Test func doubtsAfterARestartUntilItIsChanged() {
        // The message about the change has the old time or the new one; behind it is another zone.
        for stamp: Int64 in [-3580, 80] {
            #expect(
                sources([
                    Step(device: -3600, received: 60, text: Self.reboot),
                    Step(device: stamp, received: 80, text: Self.change),
                    Step(device: 7290, received: 90), Step(device: 7300, received: 100),
                ]) == "R\(stamp < 0 ? "R" : "D")DD")
        }
    }

    @Test func doubtsTimesThatGoBack() {
        #expect(
            sources([
                Step(device: 0, received: 0), Step(device: -200, received: 1),
                Step(device: -900, received: 2), Step(device: -899, received: 3),
                Step(device: 4, received: 4),
            ]) == "DDRRD")
    }

    @Test func believesWhatMayBeLate() {
        let steps = [
            Step(device: 0, received: 0), Step(device: -900, received: 60, text: Self.reboot),
            Step(device: -800, received: 61),
        ]
        #expect(sources(steps, transport: .tls) == "DDD")
    }

    @Test func neverBelievesAnotherYear() {
        #expect(sources([Step(device: -40_000_000, received: 0)], transport: .tls) == "R")
    }

    @Test func marksWhatItDoubts() {
        let parser = RouterOSParser()
        var sender = RouterOSSender()
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 514), transport: .udp,
            received: RouterOSParserTests.received)
        Array("<30>2026-10-11T20:00:00.000+0000 r system,info router rebooted".utf8).withBytes {
            _ = parser.decode($0, from: source, of: &sender, into: &batch)
        }
        let record = records(batch).first ?? [:]
        #expect(record["time"] == "2026-10-12T00:00:00")
        #expect(record["time_device"] == "2026-10-11T20:00:00")
        #expect(record["time_suspect"] == "true")
    }
}

@Suite struct RouterOSSenderTests {
    @Test(arguments: [
        ("radius,debug,packet text", true), ("ipsec,debug text", true),
        ("hotspot,info,debug text", false), ("dns,packet text", false), ("system,info x", false),
    ])
    func tellsOfDebugTopicsOnce(line: String, expected: Bool) {
        let parser = RouterOSParser()
        var sender = RouterOSSender()
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 514), transport: .udp,
            received: RouterOSParserTests.received)
        let told = (0..<3).map { _ in
            Array(line.utf8).withBytes {
                parser.decode($0, from: source, of: &sender, into: &batch).isFirstDebug
            }
        }
        #expect(told == [expected, false, false])
    }

    @Test func countsWhatItRecognises() {
        let parser = RouterOSParser()
        let ledger = SourceLedger()
        ledger.add(parser.kinds)
        let reader = RouterOSParserTests()
        for line in [
            "firewall,info input: in:a out:b, proto UDP, 10.0.0.1:1->10.0.0.2:2, len 9",
            "interface,info a link down", "interface,info b link down", "interface,info what",
            "system,info,account user a logged in via api",
            "system,info ppp thing (password=hush)",
        ] { _ = reader.read(Array(line.utf8), parser: parser) }
        let counts = ledger.kinds.map { "\($0.kind.name) \($0.count)" }
        #expect(counts == ["other 2", "firewall 1", "login 1", "link_down 2"])
    }
}
