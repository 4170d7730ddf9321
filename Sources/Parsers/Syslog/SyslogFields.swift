import Core

/// What the header of one message says: values, and places in the line as packed slots.
struct SyslogFields {
    /// Facility × 8 + severity; negative when there is no valid PRI.
    var priority = -1
    var priorityText = Slot.null
    var timeText = Slot.null
    var hostname = Slot.null
    var appName = Slot.null
    var procID = Slot.null
    var msgID = Slot.null
    /// The text of the structured data, brackets included.
    var structuredText = Slot.null
    var message = Slot.null
    /// The time the header gives.
    var deviceTime: Timestamp?
    /// From "last message repeated N times".
    var repeatCount: UInt32 = 0
    /// The sender's number of the message; 0 for none.
    var sequence: UInt32 = 0
    /// Whether the sender says that its clock is not set right.
    var isClockUnset = false
    /// Whether the reader's `vendorFields` belong to this message.
    var hasVendor = false
    /// What the reader's `body` made of the text.
    var body: SyslogBody.Format?

    /// A place in the line; `nil` for an empty one.
    static func slot(_ start: Int, _ end: Int) -> UInt64 {
        Slot.pack(offset: start, length: end &- start)
    }
}

/// Which header a line has.
enum SyslogFormat: Int, CaseIterable {
    case rfc3164, rfc5424, raw
    /// Cisco's own, which is none of the others.
    case cisco
    /// None, or a name alone, in front of a body that is known.
    case bare
    /// A line of RouterOS, which another parser reads.
    case routeros
}
