public import Core
public import Net
import Parsers

extension MessageOptions {
    /// The options of every input that takes messages.
    public static let specs = [
        OptionSpec(
            "sockets", .integer(1...64), default: "1",
            help: "UDP sockets, each with a thread; a sender stays with one of them."),
        OptionSpec(
            "allow", .text, repeatable: true,
            help: "Addresses and networks (192.0.2.0/24) to accept from; all unless given."),
        OptionSpec(
            "trusted_relays", .text, repeatable: true,
            help: "Addresses and networks that are believed about whose messages they pass on."),
        OptionSpec(
            "proxy_protocol", .boolean, default: "off",
            help: "Read PROXY headers, versions 1 and 2, of `trusted_relays`."),
        OptionSpec(
            "message_limit", .size, default: "64KiB",
            help: "Longest message; more is cut between characters, flagged and counted."),
        charset, rateLimit, rateBurst,
        OptionSpec(
            "sender_limit", .integer(1...1_000_000), default: "20000",
            help: "Senders remembered; of more, those not heard of for longest are forgotten."),
        OptionSpec(
            "sources", .group(members), repeatable: true,
            help: "Settings of single senders; of several that match the smallest network counts."),
    ]

    private static let rates = 1...10_000_000
    private static let charset = OptionSpec(
        "charset", .text,
        help: "Character set of texts that are not UTF-8: windows-1252, gb18030 (see iconv -l).")
    private static let rateLimit = OptionSpec(
        "rate_limit", .integer(rates),
        help: "Messages a second taken from one sender; more are dropped and counted.")
    private static let rateBurst = OptionSpec(
        "rate_burst", .integer(rates),
        help: "Messages a sender may send at once beyond `rate_limit`; one second's unless given.")

    private static let members = [
        OptionSpec(
            "address", .text, repeatable: true, help: "Addresses and networks of the sender."),
        OptionSpec(
            "certificate", .text, repeatable: true,
            help: "Names of TLS certificates of the sender; `*.` stands for one label."),
        OptionSpec("name", .text, help: "Shown as source_name."),
        OptionSpec("hostname", .text, help: "Shown as hostname, whatever the message says."),
        OptionSpec(
            "time_zone", .text, help: "Zone of timestamps that name none, as the input's option."),
        OptionSpec("parser", .parser, help: "Parser for the sender's messages."),
        charset, rateLimit, rateBurst,
    ]

    /// Reads what `specs` declares, and lets the listener refuse senders early.
    ///
    /// - Parameter problems: grows by every value that is none.
    public init(
        _ settings: PluginSettings, listener: inout MessageListener.Options,
        _ problems: inout [SettingsProblem]
    ) {
        senders = SenderList(NetworkPrefix.list("allow", of: settings, problems: &problems))
        relays = NetworkPrefix.list("trusted_relays", of: settings, problems: &problems)
        readsProxyHeaders = settings.boolean("proxy_protocol")
        if readsProxyHeaders, relays.isEmpty {
            problems.append(
                SettingsProblem(
                    .missingKey, at: settings.location(of: "proxy_protocol"),
                    "'proxy_protocol' needs 'trusted_relays': anybody can write such a header"))
        }
        messageLimit = Swift.max(settings.size("message_limit") ?? messageLimit, 64)
        senderLimit = settings.integer("sender_limit") ?? senderLimit
        sources = Self.sources(settings, &problems)
        listener.stream.senders =
            senders.networks.isEmpty
            ? senders : SenderList(senders.networks + relays)
        if readsProxyHeaders { listener.stream.relays = relays }
    }

    // MARK: Sources

    private static func sources(
        _ settings: PluginSettings, _ problems: inout [SettingsProblem]
    ) -> SourceMap {
        var general = SourceProfile()
        readCommon(settings, into: &general, &problems)
        var map = SourceMap(general)
        for group in settings.groups("sources") {
            var profile = general
            profile.name = Array((group.text("name") ?? "").utf8)
            profile.hostname = Array((group.text("hostname") ?? "").utf8)
            readCommon(group, into: &profile, &problems)
            let place = map.add(profile, treatment(group, of: settings, &problems))
            assign(group, to: place, in: &map, &problems)
        }
        return map
    }

    private static func readCommon(
        _ settings: PluginSettings, into profile: inout SourceProfile,
        _ problems: inout [SettingsProblem]
    ) {
        if let charset = settings.text("charset") {
            profile.charset = charset
            let converter = CharsetConverter(charset)
            if converter?.keepsASCII != true {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: settings.location(of: "charset"),
                        "'charset' is '\(charset)', which "
                            + (converter == nil
                                ? "the C library does not know" : "writes ASCII in another way"),
                        hint: "for example windows-1252; iconv -l lists them"))
            }
        }
        if let rate = settings.integer("rate_limit") {
            profile.rateLimit = RateLimit(
                rate: rate, burst: settings.integer("rate_burst") ?? rate)
        } else if settings.isGiven("rate_burst") {
            problems.append(
                SettingsProblem(
                    .missingKey, at: settings.location(of: "rate_burst"),
                    "'rate_burst' needs 'rate_limit'"))
        }
    }

    private static func treatment(
        _ group: PluginSettings, of settings: PluginSettings,
        _ problems: inout [SettingsProblem]
    ) -> Treatment {
        let parser = group.text("parser")
        let zone = group.text("time_zone")
        if zone != nil, let parser, parser != "syslog", parser != "routeros" {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: group.location(of: "time_zone"),
                    "'time_zone' works with the native parsers only, not with '\(parser)'",
                    hint: "the parser has a 'time_zone' of its own"))
        }
        return Treatment(
            parser: parser,
            timeZone: zone.flatMap {
                TimeZone.read(
                    $0, of: "time_zone", at: group.location(of: "time_zone"), problems: &problems)
            }, zoneName: zone)
    }

    private static func assign(
        _ group: PluginSettings, to place: Int, in map: inout SourceMap,
        _ problems: inout [SettingsProblem]
    ) {
        let networks = NetworkPrefix.list("address", of: group, problems: &problems)
        let certificates = group.texts("certificate")
        if !group.isGiven("address"), certificates.isEmpty {
            problems.append(
                SettingsProblem(
                    .missingKey, at: group.location,
                    "an entry of 'sources' needs 'address' or 'certificate'"))
        }
        for network in networks where !map.assign(network, to: place) {
            problems.append(
                SettingsProblem(
                    .invalidValue, at: group.location(of: "address"),
                    "'sources' has one of these networks twice"))
        }
        for name in certificates { map.assign(certificate: name, to: place) }
    }
}
