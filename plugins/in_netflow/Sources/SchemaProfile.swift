import Core

/// Whose names flow records have.
///
/// A profile renames the columns of the finished flat shape, once when the shape is made, and reads
/// a few in another way. Columns that it does not speak of keep their flat names. Names with dots
/// are keys of one flat object.
enum SchemaProfile: String, CaseIterable, Sendable {
    /// Our own, those of goflow2 where it has one.
    case flat
    /// Elastic Common Schema.
    case ecs
    /// The netflow receiver of the OpenTelemetry collector.
    case otel
    /// goflow2's messages in JSON.
    case goflow2
}

/// What a profile does to one column.
struct ProfileRule: Sendable {
    enum Change: Sendable {
        /// The column is renamed.
        case name
        /// A text of the shape, renamed and in capitals.
        case capitals
        /// A time as nanoseconds since 1970.
        case epochNanoseconds
        /// A number of milliseconds as nanoseconds.
        case durationNanoseconds
        /// The number stays; its name stands behind it.
        case nameOfNumber(NameTable)
        /// The column stays; behind it stands a text, which depends on the column's own.
        case text([String: String], otherwise: String)
    }

    /// The flat name.
    var column: String
    var name: String
    var change: Change

    init(_ column: String, _ name: String, _ change: Change = .name) {
        self.column = column
        self.name = name
        self.change = change
    }

    /// Whether the column has no longer its flat name.
    var replacesName: Bool {
        switch change {
        case .name, .capitals, .epochNanoseconds, .durationNanoseconds: true
        case .nameOfNumber, .text: false
        }
    }
}

extension SchemaProfile {
    /// No column is renamed twice, and no two columns get one name.
    var rules: [ProfileRule] {
        switch self {
        case .flat: []
        case .ecs: Self.ecsRules
        case .otel: Self.otelRules
        case .goflow2: Self.goflow2Rules
        }
    }

    /// What names without a rule are put behind.
    private var prefix: String { self == .otel ? "flow." : "" }

    /// The map of elements without a column.
    var elementsName: String { self == .ecs ? "netflow" : "ie" }

    /// The name of a flat column.
    func name(of column: String) -> String {
        if column == "ie" { return elementsName }
        return Self.newNames[self]?[column] ?? prefix + column
    }

    private static let newNames: [SchemaProfile: [String: String]] =
        Dictionary(
            uniqueKeysWithValues: allCases.map { profile in
                let renamed = profile.rules.filter(\.replacesName).map { ($0.column, $0.name) }
                return (profile, Dictionary(uniqueKeysWithValues: renamed))
            })

    /// Version 8; elements without a place in it are `netflow.*`, as Beats have them.
    private static let ecsRules = [
        ProfileRule("record_type", "event.kind", .text(["counters": "metric"], otherwise: "event")),
        ProfileRule("record_type", "event.category", .text([:], otherwise: "network")),
        ProfileRule("flow_type", "netflow.type"),
        ProfileRule("time_received", "event.created"),
        ProfileRule("time_flow_start", "event.start"),
        ProfileRule("time_flow_end", "event.end"),
        ProfileRule("duration_ms", "event.duration", .durationNanoseconds),
        ProfileRule("sampler_address", "observer.ip"),
        ProfileRule("sampler_name", "observer.name"),
        ProfileRule("src_addr", "source.ip"),
        ProfileRule("dst_addr", "destination.ip"),
        ProfileRule("src_port", "source.port"),
        ProfileRule("dst_port", "destination.port"),
        ProfileRule("proto", "network.iana_number"),
        ProfileRule("transport", "network.transport"),
        ProfileRule("etype", "network.type", .nameOfNumber(.etherType)),
        ProfileRule("bytes", "network.bytes"),
        ProfileRule("packets", "network.packets"),
        ProfileRule("bytes_rev", "destination.bytes"),
        ProfileRule("packets_rev", "destination.packets"),
        ProfileRule("in_if", "observer.ingress.interface.id"),
        ProfileRule("out_if", "observer.egress.interface.id"),
        ProfileRule("in_if_name", "observer.ingress.interface.name"),
        ProfileRule("out_if_name", "observer.egress.interface.name"),
        ProfileRule("flow_direction", "network.direction"),
        ProfileRule("src_mac", "source.mac"),
        ProfileRule("dst_mac", "destination.mac"),
        ProfileRule("src_vlan", "network.vlan.id"),
        ProfileRule("dst_vlan", "observer.egress.vlan.id"),
        ProfileRule("src_as", "source.as.number"),
        ProfileRule("dst_as", "destination.as.number"),
        ProfileRule("flow_end_reason", "event.reason", .nameOfNumber(.flowEndReason)),
        ProfileRule("nat_event_name", "event.action"),
        ProfileRule("post_nat_src_addr", "source.nat.ip"),
        ProfileRule("post_nat_dst_addr", "destination.nat.ip"),
        ProfileRule("post_nat_src_port", "source.nat.port"),
        ProfileRule("post_nat_dst_port", "destination.nat.port"),
        ProfileRule("user_name", "source.user.name"),
        ProfileRule("dst_user_name", "destination.user.name"),
        ProfileRule("app_name", "network.application"),
        ProfileRule("url", "url.original"),
        ProfileRule("url_host", "url.domain"),
        ProfileRule("host_name", "host.hostname"),
    ]

    /// Names of the semantic conventions, and `flow.*`, which was `network.*` in earlier releases.
    private static let otelRules = [
        ProfileRule("src_addr", "source.address"),
        ProfileRule("dst_addr", "destination.address"),
        ProfileRule("src_port", "source.port"),
        ProfileRule("dst_port", "destination.port"),
        ProfileRule("transport", "network.transport"),
        ProfileRule("etype", "network.type", .nameOfNumber(.etherType)),
        ProfileRule("app_name", "network.protocol.name"),
        ProfileRule("flow_type", "flow.type"),
        ProfileRule("bytes", "flow.io.bytes"),
        ProfileRule("packets", "flow.io.packets"),
        ProfileRule("time_received", "flow.time_received", .epochNanoseconds),
        ProfileRule("time_exported", "flow.time_exported", .epochNanoseconds),
        ProfileRule("time_flow_start", "flow.start", .epochNanoseconds),
        ProfileRule("time_flow_end", "flow.end", .epochNanoseconds),
    ]

    /// The other columns have goflow2's names already.
    private static let goflow2Rules = [
        ProfileRule("flow_type", "type", .capitals),
        ProfileRule("time_received", "time_received_ns", .epochNanoseconds),
        ProfileRule("time_flow_start", "time_flow_start_ns", .epochNanoseconds),
        ProfileRule("time_flow_end", "time_flow_end_ns", .epochNanoseconds),
    ]
}
