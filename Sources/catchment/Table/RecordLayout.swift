import Codec
import Core

/// The kinds of records that have a table of their own, and its columns.
enum RecordLayout: Int, CaseIterable {
    case flow, firewall, log, other

    /// Chooses by the fields that a shape has.
    init(_ shape: Shape) {
        func has(_ names: String...) -> Bool {
            names.contains { FieldLookup($0).resolve(in: shape) != nil }
        }
        if has("src_addr"), has("bytes", "packets", "flow_type") {
            self = .flow
        } else if has("chain"), has("src_addr") {
            self = .firewall
        } else if has("message", "log", "msg", "raw") {
            self = .log
        } else {
            self = .other
        }
    }

    var columns: [TextTable.Column] {
        switch self {
        case .flow:
            [
                .init("START"), .init("EXPORTER"), .init("PROTO"), .init("SOURCE"),
                .init("DESTINATION"), .init("PACKETS", .right), .init("BYTES", .right),
                .init("IN", .right), .init("OUT", .right), .init("NAT SOURCE"),
                .init("NAT DESTINATION"),
            ]
        case .firewall:
            [
                .init("TIME"), .init("HOST"), .init("CHAIN"), .init("ACTION"), .init("RULE"),
                .init("IN"), .init("OUT"), .init("PROTO"), .init("SOURCE"), .init("DESTINATION"),
                .init("NAT SOURCE"), .init("NAT DESTINATION"), .init("LENGTH", .right),
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
