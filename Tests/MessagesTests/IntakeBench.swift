import Core
import Net
import Parsers
import TestKit

@testable import Messages
@testable import YAML

/// An intake with the options of an input, and what became of the messages it was given.
struct IntakeBench {
    let ledger = SourceLedger()
    let intake: MessageIntake

    static let info = PluginInfo(
        kind: .input, name: "messages", summary: "Messages of a test",
        options: MessageEntrance.specs(
            modes: [.udp, .tcp, .unixStream], port: "5140", formats: ["auto"], formatHelp: "Form"))
    static let received = Timestamp(seconds: 1_791_757_255)
    static let sender = "192.0.2.7"

    /// - Parameter options: YAML of the input's options.
    init(_ options: String) throws {
        let entrance = try Self.entrance(options)
        intake = MessageIntake(entrance.messages, ledger: ledger) { treatment in
            switch treatment.parser {
            case "routeros": .routeros(RouterOSParser(timeZone: treatment.timeZone ?? .utc))
            case let name? where name != "syslog": .named(name, in: ParserLibrary.stock)
            default: .syslog(SyslogParser(timeZone: treatment.timeZone ?? .utc))
            }
        }
    }

    static func entrance(_ options: String) throws -> MessageEntrance {
        var problems: [SettingsProblem] = []
        let entries = try options.isEmpty ? [] : composed(options)
        let settings = PluginSettings(
            info: info, instanceName: "messages.0",
            location: SourceLocation(file: "test.yaml", line: 1, column: 1), entries: entries,
            parsers: ParserLibrary.stock, problems: &problems)
        let entrance = MessageEntrance(settings, format: { _ in .auto }, &problems)
        guard problems.isEmpty else { throw SettingsError(problems) }
        return entrance
    }

    private static func composed(_ options: String) throws -> [Setting.Entry] {
        var composer = Composer(file: "test.yaml")
        let setting = composer.compose(Array(options.utf8))
        guard composer.problems.isEmpty else { throw SettingsError(composer.problems) }
        return setting?.entries ?? []
    }

    static func source(
        _ address: String = sender, port: UInt16 = 1024, by transport: Transport = .udp,
        after milliseconds: Int64 = 0
    ) -> PayloadSource {
        PayloadSource(
            peer: Endpoint(address: IPAddress(address) ?? .any, port: port), transport: transport,
            received: Timestamp(nanoseconds: received.nanoseconds + milliseconds * 1_000_000))
    }

    /// Gives one message to the intake.
    ///
    /// - Returns: its records as JSON.
    func take(_ message: [UInt8], from source: PayloadSource = source()) -> [String] {
        var batch = RecordBatch()
        message.withBytes { intake.decode($0, from: source, into: &batch) }
        return batch.jsonLines()
    }

    func take(_ text: String, from source: PayloadSource = source()) -> String {
        take(Array(text.utf8), from: source).joined(separator: "\n")
    }

    /// What was counted for a sender.
    func problems(of sender: String = sender) -> [ErrorCode: UInt64] {
        ledger.snapshot.first { $0.name == sender }?.problems ?? [:]
    }
}
