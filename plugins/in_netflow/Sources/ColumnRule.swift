import Core

/// How one column of the normalized schema is made from information elements.
struct ColumnRule: Sendable {
    enum Reading: Sendable {
        /// The first of the elements that the template has.
        case first
        /// The same; zero means unknown.
        case firstUnlessZero
        /// IPv4 and IPv6 variants of one thing: the first in the template that is not zero. The
        /// others stay in `ie`, unless zero.
        case family
        /// The same for addresses of which zero means unknown.
        case familyUnlessZero
        /// The first element that is not zero; those behind the first stay in `ie` too.
        case firstNotZero
        /// The name of the number.
        case named(NameTable)
        /// The number, and its name in a second column.
        case withName(NameTable, column: String)
        /// The high or low byte of 16 bits.
        case highByte, lowByte
        /// The elements are the counterparts, position by position, of those of another column.
        case counterpart(of: String)
        /// A list of MPLS labels: the high 20 of 24 bits (RFC 3032 §2.1).
        case labels
    }

    var column: String
    var sources: [ElementKey]
    var reading: Reading

    init(_ column: String, _ sources: [ElementKey], _ reading: Reading = .first) {
        self.column = column
        self.sources = sources
        self.reading = reading
    }
}

extension ColumnRule {
    static let sourceAddress = ColumnRule("src_addr", [8, 27], .family)
    static let protocolNumber = ColumnRule("proto", [4])
    static let ingress = ColumnRule("in_if", [10, 252])
    static let egress = ColumnRule("out_if", [14, 253])
    static let ingressVRF = ColumnRule("in_vrf", [234])
    static let egressVRF = ColumnRule("out_vrf", [235])
    static let application = ColumnRule("app_id", [95])
    static let applicationName: ElementKey = 96

    /// The columns between times and `ie`, in the order of the schema.
    ///
    /// A rule takes its elements
    /// out of `ie`, and a later rule finds only what is left.
    ///
    /// Names that the exporter told in options data follow their numbers; `transport` follows
    /// `proto`, estimates follow `sampling_rate`; `etype` follows the addresses when the template has no 256.
    static let all: [ColumnRule] = [
        sourceAddress,
        ColumnRule("dst_addr", [12, 28], .family),
        ColumnRule("src_net", [9, 29], .family),
        ColumnRule("dst_net", [13, 30], .family),
        ColumnRule("src_port", [7, 180, 182], .firstNotZero),
        ColumnRule("dst_port", [11, 181, 183], .firstNotZero),
        protocolNumber,
        ColumnRule("etype", [256]),
        // Delta, initiator, total, layer 2, post: never added up.
        ColumnRule("bytes", [1, 231, 85, 352, 23]),
        ColumnRule("packets", [2, 298, 86, 24]),
        ColumnRule(
            "bytes_rev", [.reverse(1), 232, .reverse(85), .reverse(352), .reverse(23)],
            .counterpart(of: "bytes")),
        ColumnRule(
            "packets_rev", [.reverse(2), 299, .reverse(86), .reverse(24)],
            .counterpart(of: "packets")),
        ColumnRule("bytes_post", [23]),
        ColumnRule("packets_post", [24]),
        ColumnRule("frame_bytes", [352]),
        ColumnRule("sampling_rate", [34, 50], .firstUnlessZero),
        ColumnRule("tcp_flags", [6]),
        ColumnRule("ip_tos", [5]),
        ColumnRule("ip_ttl", [192, 52]),
        ColumnRule("ip_ttl_max", [53]),
        ColumnRule("icmp_type", [176, 178], .family),
        ColumnRule("icmp_code", [177, 179], .family),
        ColumnRule("icmp_type", [32, 139], .highByte),
        ColumnRule("icmp_code", [32, 139], .lowByte),
        ColumnRule("ipv6_flow_label", [31]),
        ColumnRule("fragment_id", [54]),
        ColumnRule("fragment_offset", [88]),
        ingress,
        egress,
        ColumnRule("flow_direction", [61], .named(.flowDirection)),
        ColumnRule("src_mac", [56, 81], .firstNotZero),
        ColumnRule("dst_mac", [80, 57], .firstNotZero),
        ColumnRule("src_vlan", [58, 243]),
        ColumnRule("dst_vlan", [59, 254]),
        ColumnRule("src_as", [16], .firstUnlessZero),
        ColumnRule("dst_as", [17], .firstUnlessZero),
        ColumnRule("next_hop", [15, 62], .familyUnlessZero),
        ColumnRule("bgp_next_hop", [18, 63], .familyUnlessZero),
        ColumnRule("mpls_label", [70, 71, 72, 73, 74, 75, 76, 77, 78, 79], .labels),
        ingressVRF,
        egressVRF,
        ColumnRule("vrf_name", [236]),
        ColumnRule("forwarding_status", [89]),
        ColumnRule("flow_end_reason", [136]),
        ColumnRule("nat_event", [230], .withName(.natEvent, column: "nat_event_name")),
        ColumnRule("fw_event", [233, 40005], .withName(.firewallEvent, column: "fw_event_name")),
        ColumnRule("post_nat_src_addr", [225, 281, 40001], .family),
        ColumnRule("post_nat_dst_addr", [226, 282, 40002], .family),
        ColumnRule("post_nat_src_port", [227, 40003]),
        ColumnRule("post_nat_dst_port", [228, 40004]),
        ColumnRule("port_block_start", [361]),
        ColumnRule("port_block_end", [362]),
        ColumnRule("port_block_step", [363]),
        ColumnRule("port_block_size", [364]),
        ColumnRule("nat_pool", [284, 283]),
        ColumnRule("nat_instance", [463]),
        ColumnRule("user_name", [371, 40000]),
        application,
        ColumnRule("app_name", [applicationName]),
    ]
}

/// Elements that date a flow.
enum TimeElements {
    /// The finest first: nanoseconds, microseconds, milliseconds, seconds.
    static let start: [ElementKey] = [156, 154, 152, 150]
    static let end: [ElementKey] = [157, 155, 153, 151]
    /// When an event was observed, for records without flow times (NAT, firewalls).
    static let observed: [ElementKey] = [325, 324, 323, 322]
    /// Milliseconds of the exporter's uptime.
    static let startTicks: ElementKey = 22
    static let endTicks: ElementKey = 21
    /// When the exporter started, milliseconds since 1970.
    static let boot: ElementKey = 160
    /// Microseconds before the export time.
    static let startDelta: ElementKey = 158
    static let endDelta: ElementKey = 159
    static let durationMilliseconds: ElementKey = 161
}

/// Elements that tell who an exporter is, behind a mediator (RFC 7119 §4.1).
enum ExporterElements {
    /// originalExporterIPv4Address and IPv6, exporterIPv4Address and IPv6.
    static let addresses: [ElementKey] = [403, 404, 130, 131]
    static let originalDomain: ElementKey = 405
}
