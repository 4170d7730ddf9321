import Core
import Foundation
import Parsers
import Pipeline
import Synchronization
import TestKit

@testable import catchment

/// An input whose records say what its decoder was given.
final class EchoInput: Input {
    static var info: PluginInfo {
        PluginInfo(
            kind: .input, name: "syslog", summary: "Echoes payloads",
            options: [
                OptionSpec("port", .integer(1...65_535), default: "5140", help: "Port."),
                OptionSpec("address", .text, default: "0.0.0.0", help: "Address."),
            ])
    }

    private let endpoint: Endpoint

    init(settings: PluginSettings) throws(SettingsError) {
        endpoint = Endpoint(
            address: settings.text("address").flatMap { IPAddress($0) } ?? .any,
            port: UInt16(settings.integer("port") ?? 0))
    }

    var listenAddresses: [ListenAddress] { [ListenAddress(transport: .udp, endpoint: endpoint)] }

    func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        EchoDecoder(ledger: ledger)
    }

    func open(log: Log) throws(OperationError) { fatalError("a dry run opens nothing") }
    func run(into sink: any BatchSink) { fatalError("a dry run runs nothing") }
    func stop() {}
}

final class EchoDecoder: PayloadDecoder {
    private let ledger: SourceLedger
    private var builder = RecordBuilder()

    init(ledger: SourceLedger) { self.ledger = ledger }

    func decode(_ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch) {
        builder.begin()
        builder.add("time", eventTime: source.received)
        builder.add("peer", text: source.peer.description)
        builder.add("message", text: payload)
        builder.finish(into: &batch)
        let counters = ledger.counters(for: source.peer.address.description)
        counters.count(payloadBytes: payload.byteCount, records: 1)
        if payload.hasBytes(of: "bad") { counters.count(.syslogNoHeader) }
    }
}

/// Drops every second record.
final class HalvingFilter: Filter {
    static var info: PluginInfo {
        PluginInfo(kind: .filter, name: "halve", summary: "Drops every second record", options: [])
    }

    private var isKept = false

    init(settings: PluginSettings) throws(SettingsError) {}

    func apply(to batch: inout RecordBatch) {
        _ = batch.retain { _ in
            isKept.toggle()
            return isKept
        }
    }
}

/// Says where records would go.
final class PathOutput: Output {
    static var info: PluginInfo {
        PluginInfo(
            kind: .output, name: "paths", summary: "Names paths",
            options: [OptionSpec("path", .path, default: "/x", help: "Path.")])
    }

    private let path: String

    init(settings: PluginSettings) throws(SettingsError) { path = settings.text("path") ?? "" }

    func open(resuming state: [UInt8], log: Log) throws(OperationError) {
        fatalError("a dry run opens nothing")
    }
    func write(_ batch: borrowing RecordBatch) throws(OperationError) {
        fatalError("a dry run writes nothing")
    }
    func commit() throws(OperationError) -> [UInt8] { [] }
    func destination(of row: Row, tag: String, received: Timestamp) -> String {
        "\(path)/\(tag)\n"
    }
}

/// One run of the command with everything it said.
struct ParseRun {
    var status: Int32
    var output: String
    var messages: String

    var lines: [Substring] { output.split(separator: "\n") }

    static let registry = Registry(
        inputs: [EchoInput.self], filters: [HalvingFilter.self], outputs: [PathOutput.self])

    private final class MemoryOutput: ParseOutput {
        var text: [UInt8] = []
        let columns: Int?

        init(columns: Int?) { self.columns = columns }

        func write(_ bytes: RawSpan) -> Bool {
            for offset in 0..<bytes.byteCount { text.append(bytes.byte(at: offset)) }
            return true
        }
    }

    private final class Messages: Sendable {
        let text = Mutex("")
    }

    /// - Parameter columns: width of the terminal; `nil` for none.
    init(
        _ arguments: [String], registry: Registry = Self.registry, columns: Int? = nil,
        progress: Bool = false
    ) throws {
        let command = try ParseCommand(
            arguments: arguments, registry: registry, parsers: ParserLibrary.stock)
        let output = MemoryOutput(columns: columns)
        let said = Messages()
        let console = Console(
            output: { text in said.text.withLock { $0 += text } },
            errors: { text in said.text.withLock { $0 += text } })
        status = command.run(
            console, output: output, progress: progress,
            now: Timestamp(seconds: 1_700_000_000, nanoseconds: 5_000_000))
        self.output = String(decoding: output.text, as: UTF8.self)
        messages = said.text.withLock { $0 }
    }
}

extension TemporaryDirectory {
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

/// A capture of UDP datagrams over IPv4 without a link layer.
enum TinyCapture {
    static func pcap(_ datagrams: [(port: UInt16, payload: [UInt8])]) -> [UInt8] {
        var file: [UInt8] = [0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4]
        file += [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 101]
        for (index, datagram) in datagrams.enumerated() {
            let udp = UInt16(datagram.payload.count + 8)
            let packet: [UInt8] =
                [0x45, 0] + big(udp + 20) + [0, 1, 0, 0, 64, 17, 0, 0]
                + [192, 0, 2, 1, 198, 51, 100, 2] + big(40_000) + big(datagram.port) + big(udp)
                + [0, 0] + datagram.payload
            let length = [0, 0] + big(UInt16(packet.count))
            file += [0x65, 0x53, 0xf1, 0, 0, 0, 0, UInt8(index)] + length + length + packet
        }
        return file
    }

    private static func big(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
    }
}
