import Core

extension SyslogLayout.Key {
    /// What the record says in `format`: the form of its header, or that of a body without one.
    var formatName: String {
        if format == .bare, let body { return body.name }
        return "\(format)"
    }

    /// What the record says in `parse_status`.
    var status: String {
        switch problem {
        case _ where format == .raw: "raw"
        // All of it was understood.
        case nil, .syslogLongField: "ok"
        default: "partial"
        }
    }
}

/// Places of what a body says; each kind has as many of them as it needs.
private enum BodyPlace {
    static let fields = 0
    static let vendor = 8
    static let product = 16
    static let event = 24
    static let productVersion = 32
    static let eventName = 40
    static let eventSeverity = 48
}

extension SyslogBody.Format {
    /// Bytes of its places in the fixed part.
    var byteCount: Int {
        switch self {
        case .json: BodyPlace.vendor
        case .kv: BodyPlace.productVersion
        case .leef: BodyPlace.eventName
        case .cef: BodyPlace.eventSeverity + Slot.byteCount
        }
    }
}

/// What vendors' tags and bodies add to a record.
extension SyslogLayout {
    /// Like those of other records; a tag's severity goes before that of the PRI.
    static func taggedPriorityColumns(hiddenAt index: Int) -> [Column] {
        var columns = [
            Column(
                "priority", .unsigned, .row(offset: Place.priority, length: 2), zeroIsNull: true),
            Column(
                "tag_severity", .unsigned, .row(offset: Place.tagSeverity, length: 1),
                zeroIsNull: true),
            Column("header_severity", .unsigned, .derived(.bits(of: index, shift: 0, mask: 7))),
            Column("tag_level", .unsigned, .derived(.bits(of: index + 1, shift: 0, mask: 7))),
            Column("facility", .unsigned, .derived(.bits(of: index, shift: 3, mask: 31))),
            Column("facility_name", .text, .derived(.name(of: index + 4, table: .facility))),
            Column("severity", .unsigned, .derived(.first([index + 3, index + 2]))),
            Column("severity_name", .text, .derived(.name(of: index + 6, table: .severity))),
        ]
        for hidden in 0..<4 { columns[hidden].isHidden = true }
        return columns
    }

    static func vendorColumns(_ vendor: VendorTag.Vendor, at start: Int) -> [Column] {
        func text(_ name: String, _ place: Int) -> Column {
            Column(name, .text, .slot(offset: start + place))
        }
        return [
            .literal("vendor", text: vendor.name),
            text("vendor_facility", VendorPlace.facility),
            text("vendor_subfacility", VendorPlace.subfacility),
            text("node", VendorPlace.node),
            text("device_uptime", VendorPlace.uptime),
            Column(
                "log_sequence", .unsigned, .row(offset: start + VendorPlace.logNumber, length: 4),
                zeroIsNull: true),
        ]
    }

    static func bodyColumns(_ body: SyslogBody.Format, at start: Int) -> [Column] {
        let texts = [
            ("vendor", BodyPlace.vendor), ("product", BodyPlace.product),
            ("product_version", BodyPlace.productVersion), ("event", BodyPlace.event),
            ("event_name", BodyPlace.eventName), ("event_severity", BodyPlace.eventSeverity),
        ]
        return texts.filter { $0.1 < body.byteCount }.map { name, place in
            Column(name, .text, .slot(offset: start + place))
        } + [
            Column("fields", .nested, .slot(offset: start + BodyPlace.fields)),
            .literal("body_format", text: body.name),
        ]
    }

    func store(_ vendor: VendorFields, into row: inout MutableRawSpan) {
        if let severity = vendor.severity { row.store(0x10 | severity, at: Place.tagSeverity) }
        row.store(vendor.facility, at: vendorStart &+ VendorPlace.facility)
        row.store(vendor.subfacility, at: vendorStart &+ VendorPlace.subfacility)
        row.store(vendor.node, at: vendorStart &+ VendorPlace.node)
        row.store(vendor.uptime, at: vendorStart &+ VendorPlace.uptime)
        if vendor.logNumber != 0 {
            row.store(vendor.logNumber, at: vendorStart &+ VendorPlace.logNumber)
        }
    }

    func store(_ values: SyslogBody.Values, into row: inout MutableRawSpan) {
        guard let body else { return }
        row.store(values.fields, at: bodyStart &+ BodyPlace.fields)
        if body == .json { return }
        row.store(values.vendor, at: bodyStart &+ BodyPlace.vendor)
        row.store(values.product, at: bodyStart &+ BodyPlace.product)
        row.store(values.event, at: bodyStart &+ BodyPlace.event)
        if body == .kv { return }
        row.store(values.productVersion, at: bodyStart &+ BodyPlace.productVersion)
        guard body == .cef else { return }
        row.store(values.eventName, at: bodyStart &+ BodyPlace.eventName)
        row.store(values.eventSeverity, at: bodyStart &+ BodyPlace.eventSeverity)
    }
}
