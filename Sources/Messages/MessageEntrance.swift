public import Core
public import Net

/// Where the messages of an input come in, and what it does with them beside reading them.
public struct MessageEntrance: Sendable {
    public let address: ListenAddress
    public var listener = MessageListener.Options()
    /// Sockets that share the address.
    public let sockets: Int
    public var messages: MessageOptions

    /// How messages come.
    public enum Mode: String, Sendable {
        case udp, tcp
        case unixDatagram = "unix_udp"
        case unixStream = "unix_tcp"

        var isUnix: Bool { self == .unixDatagram || self == .unixStream }
    }

    /// The options of an input that takes messages, but for those about what is in them.
    ///
    /// - Parameters:
    ///   - port: the default.
    ///   - formats: values of `format`, the default first.
    public static func specs(
        modes: [Mode], port: String, formats: [String], formatHelp: String
    ) -> [OptionSpec] {
        let unix = [
            OptionSpec("path", .path, help: "Path of the unix socket."),
            OptionSpec(
                "unix_perm", .text, default: "0644", help: "Permissions of the unix socket."),
        ]
        return [
            OptionSpec(
                "mode", .choice(modes.map(\.rawValue)), default: modes.first?.rawValue,
                help: "How messages come: as datagrams (udp) or over connections (tcp)."),
            OptionSpec(
                "listen", .text, default: "0.0.0.0",
                help: "Address to receive on; `::` takes IPv4 and IPv6."),
            OptionSpec(
                "port", .integer(0...65_535), default: port,
                help: "UDP or TCP port (registered: 514 UDP, 6514 TLS); 0 picks a free one."),
        ] + (modes.contains(where: \.isUnix) ? unix : []) + [
            OptionSpec("format", .choice(formats), default: formats.first, help: formatHelp),
            OptionSpec(
                "buffer_max_size", .size, default: "256KiB",
                help: "Longest frame in a stream; more is cut and counted."),
            OptionSpec(
                "receive_buffer_size", .size, default: "16MiB",
                help: "Socket receive buffer to ask the kernel for."),
            OptionSpec(
                "coalesce", .duration, default: "3ms",
                help: "Longest pause after receiving, so that more comes at once; 0 is off."),
        ] + MessageOptions.specs
            + StreamListener.Options.specs(idleTimeout: "10m", requiringClients: false)
    }

    /// Reads what `specs` declares.
    ///
    /// - Parameters:
    ///   - format: the framing that a value of `format` names.
    ///   - problems: grows by everything that is wrong.
    public init(
        _ settings: PluginSettings, format: (String) -> Framer.Format?,
        _ problems: inout [SettingsProblem]
    ) {
        let mode = settings.text("mode").flatMap(Mode.init(rawValue:)) ?? .udp
        listener.stream.read(settings, isStream: mode == .tcp, &problems)
        listener.stream.format = settings.text("format").flatMap(format) ?? .auto
        listener.stream.frameLimit = settings.size("buffer_max_size") ?? 256 << 10
        listener.setReceiveBuffer(settings.size("receive_buffer_size"))
        listener.setCoalesce(nanoseconds: settings.duration("coalesce") ?? 3_000_000)
        address = Self.address(settings, mode, listener.stream.transport, &problems)
        messages = MessageOptions(settings, listener: &listener, &problems)
        listener.setTended()
        sockets = Self.sockets(settings, mode, &problems)
        listener.datagram.sharing = sockets
        if settings.info.options.contains(where: { $0.key == "unix_perm" }) {
            listener.setUnixPermissions(Self.permissions(settings, &problems))
        }
    }

    private static func address(
        _ settings: PluginSettings, _ mode: Mode, _ stream: Transport,
        _ problems: inout [SettingsProblem]
    ) -> ListenAddress {
        let isGiven = settings.isGiven("path")
        if mode.isUnix {
            if let path = settings.text("path") {
                return ListenAddress(unixPath: path, isStream: mode == .unixStream)
            }
            problems.append(
                SettingsProblem(
                    .missingKey, at: settings.location, "mode '\(mode.rawValue)' needs 'path'"))
        } else if isGiven {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "path"),
                    "'path' belongs to the unix modes, not '\(mode.rawValue)'"))
        }
        let endpoint = Endpoint.listening(settings, &problems)
        return ListenAddress(transport: mode == .tcp ? stream : .udp, endpoint: endpoint)
    }

    private static func sockets(
        _ settings: PluginSettings, _ mode: Mode, _ problems: inout [SettingsProblem]
    ) -> Int {
        let count = settings.integer("sockets") ?? 1
        guard count > 1, mode != .udp else { return count }
        problems.append(
            SettingsProblem(
                .conflictingKeys, at: settings.location(of: "sockets"),
                "'sockets' belongs to mode 'udp', not '\(mode.rawValue)'"))
        return 1
    }

    private static func permissions(
        _ settings: PluginSettings, _ problems: inout [SettingsProblem]
    ) -> UInt32 {
        let text = settings.text("unix_perm") ?? "0644"
        if let bits = UInt32(text, radix: 8), bits <= 0o777 { return bits }
        problems.append(
            SettingsProblem(
                .invalidValue, at: settings.location(of: "unix_perm"),
                "'unix_perm' is '\(text)', which is no octal mode like 0644"))
        return 0o644
    }
}
