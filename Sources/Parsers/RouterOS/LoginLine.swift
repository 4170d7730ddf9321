import Core

/// A login, logout or failed login, as RouterOS writes them.
///
/// The name is the attacker's choice in failed logins and may hold ` from ` and all the rest: the
/// last one counts.
struct LoginLine {
    var event: RouterOSLayout.Event
    var userName: UInt64
    var source = FirewallLine.AddressAndPort()
    var sourceMAC: UInt64 = 0
    var service = Slot.null

    private static let phrases: [(StaticString, RouterOSLayout.Event)] = [
        (" logged in", .login), (" logged out", .logout),
    ]

    /// Reads `user NAME logged in from ADDR via SERVICE`, `... logged out ...` or
    /// `login failure for user NAME from ADDR via SERVICE`.
    static func read(_ line: RawSpan, at start: Int) -> LoginLine? {
        let failure: StaticString = "login failure for user "
        if line.hasBytes(of: failure, at: start) {
            let nameStart = start &+ failure.utf8CodeUnitCount
            // At the console there is no address.
            guard
                let from = lastIndex(of: " from ", in: line, from: nameStart)
                    ?? lastIndex(of: " via ", in: line, from: nameStart)
            else { return nil }
            var result = LoginLine(
                event: .loginFailed, userName: SyslogFields.slot(nameStart, from))
            result.readOrigin(line, at: from)
            return result
        }
        guard line.hasBytes(of: "user ", at: start) else { return nil }
        let nameStart = start &+ 5
        var result: LoginLine?
        var last = nameStart
        for (phrase, event) in Self.phrases {
            guard let found = lastIndex(of: phrase, in: line, from: last) else { continue }
            last = found
            // A hotspot's `user (192.0.2.1): logged in`, of one who is called so, is none.
            let isHotspot = found >= nameStart &+ 2 && line.hasBytes(of: "):", at: found &- 2)
            guard !isHotspot else { return nil }
            result = LoginLine(event: event, userName: SyslogFields.slot(nameStart, found))
            result?.readOrigin(line, at: found &+ phrase.utf8CodeUnitCount)
        }
        return result
    }

    /// Whether it says where it came from.
    var hasOrigin: Bool { service != Slot.null || source.address.low != 0 || sourceMAC != 0 }

    /// Reads ` from ADDR via SERVICE`, both parts optional.
    private mutating func readOrigin(_ line: RawSpan, at start: Int) {
        var offset = start
        if line.hasBytes(of: " from ", at: offset) {
            offset &+= 6
            if let address = TextAddress.mac(line, at: offset) {
                sourceMAC = address
                offset &+= 17
            } else if let endpoint = TextAddress.endpoint(line, &offset) {
                source = endpoint
                // `fe80::1%ether1`
                if line.hasByte(UInt8(ascii: "%"), at: offset) {
                    offset =
                        line.firstIndex(of: UInt8(ascii: " "), from: offset) ?? line.byteCount
                }
            }
        }
        if line.hasBytes(of: " via ", at: offset) {
            // `print with-extra-info` goes on with what is in the other fields.
            let end =
                FirewallLine.firstIndex(of: " app=", in: line, from: offset, to: line.byteCount)
                ?? line.byteCount
            service = SyslogFields.slot(offset &+ 5, end)
        }
    }

    private static func lastIndex(
        of text: StaticString, in line: RawSpan, from start: Int
    ) -> Int? {
        var found: Int?
        var offset = start
        while let next = FirewallLine.firstIndex(
            of: text, in: line, from: offset, to: line.byteCount)
        {
            found = next
            offset = next &+ 1
        }
        return found
    }
}
