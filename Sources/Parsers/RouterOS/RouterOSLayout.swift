import Core

/// Where the values of a RouterOS record lie, and the shapes that say so.
///
/// Rows carry the whole line as their variable part, then what had to be written anew: arrays,
/// lower-case names, unescaped texts.
struct RouterOSLayout {
    /// What the message is about, as far as it was understood.
    enum Event: Int, CaseIterable {
        case other, firewall, login, logout, loginFailed

        var name: String? {
            switch self {
            case .other: nil
            case .firewall: "firewall"
            case .login: "login"
            case .logout: "logout"
            case .loginFailed: "login_failed"
            }
        }
    }

    /// How much of the line was understood.
    enum Status: String, CaseIterable {
        case ok, partial, raw

        var problem: ErrorCode? {
            switch self {
            case .ok: nil
            case .partial: .routerosPartial
            case .raw: .routerosNoForm
            }
        }
    }

    struct Key: Hashable {
        var event: Event
        var status: Status
        var hasDeviceTime: Bool

        var index: Int {
            let statusIndex = status == .ok ? 0 : status == .partial ? 1 : 2
            return (event.rawValue * 3 + statusIndex) * 2 + (hasDeviceTime ? 1 : 0)
        }

        static let count = Event.allCases.count * 6
    }

    /// The first 48 bytes are those of `SyslogLayout`, but for `pieces`.
    enum Place {
        /// In `SyslogLayout` how often a message was repeated.
        static let pieces = SyslogLayout.Place.repeatCount
        /// 0x100 | severity, or 0 for none.
        static let severity = 44
        static let message = 48
        static let hostname = 56
        static let topics = 64
        static let messagePrefix = 72
        static let product = 80
        static let productVersion = 88
        static let fields = 96
        static let source = 104
        static let sourceMAC = 120
        static let userName = 128
        // Logins only.
        static let service = 136
        // Firewall only.
        static let destination = 136
        static let translatedSource = 152
        static let originalDestination = 168
        static let sourcePort = 184
        static let destinationPort = 186
        static let translatedSourcePort = 188
        static let originalDestinationPort = 190
        /// 0x100 | value, or 0 for none.
        static let icmpType = 192
        static let icmpCode = 194
        static let tcpFlags = 196
        static let packetLength = 200
        static let rulePrefix = 208
        static let action = 216
        static let chain = 224
        static let inInterface = 232
        static let outInterface = 240
        static let connectionState = 248
        static let connectionMark = 256
        static let transport = 264

        /// A field of a message pattern.
        static func field(_ index: Int) -> Int { source + index * Slot.byteCount }
    }

    let shape: Shape
    let rowLength: Int

    /// Bytes that the fixed parts of all records begin with.
    static let headLength = Place.source
    /// Bytes of the fixed part of firewall records.
    static let firewallLength = Place.transport + Slot.byteCount

    init(_ key: Key) {
        var fields: [Column] = []
        switch key.event {
        case .other: rowLength = Self.headLength
        case .firewall:
            fields = Self.firewallColumns(from: Self.headCount(hasDeviceTime: key.hasDeviceTime))
            rowLength = Self.firewallLength
        case .login, .logout, .loginFailed:
            fields = Self.loginColumns
            rowLength = Place.service + Slot.byteCount
        }
        shape = Self.shape(
            fields, event: key.event.name, status: key.status, hasDeviceTime: key.hasDeviceTime,
            rowLength: rowLength)
    }

    /// The layout of the messages of a pattern's event: a slot for every field.
    init(_ event: MessagePatternSet.Event, hasDeviceTime: Bool) {
        let fields = event.columns.enumerated().map { index, column in
            Column(column.name, column.encoding, .slot(offset: Place.field(index)))
        }
        rowLength = Place.field(fields.count)
        shape = Self.shape(
            fields, event: event.name, status: .ok, hasDeviceTime: hasDeviceTime,
            rowLength: rowLength)
    }

    private static func headCount(hasDeviceTime: Bool) -> Int {
        headColumns(hasDeviceTime: hasDeviceTime).count
    }

    private static func shape(
        _ fields: [Column], event: String?, status: Status, hasDeviceTime: Bool, rowLength: Int
    ) -> Shape {
        var columns = headColumns(hasDeviceTime: hasDeviceTime) + fields
        columns.append(text("message", Place.message))
        if let event { columns.append(.literal("event", text: event)) }
        columns.append(.literal("format", text: "routeros"))
        columns.append(.literal("vendor", text: "MikroTik"))
        if status != .ok { columns.append(.literal("parse_status", text: status.rawValue)) }
        if let problem = status.problem {
            columns.append(.literal("parse_error", text: problem.text))
        }
        columns += tailColumns
        return .known(
            columns: columns, rowLength: rowLength, hasVariablePart: true,
            constantsLength: SyslogLayout.constantsLength, timeColumn: 1)
    }

    private static func text(_ name: String, _ place: Int) -> Column {
        Column(name, .text, .slot(offset: place))
    }

    private static func number(_ name: String, _ place: Int, _ length: Int) -> Column {
        Column(name, .unsigned, .row(offset: place, length: length), zeroIsNull: true)
    }

    private static func address(_ name: String, _ place: Int) -> Column {
        Column(name, .address, .row(offset: place, length: 16), zeroIsNull: true)
    }

    /// A hidden number with bit 8 set when there is one, and the column that shows its low byte.
    private static func flagged(_ name: String, _ place: Int, at index: Int) -> [Column] {
        var hidden = number(name, place, 2)
        hidden.isHidden = true
        return [
            hidden,
            Column(name, .unsigned, .derived(.bits(of: index, shift: 0, mask: 0xff))),
        ]
    }

    private static func headColumns(hasDeviceTime: Bool) -> [Column] {
        var columns = SyslogLayout.timeColumns(hasDeviceTime: hasDeviceTime)
        columns.append(text("hostname", Place.hostname))
        columns.append(Column("topics", .nested, .slot(offset: Place.topics)))
        let first = columns.count
        columns += [
            number("priority", SyslogLayout.Place.priority, 2),
            number("severity_bits", Place.severity, 2),
            Column("facility", .unsigned, .derived(.bits(of: first, shift: 3, mask: 31))),
            Column("facility_name", .text, .derived(.name(of: first + 2, table: .facility))),
            Column("severity", .unsigned, .derived(.bits(of: first + 1, shift: 0, mask: 7))),
            Column("severity_name", .text, .derived(.name(of: first + 4, table: .severity))),
        ]
        for index in first...first + 1 { columns[index].isHidden = true }
        columns.append(text("message_prefix", Place.messagePrefix))
        return columns
    }

    private static let loginColumns = [
        text("user_name", Place.userName), text("service", Place.service),
        address("src_addr", Place.source),
        Column("src_mac", .mac, .row(offset: Place.sourceMAC, length: 6), zeroIsNull: true),
    ]

    private static func firewallColumns(from index: Int) -> [Column] {
        [
            text("rule_prefix", Place.rulePrefix), text("action", Place.action),
            text("chain", Place.chain), text("in_if_name", Place.inInterface),
            text("out_if_name", Place.outInterface),
            Column("connection_state", .nested, .slot(offset: Place.connectionState)),
            text("connection_mark", Place.connectionMark),
            Column("src_mac", .mac, .row(offset: Place.sourceMAC, length: 6), zeroIsNull: true),
            text("transport", Place.transport),
        ] + flagged("tcp_flags", Place.tcpFlags, at: index + 9)
            + flagged("icmp_type", Place.icmpType, at: index + 11)
            + flagged("icmp_code", Place.icmpCode, at: index + 13) + [
                address("src_addr", Place.source), number("src_port", Place.sourcePort, 2),
                address("dst_addr", Place.destination),
                number("dst_port", Place.destinationPort, 2),
                address("post_nat_src_addr", Place.translatedSource),
                number("post_nat_src_port", Place.translatedSourcePort, 2),
                address("orig_dst_addr", Place.originalDestination),
                number("orig_dst_port", Place.originalDestinationPort, 2),
                number("packet_length", Place.packetLength, 4),
                text("user_name", Place.userName),
            ]
    }

    private static let tailColumns: [Column] = [
        text("product", Place.product), text("product_version", Place.productVersion),
        Column("fields", .nested, .slot(offset: Place.fields)),
        Column(
            "truncated", .ipfixBoolean,
            .row(offset: SyslogLayout.Place.isTruncated, length: 1)),
        number("joined", Place.pieces, 4),
        // `transport` is the packet's in firewall records.
        Column("peer_transport", .paddedText, .constant(offset: 8, length: 4)),
        address("peer_address", SyslogLayout.Place.peerHigh),
        number("peer_port", SyslogLayout.Place.peerPort, 2),
    ]
}
