public import Core
import Journals

/// The options every plugin of a kind has, whatever it declares itself.
public enum CommonOptions {
    private static let levels = ["off", "error", "warn", "warning", "info", "debug", "trace"]

    private static let all = [
        OptionSpec("name", .text, required: true, help: "The plugin"),
        OptionSpec(
            "alias", .text, help: "The instance's name in logs and numbers instead of NAME.N"),
        OptionSpec(
            "log_level", .choice(levels), help: "The least important level logged by this instance"
        ),
        OptionSpec("active", .boolean, default: "on", help: "Whether the instance is used at all"),
    ]

    private static let matching = [
        OptionSpec("match", .text, help: "Tags it takes; '*' stands for anything"),
        OptionSpec("match_regex", .text, help: "Tags it takes, as a regular expression"),
    ]

    /// The shared options of a kind, for help and checking alike.
    public static func specs(of kind: PluginInfo.Kind) -> [OptionSpec] {
        switch kind {
        case .input:
            all + [
                OptionSpec("tag", .text, help: "The tag of its records; by default NAME.N"),
                OptionSpec(
                    "storage.type", .choice(StorageType.allCases.map(\.rawValue)),
                    help: "Where records wait for outputs; by default the service's"),
                OptionSpec(
                    "mem_buf_limit", .size, default: "0",
                    help: "Bytes of records that may wait in memory; 0 leaves it to the engine"),
            ]
        case .filter:
            all + matching
        case .output:
            all + matching + [
                OptionSpec(
                    "storage.total_limit_size", .size,
                    help: "Bytes of records that may wait for this output; by default any number"),
                OptionSpec(
                    "storage.overflow", .choice(ReaderLimits.Policy.allCases.map(\.rawValue)),
                    default: "block",
                    help: "What happens at that limit: inputs wait, or this output loses records"),
                OptionSpec(
                    "storage.max_age", .duration,
                    help: "Records that have waited longer are dropped; by default none"),
                OptionSpec(
                    "retry_max_pause", .duration, default: "30s",
                    help: "Longest pause between tries while it fails, 1s to 1h"),
            ]
        }
    }

    /// Fluent Bit's shared options that change nothing here.
    static func inert(of kind: PluginInfo.Kind) -> [String: String] {
        switch kind {
        case .input:
            [
                "threaded": "every input has a thread of its own",
                "thread.ring_buffer.capacity": "inputs write to the journal directly",
                "thread.ring_buffer.window": "inputs write to the journal directly",
                "log_suppress_interval": "repeated messages are always summed up",
                "routable": "every input can be routed",
                "storage.pause_on_chunks_overlimit": "inputs always wait while the journal is full",
                "rate_window": "there is no rate gate yet",
                "rate_gate": "there is no rate gate yet",
                "rate_gate.max_bytes": "there is no rate gate yet",
                "rate_gate.max_records": "there is no rate gate yet",
                "rate_gate.backpressure": "there is no rate gate yet",
                "rate_gate.resume_ratio": "there is no rate gate yet",
            ]
        case .filter:
            ["log_suppress_interval": "repeated messages are always summed up"]
        case .output:
            [
                "retry_limit": "an output is tried again until it takes the records",
                "workers": "an output has one worker, which keeps the order",
                "log_suppress_interval": "repeated messages are always summed up",
            ]
        }
    }

    /// Whether a key that the plugin does not declare is one that Fluent Bit has.
    static func isKnownElsewhere(_ key: String) -> Bool {
        switch key {
        case "condition", "processors", "routes", "telemetry", "host", "listen", "port", "ipv6",
            "tls":
            true
        default:
            ["net.", "tls.", "oauth2."].contains { key.hasPrefix($0) }
        }
    }
}
