import Core

/// What relays make of messages that are not of RFC 3164 when they send them on as RFC 5424.
///
/// rsyslog takes the first word for the name of a program and keeps the blank behind it:
/// `45: *Oct 11 22:14:15: %A-5-B: x` becomes `... 45 - - -  *Oct 11 22:14:15: %A-5-B: x`, and
/// `CEF:0|V|...` becomes `... CEF - - - 0|V|...`.
extension SyslogReader {
    /// Reads Cisco's header, or its tag where the name of the program is that.
    ///
    /// - Parameter start: where the text begins behind its blank.
    func readRelayed(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) {
        let name = fields.appName
        let hasName = name != Slot.null
        let nameStart = hasName ? Int(name >> 32) : 0
        let nameEnd = hasName ? nameStart &+ Int(name & 0xffff_ffff) : 0
        fields.appName = Slot.null
        if hasName, line.byte(at: nameStart) == UInt8(ascii: "%") {
            guard let tag = VendorTag.read(line.extracting(0..<nameEnd), at: nameStart) else {
                fields.appName = name
                return
            }
            vendorFields = VendorFields()
            apply(tag, line, into: &fields)
            fields.hasVendor = true
            fields.message = SyslogFields.slot(start, line.byteCount)
            return
        }
        let number = SyslogBody.number(line, nameStart..<nameEnd)
        let isNumber = CiscoHeader.isNumber(line, nameStart..<nameEnd)
        let sequence = fields.sequence
        guard isNumber, readCisco(line, at: start, received: received, into: &fields) else {
            fields.appName = name
            return
        }
        guard number != 0 else { return }
        // The number in the place of the name is the first of two.
        if fields.sequence != sequence { vendorFields.logNumber = fields.sequence }
        fields.sequence = number
    }
}
