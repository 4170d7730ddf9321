import Core
import Net
import Parsers

/// The options of the `routeros` input.
struct RouterOSSettings: Sendable {
    var address: ListenAddress
    var listener = MessageListener.Options()
    var timeZone: TimeZone
    var messagePrefixes: [String]
    var patterns = RouterOSPatterns.stock

    static let info = PluginInfo(
        kind: .input, name: "routeros",
        summary: "Receives logs of MikroTik RouterOS and takes them apart",
        options: [
            OptionSpec(
                "mode", .choice(["udp", "tcp"]), default: "udp",
                help: "How messages come: datagrams or a TCP stream."),
            OptionSpec(
                "listen", .text, default: "0.0.0.0",
                help: "Address to receive on; `::` takes IPv4 and IPv6."),
            OptionSpec(
                "port", .integer(0...65_535), default: "5141",
                help: "UDP or TCP port (registered for TLS: 6514); 0 picks a free one."),
            TimeZone.option,
            OptionSpec(
                "message_prefix", .text, repeatable: true,
                help: "Prefix that a logging rule puts in front of texts, to be taken off."),
            OptionSpec(
                "pattern", .text, repeatable: true,
                help: "Message to recognise: an event's name, a space, a text with `%{captures}`."),
            OptionSpec(
                "format", .choice(["newline", "none"]), default: "newline",
                help: "What ends a message in a TCP stream: a line end (cef) or nothing."),
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
        timeZone = settings.timeZone(problems: &problems)
        messagePrefixes = settings.texts("message_prefix").filter { !$0.isEmpty }
        do {
            let own = settings.texts("pattern")
            if !own.isEmpty { patterns = try RouterOSPatterns(own) }
        } catch {
            problems.append(
                SettingsProblem(
                    .invalidValue, at: settings.location(of: "pattern"), "'pattern': \(error)"))
        }
        let endpoint = Endpoint.listening(settings, &problems)
        let isStream = settings.text("mode") == "tcp"
        listener.stream.read(settings, isStream: isStream, &problems)
        address = ListenAddress(
            transport: isStream ? listener.stream.transport : .udp, endpoint: endpoint)
        listener.setReceiveBuffer(settings.size("receive_buffer_size"))
        listener.setCoalesce(nanoseconds: settings.duration("coalesce") ?? 3_000_000)
        listener.stream.format = settings.text("format") == "none" ? .priority : .newline
        listener.stream.frameLimit = settings.size("buffer_max_size") ?? 256 << 10
        if !problems.isEmpty { throw SettingsError(problems) }
    }
}
