import Core

/// The outline of a NetFlow v5, NetFlow v9 or IPFIX message: enough to find where it ends.
///
/// Raw datagram files hold messages back to back; only IPFIX (RFC 7011 §3.1) and NetFlow v5 say
/// how long they are.
enum FlowMessage {
    /// Longest UDP payload.
    static let longest = 65_535

    private static let headerLengths: [UInt16: Int] = [5: 24, 9: 20, 10: 16]

    /// Whether a file could begin with a message; asks less than `isPlausible`, because a wrong
    /// guess only changes which decoder complains.
    static func couldStartFile(_ bytes: RawSpan) -> Bool {
        if isPlausible(bytes, at: 0) { return true }
        // NetFlow v5 with a wrong record count, sent after 1995.
        return bytes.byteCount >= 24 && bytes.uint16(at: 0) == 5 && bytes.uint16(at: 2) > 0
            && bytes.uint32(at: 8) >= 800_000_000
    }

    /// Whether the bytes look like sFlow version 5: a 32-bit version and the agent's address type.
    ///
    /// - Source: sflow.org, sFlow version 5, datagram structures.
    static func isSFlow(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= 28 && bytes.uint32(at: 0) == 5 && (1...2).contains(bytes.uint32(at: 4))
    }

    /// Whether a message could begin at `offset`.
    static func isPlausible(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard offset + 4 <= bytes.byteCount else { return false }
        let version = bytes.uint16(at: offset)
        let second = Int(bytes.uint16(at: offset + 2))
        guard let headerLength = headerLengths[version],
            offset + headerLength <= bytes.byteCount
        else { return false }
        switch version {
        case 5:
            // At most 30 records fit a packet.
            return (1...30).contains(second)
        case 9:
            return isSet(bytes, at: offset + headerLength, templates: 0...1)
        default:
            guard second >= headerLength else { return false }
            // Templates of NetFlow v9 have been seen inside IPFIX messages.
            return second == headerLength
                || isSet(bytes, at: offset + headerLength, templates: 0...3)
        }
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
        case 5: return end(at: 24 + second * 48, in: bytes)
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
            let length = Int(bytes.uint16(at: offset + 2))
            guard length >= 4 else { return bytes.byteCount }
            offset += length
        }
        return bytes.byteCount
    }
}
