import Codec
import Core

/// The kinds of records that have a table of their own, and its columns.
enum RecordLayout: Int, CaseIterable {
    case flow, firewall, event, log, other

    /// Chooses by the fields that a shape has.
    init(_ shape: Shape) {
        // Whether a `fields` map has a name is known of rows only.
        func has(_ names: String...) -> Bool {
            names.contains { FieldPath($0)?.resolve(in: shape) != nil }
        }
        if has("chain"), has("src_addr") {
            self = .firewall
        } else if has("src_addr"), has("bytes", "packets", "flow_type") {
            self = .flow
        } else if has("topics"), has("message") {
            self = .event
        } else if has("message", "log", "msg", "raw") {
            self = .log
        } else {
            self = .other
        }
    }

    var columns: [RecordTable.Column] {
        switch self {
        case .flow:
            [
                .init("START", rank: 1), .init("SECONDS", .right, rank: 4),
                .init("EXPORTER", rank: 5), .init("PROTO"), .init("SOURCE"), .init("DESTINATION"),
                .init("PACKETS", .right), .init("BYTES", .right), .init("IN", .right, rank: 2),
                .init("OUT", .right, rank: 3), .init("NAT SOURCE", rank: 6),
                .init("NAT DESTINATION", rank: 7),
            ]
        case .firewall:
            [
                .init("TIME"), .init("HOST", rank: 6), .init("CHAIN", rank: 1), .init("ACTION"),
                .init("RULE", rank: 2), .init("IN", rank: 3), .init("OUT", rank: 4),
                .init("PROTO"), .init("SOURCE"), .init("DESTINATION"),
                .init("NAT SOURCE", rank: 7), .init("NAT DESTINATION", rank: 8),
                .init("LENGTH", .right, rank: 5),
            ]
        case .event:
            [
                .init("TIME"), .init("HOST"), .init("SEVERITY"), .init("EVENT"), .init("MESSAGE"),
            ]
        case .log:
            [
                .init("TIME"), .init("HOST"), .init("SEVERITY"), .init("APP"), .init("MESSAGE"),
            ]
        case .other: [.init("TIME"), .init("TYPE"), .init("SENDER"), .init("FIELDS")]
        }
    }
}

/// A field that may stand at the top of a record or inside its `fields` map.
struct FieldLookup {
    let name: String

    init(_ name: String) { self.name = name }

    func resolve(in shape: Shape) -> ResolvedField? {
        FieldPath(name)?.resolve(in: shape)
            ?? FieldPath("$fields['\(name)']")?.resolve(in: shape)
    }
}
