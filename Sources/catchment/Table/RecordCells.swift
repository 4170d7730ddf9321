import Codec
import Core

/// Reads the cells of a record's table row; made once per shape.
struct RecordCells {
    let layout: RecordLayout
    private let shape: Shape
    private var fields: [String: ResolvedField] = [:]

    init(_ shape: Shape) {
        self.shape = shape
        layout = RecordLayout(shape)
        for name in Self.names {
            if let field = FieldLookup(name).resolve(in: shape) { fields[name] = field }
        }
    }

    /// Every field that any layout shows.
    private static let names: [String] = [
        "time_flow_start", "duration_ms", "time", "timestamp", "time_exported", "time_received",
        "sampler_address", "exporter", "peer_address", "host", "hostname", "source_name",
        "transport", "proto", "protocol", "src_addr", "src_port", "dst_addr", "dst_port",
        "packets", "bytes", "in_if", "out_if", "in_if_name", "out_if_name",
        "post_nat_src_addr", "post_nat_src_port", "post_nat_dst_addr", "post_nat_dst_port",
        "orig_dst_addr", "orig_dst_port", "chain", "action", "rule_prefix", "packet_length",
        "level", "severity_name", "severity", "app_name", "ident", "topics", "program",
        "message", "msg", "log", "raw", "event", "record_type", "flow_type",
    ]

    func cells(of row: Row, received: Timestamp) -> [String] {
        switch layout {
        case .flow:
            [
                time(row, received), seconds(row),
                text(row, "sampler_address", "exporter", "peer_address"), transport(row),
                endpoint(row, "src_addr", "src_port"),
                endpoint(row, "dst_addr", "dst_port"), text(row, "packets"), text(row, "bytes"),
                text(row, "in_if_name", "in_if"), text(row, "out_if_name", "out_if"),
                endpoint(row, "post_nat_src_addr", "post_nat_src_port"),
                endpoint(row, "post_nat_dst_addr", "post_nat_dst_port"),
            ]
        case .firewall:
            [
                time(row, received), host(row), text(row, "chain"), text(row, "action"),
                text(row, "rule_prefix"), text(row, "in_if_name", "in_if"),
                text(row, "out_if_name", "out_if"), transport(row),
                endpoint(row, "src_addr", "src_port"), endpoint(row, "dst_addr", "dst_port"),
                endpoint(row, "post_nat_src_addr", "post_nat_src_port"),
                endpoint(row, "orig_dst_addr", "orig_dst_port"), text(row, "packet_length"),
            ]
        case .event:
            // `host` may be one that the message is about.
            [
                time(row, received), text(row, "hostname", "peer_address"), severity(row),
                event(row), text(row, "message"),
            ]
        case .log:
            [
                time(row, received), host(row), severity(row),
                text(row, "app_name", "ident", "program", "topics"),
                text(row, "message", "msg", "log", "raw"),
            ]
        case .other:
            [
                time(row, received), text(row, "record_type", "flow_type"),
                text(row, "sampler_address", "peer_address"),
                RecordText.json(row, received: received).printable,
            ]
        }
    }

    /// The first of the fields that is set.
    private func text(_ row: Row, _ names: String...) -> String {
        for name in names {
            guard let field = fields[name] else { continue }
            let text = RecordText.text(of: field.value(in: row))
            if !text.isEmpty { return text.printable }
        }
        return ""
    }

    /// What a message is about, or the topics that it came with: `route,ospf,info`.
    private func event(_ row: Row) -> String {
        let event = text(row, "event")
        return event.isEmpty ? text(row, "topics").filter { !"[]\"".contains($0) } : event
    }

    private func host(_ row: Row) -> String {
        text(row, "hostname", "host", "source_name", "peer_address")
    }

    /// `2026-11-23 18:04:05.678`.
    private func time(_ row: Row, _ received: Timestamp) -> String {
        var moment = row.eventTime
        if let field = fields["time_flow_start"],
            case .timestamp(let start) = field.value(in: row)
        {
            moment = start
        }
        let text = "\(moment ?? received)"
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(12))"
    }

    /// How long a flow was: `43.856`.
    private func seconds(_ row: Row) -> String {
        guard let milliseconds = Int(text(row, "duration_ms")), milliseconds >= 0 else { return "" }
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count)
            + fraction
    }

    private func endpoint(_ row: Row, _ address: String, _ port: String) -> String {
        let address = text(row, address)
        let port = text(row, port)
        if port.isEmpty || port == "0" { return address }
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    private func transport(_ row: Row) -> String {
        let name = text(row, "transport", "proto", "protocol")
        return Self.transportNames[name] ?? name.uppercased()
    }

    /// IANA protocol numbers that are seen often.
    private static let transportNames = [
        "1": "ICMP", "2": "IGMP", "6": "TCP", "17": "UDP", "41": "IPV6", "47": "GRE", "50": "ESP",
        "51": "AH", "58": "ICMPV6", "89": "OSPF", "103": "PIM", "112": "VRRP", "132": "SCTP",
    ]

    private func severity(_ row: Row) -> String {
        let name = text(row, "level", "severity_name", "severity")
        // RFC 5424 §6.2.1, table 2.
        let names = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"]
        if let number = Int(name), names.indices.contains(number) { return names[number] }
        return name
    }
}
