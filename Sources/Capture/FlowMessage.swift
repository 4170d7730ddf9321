import Core

/// The outline of a NetFlow or IPFIX message or an sFlow datagram: enough to find where it ends.
///
/// Raw datagram files hold messages back to back. IPFIX (RFC 7011 §3.1) and the NetFlow versions
/// without templates say how long they are; NetFlow v9 and sFlow end behind their last part.
enum FlowMessage {
    /// Longest UDP payload.
    static let longest = 65_535

    private static let headerLengths: [UInt16: Int] = [1: 16, 5: 24, 7: 24, 8: 28, 9: 20, 10: 16]

    /// Bytes of a NetFlow v8 record by aggregation, from 1 on.
    private static let aggregations = [28, 28, 32, 32, 40, 32, 40, 44, 32, 32, 32, 32, 40, 40]

    /// Whether a file could begin with a message; asks less than `isPlausible`, because a wrong
    /// guess only changes which decoder complains.
    static func couldStartFile(_ bytes: RawSpan) -> Bool {
        if isPlausible(bytes, at: 0) { return true }
        // NetFlow v5 with a wrong record count.
        return bytes.byteCount >= 24 && bytes.uint16(at: 0) == 5 && bytes.uint16(at: 2) > 0
            && isTime(bytes, at: 8)
    }

    /// Whether a message could begin at `offset`.
    static func isPlausible(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard offset + 4 <= bytes.byteCount else { return false }
        let version = bytes.uint16(at: offset)
        if version == 0 { return isSFlow(bytes, at: offset) }
        let second = Int(bytes.uint16(at: offset + 2))
        guard let headerLength = headerLengths[version],
            offset + headerLength <= bytes.byteCount
        else { return false }
        switch version {
        case 5:
            // At most 30 records fit a packet.
            return (1...30).contains(second)
        case 1, 7:
            return (1...30).contains(second) && isTime(bytes, at: offset + 8)
        case 8:
            let aggregation = Int(bytes.byte(at: offset + 22))
            return (1...51).contains(second) && isTime(bytes, at: offset + 8)
                && (1...aggregations.count).contains(aggregation)
        case 9:
            return isSet(bytes, at: offset + headerLength, templates: 0...1)
        default:
            guard second >= headerLength else { return false }
            // Templates of NetFlow v9 have been seen inside IPFIX messages.
            return second == headerLength
                || isSet(bytes, at: offset + headerLength, templates: 0...3)
        }
    }

    /// Whether seconds since 1970 after 1995, and nanoseconds, stand at `offset`.
    private static func isTime(_ bytes: RawSpan, at offset: Int) -> Bool {
        bytes.uint32(at: offset) >= 800_000_000 && bytes.uint32(at: offset + 4) < 1_000_000_000
    }

    /// Whether sFlow version 5 could begin at `offset`: a 32-bit version and the type of the
    /// agent's address.
    ///
    /// - Source: sflow.org, sFlow version 5, datagram structures.
    private static func isSFlow(_ bytes: RawSpan, at offset: Int) -> Bool {
        offset + 28 <= bytes.byteCount && bytes.uint32(at: offset) == 5
            && (1...2).contains(bytes.uint32(at: offset + 4))
    }

    /// Whether a set header could stand at `offset`, as far as the bytes go.
    private static func isSet(
        _ bytes: RawSpan, at offset: Int, templates: ClosedRange<UInt16>
    ) -> Bool {
        guard offset + 4 <= bytes.byteCount else { return true }
        let identifier = bytes.uint16(at: offset)
        return (identifier >= 256 || templates.contains(identifier))
            && bytes.uint16(at: offset + 2) >= 4
    }

    /// Bytes of the message at the start of `bytes`; all of them unless another one follows it.
    static func length(_ bytes: RawSpan) -> Int {
        guard isPlausible(bytes, at: 0) else { return bytes.byteCount }
        let second = Int(bytes.uint16(at: 2))
        switch bytes.uint16(at: 0) {
        case 0: return endOfSamples(bytes)
        case 1:
            // Some exporters pad records to 52 bytes.
            let end = end(at: 16 + second * 48, in: bytes)
            return end < bytes.byteCount ? end : self.end(at: 16 + second * 52, in: bytes)
        case 5: return end(at: 24 + second * 48, in: bytes)
        case 7: return end(at: 24 + second * 52, in: bytes)
        case 8:
            let length = aggregations[Int(bytes.byte(at: 22)) - 1]
            return end(at: 28 + second * length, in: bytes)
        case 9: return endOfSets(bytes)
        default: return end(at: second, in: bytes)
        }
    }

    /// A length is believed when the bytes end there or another message begins.
    private static func end(at length: Int, in bytes: RawSpan) -> Int {
        length < bytes.byteCount && isPlausible(bytes, at: length) ? length : bytes.byteCount
    }

    /// Set numbers 2 to 255 are reserved, so a version word where a set should begin starts the
    /// next message.
    private static func endOfSets(_ bytes: RawSpan) -> Int {
        var offset = 20
        while offset + 4 <= bytes.byteCount {
            if (2...255).contains(bytes.uint16(at: offset)) { return end(at: offset, in: bytes) }
            // A set of 5 bytes has no room for a template.
            if bytes.uint16(at: offset) == 0, isSFlow(bytes, at: offset) { return offset }
            let length = Int(bytes.uint16(at: offset + 2))
            guard length >= 4 else { return bytes.byteCount }
            offset += length
        }
        return bytes.byteCount
    }

    /// An sFlow datagram: each of its samples has a format and a length before it.
    private static func endOfSamples(_ bytes: RawSpan) -> Int {
        let isIPv4 = bytes.uint32(at: 4) == 1
        // Behind the agent's address: sub-agent, sequence, uptime, number of samples.
        var offset = (isIPv4 ? 12 : 24) + 16
        guard offset <= bytes.byteCount else { return bytes.byteCount }
        var left = bytes.uint32(at: offset - 4)
        while left > 0, offset + 8 <= bytes.byteCount {
            offset += 8 + Int(bytes.uint32(at: offset + 4))
            left -= 1
        }
        return left > 0 ? bytes.byteCount : end(at: offset, in: bytes)
    }
}
