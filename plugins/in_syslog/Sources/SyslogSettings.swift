import Core
import Net
import Parsers

/// The options of the `syslog` input.
struct SyslogSettings: Sendable {
    var address: ListenAddress
    var listener = MessageListener.Options()
    /// A parser of the user's choice; `nil` for the native one.
    var parserName: String?
    var parsers: any ParserDirectory
    var names = SyslogParser.Names()
    var timeZone: TimeZone
    var zoneNames: ZoneNames

    static let info = PluginInfo(
        kind: .input, name: "syslog",
        summary: "Receives syslog, RFC 3164 and RFC 5424, over UDP, TCP, TLS and unix sockets",
        options: [
            OptionSpec(
                "mode", .choice(["udp", "tcp", "unix_udp"]), default: "udp",
                help: "How messages come: datagrams, a TCP stream, or a unix datagram socket."),
            OptionSpec(
                "listen", .text, default: "0.0.0.0",
                help: "Address to receive on; `::` takes IPv4 and IPv6."),
            OptionSpec(
                "port", .integer(0...65_535), default: "5140",
                help: "UDP or TCP port (registered: 514 UDP, 6514 TLS); 0 picks a free one."),
            OptionSpec("path", .path, help: "Path of the unix socket."),
            OptionSpec(
                "unix_perm", .text, default: "0644", help: "Permissions of the unix socket."),
            OptionSpec(
                "parser", .parser,
                help: "Parser for the messages instead of the native one, which reads all forms."),
            TimeZone.option, ZoneNames.option,
            OptionSpec(
                "raw_message_key", .text, help: "Field that keeps the whole message as it came."),
            OptionSpec(
                "source_address_key", .text, default: "peer_address",
                help: "Field for the sender's address."),
            OptionSpec(
                "format", .choice(["auto", "newline", "octet_counting"]), default: "auto",
                help: "How frames are told apart in a TCP stream (RFC 6587)."),
            OptionSpec(
                "buffer_max_size", .size, default: "256KiB",
                help: "Longest message in a TCP stream; more is cut and counted."),
            OptionSpec(
                "receive_buffer_size", .size, default: "16MiB",
                help: "Socket receive buffer to ask the kernel for."),
            OptionSpec(
                "coalesce", .duration, default: "3ms",
                help: "Longest pause after receiving, so that more comes at once; 0 is off."),
        ] + StreamListener.Options.specs(idleTimeout: "10m", requiringClients: false))

    init(_ settings: PluginSettings) throws(SettingsError) {
        var problems: [SettingsProblem] = []
        parsers = settings.parsers
        parserName = settings.text("parser")
        names.raw = settings.text("raw_message_key")
        names.peerAddress = settings.text("source_address_key") ?? names.peerAddress
        timeZone = settings.timeZone(problems: &problems)
        zoneNames = ZoneNames(settings, problems: &problems)
        listener.stream.read(settings, isStream: settings.text("mode") == "tcp", &problems)
        address = Self.address(settings, listener.stream.transport, &problems)
        if parserName != nil {
            for key in ["raw_message_key", "source_address_key", "time_zone", "zone_names"]
            where settings.isGiven(key) {
                problems.append(
                    SettingsProblem(
                        .conflictingKeys, at: settings.location(of: key),
                        "'\(key)' works with the native parser only, not with 'parser'"))
            }
        }
        readListener(settings, &problems)
        if !problems.isEmpty { throw SettingsError(problems) }
    }

    private static func address(
        _ settings: PluginSettings, _ stream: Transport, _ problems: inout [SettingsProblem]
    ) -> ListenAddress {
        let mode = settings.text("mode") ?? "udp"
        if mode == "unix_udp" {
            if let path = settings.text("path") { return ListenAddress(unixPath: path) }
            problems.append(
                SettingsProblem(
                    .missingKey, at: settings.location, "mode 'unix_udp' needs 'path'"))
        } else if settings.isGiven("path") {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "path"),
                    "'path' belongs to mode 'unix_udp', not '\(mode)'"))
        }
        let endpoint = Endpoint.listening(settings, &problems)
        return ListenAddress(
            transport: mode == "tcp" ? stream : .udp, endpoint: endpoint)
    }

    private mutating func readListener(
        _ settings: PluginSettings, _ problems: inout [SettingsProblem]
    ) {
        listener.setReceiveBuffer(settings.size("receive_buffer_size"))
        listener.setCoalesce(nanoseconds: settings.duration("coalesce") ?? 3_000_000)
        listener.stream.format =
            settings.text("format").flatMap(Framer.Format.init(rawValue:)) ?? .auto
        listener.stream.frameLimit = settings.size("buffer_max_size") ?? 256 << 10
        let permissions = settings.text("unix_perm") ?? "0644"
        if let bits = UInt32(permissions, radix: 8), bits <= 0o777 {
            listener.setUnixPermissions(bits)
        } else {
            problems.append(
                SettingsProblem(
                    .invalidValue, at: settings.location(of: "unix_perm"),
                    "'unix_perm' is '\(permissions)', which is no octal mode like 0644"))
        }
    }
}
