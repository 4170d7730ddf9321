import Core
import Messages
import InNetflow
import InRouteros
import InSyslog
import Parsers
import TestKit

extension FuzzTarget {
    /// Several datagrams make one input, so that templates and data meet.
    static let flows = [
        FuzzTarget(
            name: "netflow", summary: "NetFlow v1 to v9 and IPFIX, several exporters",
            layout: .datagrams, seeds: { FlowSeeds.netflow() }, makeSubject: { FlowSubject() }),
        FuzzTarget(
            name: "netflow-stream", summary: "the same, one datagram after another for ever",
            layout: .choice, seeds: { FlowSeeds.netflow() }, makeSubject: { FlowStreamSubject() }),
        FuzzTarget(
            name: "sflow", summary: "sFlow v5, tunnels included", layout: .choice,
            seeds: { FlowSeeds.sflow() }, makeSubject: { FlowStreamSubject() }),
    ]

    static let logs = [
        FuzzTarget(
            name: "syslog", summary: "input syslog: RFC 3164, RFC 5424 and what devices send",
            layout: .plain, seeds: { LogSeeds.syslog() },
            makeSubject: {
                MessageSubject { ledger in
                    testInput { settings throws(SettingsError) in
                        try SyslogInput(settings: settings)
                    }.makeDecoder(ledger: ledger)
                }
            }),
        FuzzTarget(
            name: "routeros", summary: "input routeros: every layout and message", layout: .plain,
            seeds: { LogSeeds.routeros() },
            makeSubject: {
                MessageSubject { ledger in
                    testInput { settings throws(SettingsError) in
                        try RouterOSInput(settings: settings)
                    }.makeDecoder(ledger: ledger)
                }
            }),
        FuzzTarget(
            name: "intake", summary: "senders of both with charsets, relays, rates and limits",
            layout: .choice, seeds: { LogSeeds.intake() }, makeSubject: { IntakeSubject() }),
        FuzzTarget(
            name: "proxy", summary: "PROXY headers, versions 1 and 2", layout: .choice,
            seeds: { LogSeeds.proxy() }, makeSubject: { ProxySubject() }),
        FuzzTarget(
            name: "parsers", summary: "every stock parser", layout: .choice,
            seeds: { LogSeeds.parsers() }, makeSubject: { ParserSubject() }),
        FuzzTarget(
            name: "pairs", summary: "logfmt, LTSV, CSV, key=value, CEF and LEEF with options",
            layout: .choice, seeds: { LogSeeds.pairs() }, makeSubject: { ParserSubject.pairs() }),
        FuzzTarget(
            name: "json", summary: "JSON text to record and back", layout: .plain,
            seeds: { LogSeeds.json() }, makeSubject: { JSONSubject() }),
        FuzzTarget(
            name: "framer", summary: "syslog frames of TCP streams, cut anywhere",
            layout: .choice, seeds: { LogSeeds.streams() }, makeSubject: { FramerSubject() }),
        FuzzTarget(
            name: "lines", summary: "lines of files, cut anywhere, and groups of them",
            layout: .choice, seeds: { LogSeeds.streams() }, makeSubject: { LineSubject() }),
        FuzzTarget(
            name: "store", summary: "answers of object stores", layout: .choice,
            seeds: { StoreSeeds.answers() }, makeSubject: { StoreAnswerSubject() }),
    ]

    static let files = [
        FuzzTarget(
            name: "capture", summary: "pcap, pcapng, raw datagrams, gzip, zstd", layout: .plain,
            seeds: { FileSeeds.captures() }, makeSubject: { CaptureSubject() }),
        FuzzTarget(
            name: "frame", summary: "journal frames with shapes and rows", layout: .plain,
            seeds: { FileSeeds.frames() }, makeSubject: { FrameSubject() }),
        FuzzTarget(
            name: "recovery", summary: "journal segments after a crash, from the disk",
            layout: .plain, seeds: { FileSeeds.segments() }, makeSubject: { RecoverySubject() }),
        FuzzTarget(
            name: "configuration", summary: "YAML, includes and variables", layout: .plain,
            seeds: { FileSeeds.configurations() }, makeSubject: { ConfigurationSubject() }),
    ]

    /// An input with settings that need no configuration.
    static func testInput<Made: Input>(
        _ options: [(key: String, value: String)] = [],
        _ make: (PluginSettings) throws(SettingsError) -> Made
    ) -> Made {
        do {
            return try make(PluginSettings(testing: Made.info, options))
        } catch {
            fatalError("\(error)")
        }
    }

    /// An input with settings as the configuration has them.
    static func testInput<Made: Input>(
        _ entries: [Setting.Entry], _ make: (PluginSettings) throws(SettingsError) -> Made
    ) -> Made {
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: Made.info, instanceName: "\(Made.info.name).0",
            location: SourceLocation(file: "fuzz", line: 1, column: 1), entries: entries,
            parsers: ParserLibrary.stock, problems: &problems)
        precondition(problems.isEmpty, "\(problems)")
        do {
            return try make(settings)
        } catch {
            fatalError("\(error)")
        }
    }
}
