import Core

/// Takes packets apart down to UDP, puts fragments together, and counts what is neither.
struct PacketDissector {
    private var fragments = FragmentStore()

    /// Calls `body` with the packet's UDP payload if it has one or completes one.
    ///
    /// - Parameter offset: where the packet stands in the file.
    mutating func dissect(
        _ frame: RawSpan, of packet: CapturedPacket, at offset: Int,
        _ summary: inout CaptureSummary, _ body: (Datagram, RawSpan) -> Void
    ) {
        let isCut = packet.length < packet.originalLength
        if isCut { summary.truncated += 1 }
        switch packet.link.payload(of: frame) {
        case .ip(let start):
            do {
                let bytes = frame.extracting(start..<frame.byteCount)
                try dissect(ip: bytes, of: packet, at: offset, &summary, body)
            } catch {
                // A header cut off by the snap length is counted as truncated already.
                if error.code == .captureTruncated && isCut { return }
                summary.add(DecodeError(.captureBadPacket, at: offset + start + error.offset))
            }
        case .other: summary.otherPackets += 1
        case .truncated:
            if !isCut { summary.add(DecodeError(.captureBadPacket, at: offset)) }
        case .unsupportedLink: summary.add(DecodeError(.captureUnsupportedLink, at: offset))
        }
    }

    private mutating func dissect(
        ip bytes: RawSpan, of packet: CapturedPacket, at offset: Int,
        _ summary: inout CaptureSummary, _ body: (Datagram, RawSpan) -> Void
    ) throws(DecodeError) {
        let ip = try IPPacket(bytes)
        let payload = bytes.extracting(ip.payload)
        guard let fragment = ip.fragment else {
            try deliver(payload, of: ip, time: packet.time, at: offset, &summary, body)
            return
        }
        summary.fragments += 1
        // Half a fragment cannot be put in its place.
        guard !ip.isTruncated else {
            summary.add(DecodeError(.captureFragmentLost, at: offset))
            return
        }
        let key = FragmentStore.Key(
            source: ip.source, destination: ip.destination,
            identification: fragment.identification,
            transport: ip.source.v4 == nil ? 0 : ip.transport)
        let outcome = fragments.add(
            payload, fragment, of: key, transport: ip.transport, at: packet.time)
        countLost(&summary, at: offset)
        switch outcome {
        case .waiting: return
        case .rejected: summary.add(DecodeError(.captureFragmentLost, at: offset))
        case .complete(let whole):
            summary.reassembled += 1
            let assembled = whole.assembled()
            let header = try IPPacket(
                reassembled: assembled.bytes, from: ip.source, to: ip.destination,
                transport: whole.transport ?? ip.transport)
            try deliver(
                assembled.bytes.extracting(header.payload), of: header, time: packet.time,
                at: offset, &summary, body)
        }
    }

    /// Hands out the UDP payload of a whole IP packet.
    private func deliver(
        _ bytes: RawSpan, of ip: IPPacket, time: Timestamp, at offset: Int,
        _ summary: inout CaptureSummary, _ body: (Datagram, RawSpan) -> Void
    ) throws(DecodeError) {
        switch ip.transport {
        case TransportProtocol.udp: break
        case TransportProtocol.tcp:
            summary.tcpPackets += 1
            return
        default:
            summary.otherPackets += 1
            return
        }
        let udp = try UDPHeader(bytes)
        summary.datagrams += 1
        body(
            Datagram(
                time: time, source: Endpoint(address: ip.source, port: udp.sourcePort),
                destination: Endpoint(address: ip.destination, port: udp.destinationPort),
                isTruncated: udp.isTruncated, offset: offset),
            bytes.extracting(udp.payload))
    }

    private mutating func countLost(_ summary: inout CaptureSummary, at offset: Int) {
        let lost = fragments.takeLost()
        if lost > 0 { summary.add(DecodeError(.captureFragmentLost, at: offset), times: lost) }
    }

    /// Counts the packets whose fragments never came, at the end of the capture.
    mutating func finish(_ summary: inout CaptureSummary, at offset: Int) {
        fragments.giveUpAll()
        countLost(&summary, at: offset)
    }
}
