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
                "idle_timeout", .duration, default: idleTimeout,
                help: "A TCP connection that is silent for so long is closed."),
        ] + TLSOptions.specs(requiringClients: requiringClients)
    }

    /// Reads what `specs` declares.
    ///
    /// - Parameter isStream: whether the other options ask for TCP.
    public mutating func read(
        _ settings: PluginSettings, isStream: Bool, _ problems: inout [SettingsProblem]
    ) {
        connectionLimit = settings.integer("connection_limit") ?? connectionLimit
        if let nanoseconds = settings.duration("idle_timeout") {
            idleTimeoutMilliseconds = nanoseconds / 1_000_000
        }
        tls = TLSOptions.read(settings, isStream: isStream, &problems)
    }

    /// How connections come, with these options.
    public var transport: Transport { tls == nil ? .tcp : .tls }
}
