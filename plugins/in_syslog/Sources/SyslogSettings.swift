package import Core
package import Messages
import Net
import Parsers

/// The options of the `syslog` input.
package struct SyslogSettings: MessageSettings {
    package private(set) var entrance: MessageEntrance
    /// A parser of the user's choice; `nil` for the native one.
    private let parserName: String?
    private let parsers: any ParserDirectory
    private let body: SyslogParser.Body
    private var names = SyslogParser.Names()
    private let timeZone: TimeZone
    private let zoneNames: ZoneNames

    package static let info = PluginInfo(
        kind: .input, name: "syslog",
        summary: "Receives syslog, RFC 3164 and RFC 5424, over UDP, TCP, TLS and unix sockets",
        options: MessageEntrance.specs(
            modes: [.udp, .tcp, .unixDatagram, .unixStream], port: "5140",
            formats: ["auto", "newline", "octet_counting"],
            formatHelp: "How frames are told apart in a stream (RFC 6587)."
        ) + [
            OptionSpec(
                "parser", .parser,
                help: "Parser for the messages instead of the native one, which reads all forms."),
            OptionSpec(
                "body", .choice(SyslogParser.Body.allCases.map(\.rawValue)),
                default: SyslogParser.Body.auto.rawValue,
                help:
                    "Texts that are taken apart into fields: all that are known, none, or one kind."
            ),
            TimeZone.option, ZoneNames.option,
            OptionSpec(
                "raw_message_key", .text, help: "Field that keeps the whole message as it came."),
            OptionSpec(
                "source_address_key", .text, default: "peer_address",
                help: "Field for the sender's address."),
        ])

    package init(_ settings: PluginSettings) throws(SettingsError) {
        var problems: [SettingsProblem] = []
        parsers = settings.parsers
        parserName = settings.text("parser")
        body = settings.text("body").flatMap(SyslogParser.Body.init(rawValue:)) ?? .auto
        names.raw = settings.text("raw_message_key")
        names.peerAddress = settings.text("source_address_key") ?? names.peerAddress
        timeZone = settings.timeZone(problems: &problems)
        zoneNames = ZoneNames(settings, problems: &problems)
        entrance = MessageEntrance(
            settings, format: { Framer.Format(rawValue: $0) }, &problems)
        if parserName != nil {
            for key in ["body", "raw_message_key", "source_address_key", "time_zone", "zone_names"]
            where settings.isGiven(key) {
                problems.append(
                    SettingsProblem(
                        .conflictingKeys, at: settings.location(of: key),
                        "'\(key)' works with the native parser only, not with 'parser'"))
            }
        }
        if !problems.isEmpty { throw SettingsError(problems) }
    }

    package func makeIntake(ledger: SourceLedger, log: Log) -> MessageIntake {
        MessageIntake(entrance.messages, ledger: ledger, log: log) { treatment in
            switch treatment.parser ?? parserName {
            case nil, "syslog":
                .syslog(
                    SyslogParser(
                        body: body, timeZone: treatment.timeZone ?? timeZone,
                        zoneNames: zoneNames, names: names))
            case "routeros": .routeros(RouterOSParser(timeZone: treatment.timeZone ?? timeZone))
            case let name?: .named(name, in: parsers)
            }
        }
    }
}
