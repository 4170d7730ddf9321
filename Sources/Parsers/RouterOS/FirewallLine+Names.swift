import Core

/// Names in firewall lines.
extension FirewallLine {
    private static let tunnelKinds: [StaticString] = ["pppoe", "l2tp", "pptp", "sstp", "ovpn"]

    mutating func readUserName(_ line: RawSpan) {
        userName =
            Self.userName(of: inInterface, in: line) ?? Self.userName(of: outInterface, in: line)
            ?? Slot.null
    }

    /// The subscriber of a dynamic interface: `<pppoe-NAME>`.
    @inline(__always)
    static func userName(of interface: UInt64, in line: RawSpan) -> UInt64? {
        guard interface != Slot.null else { return nil }
        let start = Int(interface >> 32)
        let end = start &+ Int(interface & 0xffff_ffff)
        guard end &- start > 2, line.byte(at: start) == UInt8(ascii: "<"),
            line.byte(at: end &- 1) == UInt8(ascii: ">"),
            let dash = line.firstIndex(of: UInt8(ascii: "-"), from: start), dash < end
        else { return nil }
        let kind = line.extracting(start &+ 1..<dash)
        let isTunnel = tunnelKinds.contains {
            $0.utf8CodeUnitCount == kind.byteCount && kind.hasBytes(of: $0)
        }
        return isTunnel ? SyslogFields.slot(dash &+ 1, end &- 1) : nil
    }

    static func firstIndex(
        of text: StaticString, in line: RawSpan, from start: Int, to end: Int
    ) -> Int? {
        // The first byte of a static string with content.
        let first = unsafe text.utf8Start[0]
        var offset = start
        while let found = line.firstIndex(of: first, from: offset), found < end {
            if line.hasBytes(of: text, at: found) { return found }
            offset = found &+ 1
        }
        return nil
    }
}
