import Core

/// A counter record of fixed length: its bytes become part of the row as they are.
struct CounterFormat: Sendable {
    struct Field: Sendable {
        /// Empty for padding.
        var name: String
        var length: Int
        var encoding = Encoding.unsigned
    }

    let number: UInt32
    let part: SampleParts
    let fields: [Field]
    /// The bit of the first field in `SampleLayout.absent`.
    let firstBit: Int
    /// Bytes of the record; longer ones were extended by a later version.
    let length: Int

    /// The bits of fields whose value is all ones, which means that the agent does not have it.
    ///
    /// - Parameter record: at least `length` bytes.
    func absent(in record: RawSpan) -> UInt128 {
        var bits: UInt128 = 0
        var offset = 0
        var bit = firstBit
        for field in fields {
            let isAbsent =
                switch field.length {
                case 4: record.uint32(at: offset) == .max
                case 8: record.uint64(at: offset) == .max
                default: false
                }
            if isAbsent { bits |= 1 << UInt128(bit) }
            offset += field.length
            bit += 1
        }
        return bits
    }
}

extension CounterFormat {
    /// In the order of their parts.
    static let all: [CounterFormat] = {
        var firstBit = 0
        return tables.map { table in
            let made = CounterFormat(
                number: table.number, part: table.part, fields: table.fields, firstBit: firstBit,
                length: table.fields.reduce(0) { $0 + $1.length })
            firstBit += table.fields.count
            precondition(firstBit <= UInt128.bitWidth)
            return made
        }
    }()

    private static func u32(_ names: String...) -> [Field] {
        names.map { Field(name: $0, length: 4) }
    }

    private static func u64(_ names: String...) -> [Field] {
        names.map { Field(name: $0, length: 8) }
    }

    private static func float(_ names: String...) -> [Field] {
        names.map { Field(name: $0, length: 4, encoding: .float) }
    }

    private static let tables: [(number: UInt32, part: SampleParts, fields: [Field])] = [
        (1, .interfaceCounters, interface), (2, .ethernetCounters, ethernet),
        (5, .vlanCounters, vlan), (7, .aggregationCounters, aggregation),
        (1001, .processorCounters, processor), (1004, .openFlowPort, openFlowPort),
        (2003, .hostProcessor, hostProcessor), (2004, .hostMemory, hostMemory),
        (2005, .hostDisk, hostDisk), (2006, .hostNetwork, hostNetwork),
    ]

    /// `if_counters`, of RFC 2863.
    ///
    /// The status has bit 0 admin, bit 1 oper.
    private static let interface =
        u32("if_index", "if_type") + u64("if_speed") + u32("if_direction", "if_status")
        + u64("if_in_octets")
        + u32(
            "if_in_ucast_pkts", "if_in_multicast_pkts", "if_in_broadcast_pkts", "if_in_discards",
            "if_in_errors", "if_in_unknown_protos")
        + u64("if_out_octets")
        + u32(
            "if_out_ucast_pkts", "if_out_multicast_pkts", "if_out_broadcast_pkts",
            "if_out_discards", "if_out_errors", "if_promiscuous_mode")

    /// `ethernet_counters`, of RFC 3635.
    private static let ethernet = u32(
        "dot3_alignment_errors", "dot3_fcs_errors", "dot3_single_collision_frames",
        "dot3_multiple_collision_frames", "dot3_sqe_test_errors", "dot3_deferred_transmissions",
        "dot3_late_collisions", "dot3_excessive_collisions", "dot3_internal_mac_transmit_errors",
        "dot3_carrier_sense_errors", "dot3_frame_too_longs", "dot3_internal_mac_receive_errors",
        "dot3_symbol_errors")

    private static let vlan =
        u32("vlan_id") + u64("vlan_octets")
        + u32("vlan_ucast_pkts", "vlan_multicast_pkts", "vlan_broadcast_pkts", "vlan_discards")

    /// `lag_port_stats`, of IEEE 802.3ad.
    private static let aggregation =
        [
            Field(name: "lag_actor_system", length: 6, encoding: .mac), Field(name: "", length: 2),
            Field(name: "lag_partner_system", length: 6, encoding: .mac),
            Field(name: "", length: 2),
        ] + u32("lag_attached_index")
        + [
            Field(name: "lag_actor_admin_state", length: 1),
            Field(name: "lag_actor_oper_state", length: 1),
            Field(name: "lag_partner_admin_state", length: 1),
            Field(name: "lag_partner_oper_state", length: 1),
        ]
        + u32(
            "lag_pdus_rx", "lag_marker_pdus_rx", "lag_marker_response_pdus_rx", "lag_unknown_rx",
            "lag_illegal_rx", "lag_pdus_tx", "lag_marker_pdus_tx", "lag_marker_response_pdus_tx")

    /// Load in hundredths of a percent, memory in bytes.
    private static let processor =
        u32("cpu_5s", "cpu_1m", "cpu_5m") + u64("memory_total", "memory_free")

    private static let openFlowPort = u64("openflow_datapath_id") + u32("openflow_port")

    /// Times in milliseconds.
    private static let hostProcessor =
        float("host_load_one", "host_load_five", "host_load_fifteen")
        + u32(
            "host_proc_run", "host_proc_total", "host_cpu_num", "host_cpu_speed", "host_uptime",
            "host_cpu_user", "host_cpu_nice", "host_cpu_system", "host_cpu_idle", "host_cpu_wio",
            "host_cpu_intr", "host_cpu_sintr", "host_interrupts", "host_contexts")

    private static let hostMemory =
        u64(
            "host_mem_total", "host_mem_free", "host_mem_shared", "host_mem_buffers",
            "host_mem_cached", "host_swap_total", "host_swap_free")
        + u32("host_page_in", "host_page_out", "host_swap_in", "host_swap_out")

    /// The fullest partition in hundredths of a percent.
    private static let hostDisk =
        u64("host_disk_total", "host_disk_free") + u32("host_part_max_used", "host_disk_reads")
        + u64("host_disk_bytes_read") + u32("host_disk_read_time", "host_disk_writes")
        + u64("host_disk_bytes_written") + u32("host_disk_write_time")

    private static let hostNetwork =
        u64("host_net_bytes_in") + u32("host_net_pkts_in", "host_net_errs_in", "host_net_drops_in")
        + u64("host_net_bytes_out")
        + u32("host_net_pkts_out", "host_net_errs_out", "host_net_drops_out")
}
