import Core

/// Makes the shape of a layout: the columns of its parts, where `SampleRecords` puts the values.
struct SampleShape {
    private let layout: SampleLayout
    private var columns: [Column] = []
    private var members: [Column] = []
    private var offset = 0
    /// The columns that estimates are made of.
    private var rate: Int?
    private var packets: Int?
    private var bytes: Int?

    static func make(_ layout: SampleLayout, _ options: ShapeOptions) -> Shape {
        var made = SampleShape(layout)
        return options.profile.apply(to: made.compile(estimates: options.estimates))
    }

    private init(_ layout: SampleLayout) { self.layout = layout }

    private mutating func compile(estimates: Bool) -> Shape {
        let received = addHeader()
        addSample()
        addPacket()
        if estimates { addEstimates() }
        addExtensions()
        for format in CounterFormat.all where has(format.part) { add(format) }
        addTexts()
        return .known(
            columns: columns + members, rowLength: offset, hasVariablePart: layout.isVariable,
            constantsLength: has(.named)
                ? SampleConstants.namedByteCount : SampleConstants.byteCount,
            timeColumn: received)
    }

    // MARK: The sample

    private var recordType: String {
        if has(.counterSample) { return "counters" }
        return has(.discardSample) ? "discard" : "flow"
    }

    /// - Returns: the column of the time received; datagrams do not tell when they were sent.
    private mutating func addHeader() -> Int {
        add(.literal("record_type", text: recordType))
        add(.literal("flow_type", text: FlowProtocol.sflow.name))
        let received = add(Column("time_received", .nanoseconds, SampleConstants.received))
        if !has(.counterSample) {
            // A sample is one moment.
            add(Column("time_flow_start", .nanoseconds, SampleConstants.received))
            add(Column("time_flow_end", .nanoseconds, SampleConstants.received))
            add(.literal("time_source", text: "received"))
        }
        add(Column("sampler_address", .address, SampleConstants.agent))
        if has(.named) { add(Column("sampler_name", .paddedText, SampleConstants.name)) }
        add(Column("peer_address", .address, SampleConstants.peer))
        add(Column("peer_port", .unsigned, SampleConstants.peerPort, zeroIsNull: true))
        add(Column("observation_domain_id", .unsigned, SampleConstants.subAgent))
        add(Column("sequence_num", .unsigned, SampleConstants.sequence))
        add(Column("sampler_uptime_ms", .unsigned, SampleConstants.uptime))
        return received
    }

    private mutating func addSample() {
        field("sample_sequence_num", 4)
        field("source_id_type", 4)
        field("source_id_index", 4)
        if has(.flowSample) {
            addRate()
            field("sample_pool", 4)
            field("sample_drops", 4)
        }
        if has(.discardSample) {
            field("sample_drops", 4)
            field("drop_reason", 4)
        }
        guard has(.interfaces) else { return }
        field("in_if", 4, zeroIsNull: true)
        if has(.discarded) {
            // Element 89: status "dropped", reason unknown; sFlow has reasons of its own.
            add(Column("forwarding_status", .unsigned, .literal([0x80])))
            field("drop_reason", 4)
        } else if has(.multipleOutputs) {
            field("out_if_count", 4, zeroIsNull: true)
        } else {
            field("out_if", 4, zeroIsNull: true)
        }
    }

    private mutating func addRate() {
        if has(.configuredRate) {
            field("agent_sampling_rate", 4)
            rate = add(Column("sampling_rate", .unsigned, SampleConstants.samplingRate))
            add(.literal("sampling_source", text: Sampling.Source.config.name))
        } else {
            rate = field("sampling_rate", 4, zeroIsNull: true)
            add(.literal("sampling_source", text: Sampling.Source.record.name))
        }
    }

    private mutating func addEstimates() {
        guard let rate else { return }
        if let bytes {
            add(Column("bytes_est", .unsigned, .derived(.product(of: bytes, by: rate))))
        }
        if let packets {
            add(Column("packets_est", .unsigned, .derived(.product(of: packets, by: rate))))
        }
    }

    // MARK: The packet

    private mutating func addPacket() {
        if has(.flowSample) { packets = add(Column("packets", .unsigned, .literal([1]))) }
        if has(.frame) { field("frame_bytes", 4) }
        if has(.ethernet) {
            field("dst_mac", 6, .mac)
            field("src_mac", 6, .mac)
        }
        if has(.etherType) { field("etype", 2) }
        if has(.tag) { addTag("dot1qVlanId", "dot1qPriority", isOuter: true) }
        if has(.innerTag) { addTag("dot1qCustomerVlanId", "dot1qCustomerPriority") }
        if has(.labels) { addLabels() }
        if has(.ipv4) || has(.ipv6) {
            let length = has(.ipv4) ? 4 : 16
            field("src_addr", length, .address)
            field("dst_addr", length, .address)
        }
        if has(.network) {
            bytes = field("bytes", 4, zeroIsNull: true)
            let number = field("proto", 1)
            add(Column("transport", .text, .derived(.name(of: number, table: .transport))))
            field("ip_tos", 1)
            if !has(.etherType) {
                let type: [UInt8] = has(.ipv4) ? [0x08, 0x00] : [0x86, 0xdd]
                add(Column("etype", .unsigned, .literal(type)))
            }
        }
        if has(.timeToLive) { field("ip_ttl", 1) }
        if has(.flowLabel) { field("ipv6_flow_label", 4) }
        if has(.fragment) {
            field("fragment_id", 4)
            field("fragment_offset", 2)
        }
        if has(.ports) {
            field("src_port", 2)
            field("dst_port", 2)
        }
        if has(.tcp) { field("tcp_flags", 2) }
        if has(.icmp) {
            field("icmp_type", 1)
            field("icmp_code", 1)
        }
        if has(.innerIPv4) || has(.innerIPv6) {
            let length = has(.innerIPv4) ? 4 : 16
            field("inner_src_addr", length, .address)
            field("inner_dst_addr", length, .address)
            field("inner_proto", 1)
        }
        if has(.innerPorts) {
            field("inner_src_port", 2)
            field("inner_dst_port", 2)
        }
    }

    private mutating func addTag(_ identifier: String, _ priority: String, isOuter: Bool = false) {
        let control = field("tag", 2, hidden: true)
        let vlan = Derivation.bits(of: control, shift: 0, mask: 0xfff)
        if isOuter, !has(.switched) { add(Column("src_vlan", .unsigned, .derived(vlan))) }
        members.append(Column("ie", member: identifier, .unsigned, .derived(vlan)))
        members.append(
            Column(
                "ie", member: priority, .unsigned,
                .derived(.bits(of: control, shift: 13, mask: 7))))
    }

    private mutating func addLabels() {
        let labels = (0..<SampledPacket.labelLimit).map { _ -> Int in
            let entry = field("label", 4, hidden: true, zeroIsNull: true)
            return add(
                Column(
                    "label", .unsigned, .derived(.bits(of: entry, shift: 12, mask: 0xf_ffff)),
                    hidden: true))
        }
        add(Column("mpls_label", .nested, .derived(.list(labels))))
    }

    // MARK: What the agent knows beside

    private mutating func addExtensions() {
        if has(.switched) {
            field("src_vlan", 4)
            field("dst_vlan", 4)
        }
        if has(.routed) {
            field("next_hop", 16, .address, zeroIsNull: true)
            field("src_net", 4)
            field("dst_net", 4)
        }
        if has(.gateway) {
            field("bgp_next_hop", 16, .address, zeroIsNull: true)
            field("router_as", 4, zeroIsNull: true)
            field("src_as", 4, zeroIsNull: true)
            field("src_peer_as", 4, zeroIsNull: true)
            field("dst_peer_as", 4, zeroIsNull: true)
            field("dst_as", 4, zeroIsNull: true)
            field("bgp_local_pref", 4)
        }
        if has(.translated) {
            field("post_nat_src_addr", 16, .address, zeroIsNull: true)
            field("post_nat_dst_addr", 16, .address, zeroIsNull: true)
        }
        if has(.translatedPorts) {
            field("post_nat_src_port", 4)
            field("post_nat_dst_port", 4)
        }
        if has(.egressVNI) { field("out_vni", 4) }
        if has(.ingressVNI) { field("in_vni", 4) }
    }

    private mutating func addTexts() {
        if has(.hostDescription) {
            field("host_uuid", 16, .bytes, zeroIsNull: true)
            field("host_machine_type", 4)
            field("host_os", 4)
        }
        if has(.gateway) {
            slot("as_path", .nested)
            slot("bgp_communities", .nested)
        }
        if has(.user) {
            slot("user_name", .text)
            slot("dst_user_name", .text)
        }
        if has(.url) {
            slot("url", .text)
            slot("url_host", .text)
        }
        if has(.interfaceNames) {
            slot("in_if_name", .text)
            slot("out_if_name", .text)
        }
        if has(.portName) { slot("if_name", .text) }
        if has(.hostDescription) {
            slot("host_name", .text)
            slot("host_os_release", .text)
        }
    }

    // MARK: Counters

    private mutating func add(_ format: CounterFormat) {
        for (index, field) in format.fields.enumerated() {
            let isAbsent = layout.absent >> UInt128(format.firstBit + index) & 1 == 1
            if field.name.isEmpty || isAbsent {
                offset += field.length
            } else {
                self.field(field.name, field.length, field.encoding)
            }
        }
    }

    // MARK: Columns

    private func has(_ part: SampleParts) -> Bool { layout.parts.contains(part) }

    @discardableResult
    private mutating func add(_ column: Column) -> Int {
        columns.append(column)
        return columns.count - 1
    }

    /// Adds the column of the next bytes of the row.
    @discardableResult
    private mutating func field(
        _ name: String, _ length: Int, _ encoding: Encoding = .unsigned, hidden: Bool = false,
        zeroIsNull: Bool = false
    ) -> Int {
        defer { offset += length }
        return add(
            Column(
                name, encoding, .row(offset: offset, length: length), hidden: hidden,
                zeroIsNull: zeroIsNull))
    }

    private mutating func slot(_ name: String, _ encoding: Encoding) {
        add(Column(name, encoding, .slot(offset: offset)))
        offset += Slot.byteCount
    }
}
