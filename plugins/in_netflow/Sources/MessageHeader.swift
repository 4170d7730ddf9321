import Core

/// The header of a NetFlow packet, IPFIX message or sFlow datagram, as far as records need it.
struct MessageHeader {
    /// NetFlow v9 source id, IPFIX observation domain, v5 and v8 engine type and engine id, sFlow
    /// sub-agent.
    var domain: UInt32
    var sequence: UInt32
    /// Milliseconds since the exporter started; 0 in IPFIX.
    var uptime: UInt32
    var exported: Timestamp
    /// 1-in-N from a NetFlow v5 header; 0 when not stated.
    var samplingRate: UInt32
    /// By what a NetFlow v8 packet sums up flows; 0 in other versions.
    var aggregation: UInt8 = 0
    /// `exported`, as exact as the exporter's uptime where `exported` shows whole seconds.
    var clock: Timestamp

    /// NetFlow v1, v5, v7 and v8: version u16, count u16, uptime u32, seconds u32,
    /// nanoseconds u32; then, but for v1, sequence u32.
    ///
    /// v5 and v8 go on with engine type u8, engine id u8; v5 with sampling u16 (mode in the top 2
    /// bits), v8 with aggregation u8, its version u8.
    ///
    /// - Parameter bytes: at least the version's header.
    init(_ version: FlowProtocol, _ bytes: RawSpan) {
        uptime = bytes.uint32(at: 4)
        exported = Timestamp(
            seconds: Int64(bytes.uint32(at: 8)), nanoseconds: Int64(bytes.uint32(at: 12)))
        sequence = version.hasSequence ? bytes.uint32(at: 16) : 0
        domain = version.hasDomain ? UInt32(bytes.uint16(at: 20)) : 0
        samplingRate = version == .netflowV5 ? UInt32(bytes.uint16(at: 22) & 0x3fff) : 0
        clock = exported
        if version == .netflowV8 { aggregation = bytes.byte(at: 22) }
    }

    /// NetFlow v9 (RFC 3954 §5.1): version u16, count u16, uptime u32, seconds u32, sequence u32,
    /// source id u32.
    ///
    /// - Parameter bytes: at least 20.
    init(netflowV9 bytes: RawSpan) {
        uptime = bytes.uint32(at: 4)
        exported = Timestamp(seconds: Int64(bytes.uint32(at: 8)))
        sequence = bytes.uint32(at: 12)
        domain = bytes.uint32(at: 16)
        samplingRate = 0
        clock = exported
    }

    /// sFlow version 5, behind the agent's address: sub-agent u32, sequence u32, uptime u32.
    ///
    /// - Parameter bytes: at least 12. They do not tell when the datagram was sent.
    init(sflow bytes: RawSpan) {
        domain = bytes.uint32(at: 0)
        sequence = bytes.uint32(at: 4)
        uptime = bytes.uint32(at: 8)
        exported = Timestamp(nanoseconds: 0)
        samplingRate = 0
        clock = exported
    }

    /// IPFIX (RFC 7011 §3.1): version u16, length u16, export seconds u32, sequence u32, domain u32.
    ///
    /// - Parameter bytes: at least 16.
    init(ipfix bytes: RawSpan) {
        uptime = 0
        exported = Timestamp(seconds: Int64(bytes.uint32(at: 4)))
        sequence = bytes.uint32(at: 8)
        domain = bytes.uint32(at: 12)
        samplingRate = 0
        clock = exported
    }
}
