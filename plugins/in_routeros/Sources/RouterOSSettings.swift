package import Core
package import Messages
import Net
import Parsers

/// The options of the `routeros` input.
package struct RouterOSSettings: MessageSettings {
    package private(set) var entrance: MessageEntrance
    private let parsers: any ParserDirectory
    private let timeZone: TimeZone
    private let messagePrefixes: [String]
    private let actions: RuleActions
    private let patterns: RouterOSPatterns

    package static let info = PluginInfo(
        kind: .input, name: "routeros",
        summary: "Receives logs of MikroTik RouterOS and takes them apart",
        options: MessageEntrance.specs(
            modes: [.udp, .tcp], port: "5141", formats: ["newline", "none"],
            formatHelp: "What ends a message in a TCP stream: a line end (cef) or nothing."
        ) + [
            TimeZone.option,
            OptionSpec(
                "message_prefix", .text, repeatable: true,
                help: "Prefix that a logging rule puts in front of texts, to be taken off."),
            RuleActions.option,
            RouterOSSender.option,
            OptionSpec(
                "pattern", .text, repeatable: true,
                help: "Message to recognise: an event's name, a space, a text with `%{captures}`."),
        ])

    package init(_ settings: PluginSettings) throws(SettingsError) {
        var problems: [SettingsProblem] = []
        parsers = settings.parsers
        timeZone = settings.timeZone(problems: &problems)
        messagePrefixes = settings.texts("message_prefix").filter { !$0.isEmpty }
        actions = RuleActions(settings, problems: &problems)
        patterns = Self.patterns(settings, &problems)
        entrance = MessageEntrance(
            settings, format: { $0 == "none" ? .priority : .newline }, &problems)
        entrance.messages.joinsPieces = settings.boolean(RouterOSSender.option.key)
        if !problems.isEmpty { throw SettingsError(problems) }
    }

    private static func patterns(
        _ settings: PluginSettings, _ problems: inout [SettingsProblem]
    ) -> RouterOSPatterns {
        let own = settings.texts("pattern")
        guard !own.isEmpty else { return .stock }
        do {
            return try RouterOSPatterns(own)
        } catch {
            problems.append(
                SettingsProblem(
                    .invalidValue, at: settings.location(of: "pattern"), "'pattern': \(error)"))
            return .stock
        }
    }

    package func makeIntake(ledger: SourceLedger, log: Log) -> MessageIntake {
        MessageIntake(entrance.messages, ledger: ledger, log: log) { treatment in
            let timeZone = treatment.timeZone ?? timeZone
            switch treatment.parser {
            case nil, "routeros":
                return .routeros(
                    RouterOSParser(
                        timeZone: timeZone, messagePrefixes: messagePrefixes,
                        actions: actions, patterns: patterns))
            case "syslog": return .syslog(SyslogParser(timeZone: timeZone))
            case let name?: return .named(name, in: parsers)
            }
        }
    }
}
