/// Tables that turn protocol numbers into their registered names.
///
/// The raw value is stored in journals: never reuse one.
public enum NameTable: UInt8, Sendable, CaseIterable {
    /// IANA protocol numbers, lower case: `tcp`.
    case transport = 1
    /// Syslog facilities (RFC 5424 §6.2.1): `daemon`.
    case facility = 2
    /// Syslog severities (RFC 5424 §6.2.1): `warning`.
    case severity = 3
    /// IPFIX natEvent (element 230).
    case natEvent = 4
    /// IPFIX firewallEvent (element 233).
    case firewallEvent = 5
    /// IPFIX flowEndReason (element 136).
    case flowEndReason = 6
    /// IPFIX flowDirection (element 61).
    case flowDirection = 7
    /// EtherTypes of network protocols, lower case: `ipv6`.
    case etherType = 8

    /// The name of `number`, or `nil`.
    public func name(of number: UInt64) -> StaticString? {
        let names = entries
        guard number < UInt64(names.count) else { return sparse(number) }
        return names[Int(number)]
    }

    private var entries: [StaticString?] {
        switch self {
        case .transport: Self.transports
        case .facility: Self.facilities
        case .severity: Self.severities
        case .natEvent: Self.natEvents
        case .firewallEvent: Self.firewallEvents
        case .flowEndReason: Self.flowEndReasons
        case .flowDirection: Self.flowDirections
        case .etherType: []
        }
    }

    private func sparse(_ number: UInt64) -> StaticString? {
        switch self {
        case .transport: Self.sparseTransport(number)
        case .etherType: Self.etherType(number)
        default: nil
        }
    }

    private static func etherType(_ number: UInt64) -> StaticString? {
        switch number {
        case 0x0800: "ipv4"
        case 0x0806: "arp"
        case 0x8035: "rarp"
        case 0x86dd: "ipv6"
        case 0x8847: "mpls"
        case 0x88cc: "lldp"
        default: nil
        }
    }

    private static func sparseTransport(_ number: UInt64) -> StaticString? {
        switch number {
        case 41: "ipv6"
        case 46: "rsvp"
        case 47: "gre"
        case 50: "esp"
        case 51: "ah"
        case 58: "ipv6-icmp"
        case 88: "eigrp"
        case 89: "ospf"
        case 94: "ipip"
        case 97: "etherip"
        case 103: "pim"
        case 108: "ipcomp"
        case 112: "vrrp"
        case 115: "l2tp"
        case 132: "sctp"
        case 136: "udplite"
        case 137: "mpls-in-ip"
        default: nil
        }
    }

    private static let transports: [StaticString?] = [
        "hopopt", "icmp", "igmp", "ggp", "ipv4", "st", "tcp", "cbt", "egp", "igp", nil, nil, nil,
        nil, nil, nil, nil, "udp",
    ]
    private static let facilities: [StaticString?] = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
        "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2",
        "local3", "local4", "local5", "local6", "local7",
    ]
    private static let severities: [StaticString?] = [
        "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
    ]
    private static let natEvents: [StaticString?] = [
        nil, "create", "delete", "addresses_exhausted", "nat44_session_create",
        "nat44_session_delete", "nat64_session_create", "nat64_session_delete",
        "nat44_bib_create", "nat44_bib_delete", "nat64_bib_create", "nat64_bib_delete",
        "ports_exhausted", "quota_exceeded", "address_binding_create", "address_binding_delete",
        "port_block_allocated", "port_block_released", "threshold_reached",
    ]
    private static let firewallEvents: [StaticString?] = [
        "ignore", "created", "deleted", "denied", "alert", "update",
    ]
    private static let flowEndReasons: [StaticString?] = [
        nil, "idle_timeout", "active_timeout", "end_of_flow", "forced_end", "lack_of_resources",
    ]
    private static let flowDirections: [StaticString?] = ["ingress", "egress"]
}
