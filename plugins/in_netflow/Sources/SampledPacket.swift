import Core

/// What an sFlow sample tells about its packet, from the packet's header or as the agent read it.
///
/// `parts` says which of the values are set.
struct SampledPacket {
    /// What an MPLS stack may have; deeper labels are not kept.
    static let labelLimit = 4

    var parts: SampleParts = []
    var frameLength: UInt32 = 0
    /// The low 48 bits.
    var destinationMAC: UInt64 = 0
    var sourceMAC: UInt64 = 0
    /// Of what the innermost tag holds.
    var etherType: UInt16 = 0
    /// Tag control information: priority (3 bits), drop eligible (1), VLAN (12).
    var tag: UInt16 = 0
    var innerTag: UInt16 = 0
    /// Label stack entries, the top first (RFC 3032 §2.1).
    var labels = SIMD4<UInt32>()
    var source = IPAddress.any
    var destination = IPAddress.any
    /// Bytes of the packet with its IP header; 0 when it does not tell.
    var length: UInt32 = 0
    var protocolNumber: UInt8 = 0
    /// IPv4 type of service, IPv6 traffic class.
    var typeOfService: UInt8 = 0
    var timeToLive: UInt8 = 0
    var flowLabel: UInt32 = 0
    var fragmentID: UInt32 = 0
    /// In units of 8 bytes.
    var fragmentOffset: UInt16 = 0
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    var tcpFlags: UInt16 = 0
    var icmpType: UInt8 = 0
    var icmpCode: UInt8 = 0
    /// Whether `inner...` are read when the packet is a tunnel's.
    var readsTunnels = false
    var innerSource = IPAddress.any
    var innerDestination = IPAddress.any
    var innerProtocol: UInt8 = 0
    var innerSourcePort: UInt16 = 0
    var innerDestinationPort: UInt16 = 0

    var hasNetworkLayer: Bool { parts.contains(.network) }
}

// MARK: Records that agents read the packet into

extension SampledPacket {
    /// Sampled Ethernet: length, source and destination (6 bytes and 2 of padding each), type.
    ///
    /// - Parameter record: at least 24 bytes.
    mutating func readEthernetRecord(_ record: RawSpan) {
        if !parts.contains(.frame) { frameLength = record.uint32(at: 0) }
        parts.insert(.frame)
        guard !parts.contains(.ethernet) else { return }
        sourceMAC = record.uint64(at: 4) >> 16
        destinationMAC = record.uint64(at: 12) >> 16
        etherType = UInt16(truncatingIfNeeded: record.uint32(at: 20))
        parts.formUnion([.ethernet, .etherType])
    }

    /// Sampled IPv4 or IPv6: length, protocol, addresses, ports, TCP flags, type of service or
    /// priority.
    ///
    /// - Parameters:
    ///   - record: at least 32 or 56 bytes.
    ///   - addressLength: 4 or 16.
    mutating func readAddressesRecord(_ record: RawSpan, addressLength: Int) {
        // The header itself says more.
        guard !hasNetworkLayer else { return }
        guard let source = IPAddress(record.extracting(8..<8 + addressLength)),
            let destination = IPAddress(
                record.extracting(8 + addressLength..<8 + 2 * addressLength))
        else { return }
        self.source = source
        self.destination = destination
        let rest = 8 + 2 * addressLength
        length = record.uint32(at: 0)
        protocolNumber = UInt8(truncatingIfNeeded: record.uint32(at: 4))
        typeOfService = UInt8(truncatingIfNeeded: record.uint32(at: rest + 12))
        parts.formUnion([.network, addressLength == 4 ? .ipv4 : .ipv6])
        switch IPProtocol(rawValue: protocolNumber) {
        case .icmp?, .icmpv6?:
            // The specification tells what ports are for TCP and UDP only.
            break
        case let known?:
            sourcePort = UInt16(truncatingIfNeeded: record.uint32(at: rest))
            destinationPort = UInt16(truncatingIfNeeded: record.uint32(at: rest + 4))
            parts.insert(.ports)
            guard known == .tcp else { break }
            tcpFlags = UInt16(truncatingIfNeeded: record.uint32(at: rest + 8))
            parts.insert(.tcp)
        case nil: break
        }
    }
}
