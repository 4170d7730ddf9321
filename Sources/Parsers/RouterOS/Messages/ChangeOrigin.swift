import Core

/// Who changed something and how, as RouterOS writes it behind `changed by`.
///
/// Seen: `admin`; `ssh:user@192.0.2.1`; `scheduler:add-dns (*2 = /ip dns static add ...)`;
/// `tcp-msg(winbox):admin@192.0.2.1/terminal/action:133 (...)`; `mac-msg(winbox):user@MAC`.
struct ChangeOrigin {
    /// What stands before the command, whole.
    var origin = Slot.null
    var method = Slot.null
    var userName = Slot.null
    var address: IPAddress?
    var mac: UInt64?
    /// `*2`: the internal number of the item.
    var item = Slot.null
    var command = Slot.null

    static let columns = [
        MessageColumn("origin", .text), MessageColumn("method", .text),
        MessageColumn("user_name", .text), MessageColumn("src_addr", .address),
        MessageColumn("src_mac", .mac), MessageColumn("item_id", .text),
        MessageColumn("command", .text),
    ]

    static func read(_ line: RawSpan, _ range: Range<Int>) -> ChangeOrigin {
        var result = ChangeOrigin()
        var end = range.upperBound
        let bracket = FirewallLine.firstIndex(
            of: " (", in: line, from: range.lowerBound, to: range.upperBound)
        if let bracket {
            end = bracket
            result.readCommand(line, bracket &+ 2..<range.upperBound)
        }
        result.origin = SyslogFields.slot(range.lowerBound, end)
        result.readUser(line, range.lowerBound..<end)
        return result
    }

    /// Reads `*2 = /command ...)` or `/command ...)`; the bracket is missing in entries cut short.
    private mutating func readCommand(_ line: RawSpan, _ range: Range<Int>) {
        var start = range.lowerBound
        var end = range.upperBound
        if end > start, line.byte(at: end &- 1) == UInt8(ascii: ")") { end &-= 1 }
        if line.hasByte(UInt8(ascii: "*"), at: start),
            let equals = FirewallLine.firstIndex(of: " = ", in: line, from: start, to: end)
        {
            item = SyslogFields.slot(start, equals)
            start = equals &+ 3
        }
        if end > start { command = SyslogFields.slot(start, end) }
    }

    /// Reads `METHOD:USER@ADDRESS/...`, `METHOD:NAME` or a user's name alone.
    private mutating func readUser(_ line: RawSpan, _ range: Range<Int>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":"), from: range.lowerBound),
            colon < range.upperBound
        else {
            userName = SyslogFields.slot(range.lowerBound, range.upperBound)
            return
        }
        method = SyslogFields.slot(range.lowerBound, colon)
        // A name may hold an at sign: the one in front of an address counts.
        var offset = colon &+ 1
        while let at = line.firstIndex(of: UInt8(ascii: "@"), from: offset), at < range.upperBound {
            if let value = CapturedValue.read(
                .station, line, at: at &+ 1, limit: range.upperBound)
            {
                userName = SyslogFields.slot(colon &+ 1, at)
                mac = value.mac
                // `::` stands for the router itself.
                if let found = value.address, found.low != 0 || found.high != 0 { address = found }
                return
            }
            offset = at &+ 1
        }
    }
}
