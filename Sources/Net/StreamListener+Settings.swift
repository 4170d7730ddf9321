public import Core
import TLS

extension StreamListener.Options {
    /// The options of every input that serves connections.
    ///
    /// - Parameters:
    ///   - idleTimeout: the default of `idle_timeout`.
    ///   - requiringClients: whether TLS clients must show a certificate unless told otherwise.
    public static func specs(idleTimeout: String, requiringClients: Bool) -> [OptionSpec] {
        [
            OptionSpec(
                "connection_limit", .integer(1...100_000), default: "1024",
                help: "TCP connections served at the same time."),
            OptionSpec(
                "connections_per_sender", .integer(0...100_000), default: "0",
                help: "TCP connections of one address served at the same time; 0 sets no limit."),
            OptionSpec(
                "idle_timeout", .duration, default: idleTimeout,
                help: "A TCP connection that is silent for so long is closed."),
            OptionSpec(
                "frame_timeout", .duration, default: "60s",
                help: "A TCP connection that takes longer for one message is closed; 0 is off."),
            OptionSpec(
                "unfinished_limit", .size, default: "64MiB",
                help: "Memory for unfinished messages of all TCP connections together."),
        ] + TLSOptions.specs(requiringClients: requiringClients)
    }

    /// Reads what `specs` declares.
    ///
    /// - Parameter isStream: whether the other options ask for TCP.
    public mutating func read(
        _ settings: PluginSettings, isStream: Bool, _ problems: inout [SettingsProblem]
    ) {
        connectionLimit = settings.integer("connection_limit") ?? connectionLimit
        connectionsPerSender = settings.integer("connections_per_sender") ?? connectionsPerSender
        if let nanoseconds = settings.duration("idle_timeout") {
            idleTimeoutMilliseconds = nanoseconds / 1_000_000
        }
        if let nanoseconds = settings.duration("frame_timeout") {
            frameTimeoutMilliseconds = (nanoseconds + 999_999) / 1_000_000
        }
        unfinishedLimit = settings.size("unfinished_limit") ?? unfinishedLimit
        tls = TLSOptions.read(settings, isStream: isStream, &problems)
    }

    /// How connections come, with these options.
    public var transport: Transport { tls == nil ? .tcp : .tls }
}
