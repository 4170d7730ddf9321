import Core

extension SyslogReader {
    /// Parts of a header before the text; a sender has seven at most.
    private static let partLimit = 8

    /// Reads a header as Cisco's devices write it, which is none of RFC 3164.
    ///
    /// Parts end at colons, and nearly all may be missing: `123: HOST: 456: *Mar  1 18:48:50.483 UTC:
    /// %SYS-5-CONFIG_I: text` (IOS), `77: RP/0/RSP0/CPU0:Oct 11 22:14:15.123 CEST: proc[1]: %A-B-6-C :
    /// text` (XR), `: 2026 Oct 11 22:14:15 CEST: %A-5-B: text` (NX-OS).
    ///
    /// Without a tag, as debug messages are, it takes a time that has a number in front or is marked.
    ///
    /// - Returns: `false` when it is none; the fields are as before then.
    func readCisco(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> Bool {
        var header = CiscoHeader()
        var offset = start
        var tag: VendorTag?
        for _ in 0..<Self.partLimit {
            offset = Self.skipSeparators(line, from: offset)
            guard offset < line.byteCount else { return false }
            if line.byte(at: offset) == UInt8(ascii: "%") {
                tag = VendorTag.read(line, at: offset)
                break
            }
            guard let end = readPart(line, at: offset, received: received, into: &header) else {
                break
            }
            offset = end
        }
        if let tag {
            offset = tag.end
        } else {
            let isNumbered = header.number != nil || line.hasByte(UInt8(ascii: ":"), at: start)
            guard let time = header.time, isNumbered || time.isUnsynchronised,
                line.hasByte(UInt8(ascii: ":"), at: header.timeEnd)
            else { return false }
            offset = header.timeEnd &+ 1
            if line.hasByte(UInt8(ascii: " "), at: offset) { offset &+= 1 }
            header.process = Slot.null
            header.processID = Slot.null
        }
        header.store(into: &fields)
        vendorFields = VendorFields()
        vendorFields.node = header.node
        vendorFields.uptime = header.uptime
        vendorFields.logNumber = header.secondNumber ?? 0
        if let tag { apply(tag, line, into: &fields) }
        fields.hasVendor = true
        fields.message = SyslogFields.slot(offset, line.byteCount)
        if tag == nil { _ = readRepetition(line, at: offset, into: &fields) }
        return true
    }

    /// Takes over what a vendor's tag says; it is the name of the program where there is no other.
    func apply(_ tag: VendorTag, _ line: RawSpan, into fields: inout SyslogFields) {
        // `Oct 11 22:14:15 host: %ASA-6-302013:` has a name in the place of a program.
        if fields.hostname == Slot.null, fields.procID == Slot.null, fields.appName != Slot.null {
            fields.hostname = fields.appName
            fields.appName = Slot.null
        }
        vendorFields.set(tag, in: line, process: fields.appName, processID: fields.procID)
        if fields.appName == Slot.null { fields.appName = tag.text }
        fields.msgID = tag.mnemonic
    }

    private static func skipSeparators(_ line: RawSpan, from start: Int) -> Int {
        var offset = start
        while line.hasByte(UInt8(ascii: " "), at: offset)
            || line.hasByte(UInt8(ascii: ":"), at: offset)
        { offset &+= 1 }
        return offset
    }

    /// Reads one part of a header.
    ///
    /// - Returns: where it ends; `nil` when no part stands here.
    private func readPart(
        _ line: RawSpan, at start: Int, received: Timestamp, into header: inout CiscoHeader
    ) -> Int? {
        if header.time == nil, let time = clock.read(line, at: start, received: received) {
            header.time = time
            header.timeText = SyslogFields.slot(start, time.end)
            header.timeEnd = Self.zoneEnd(line, at: time.end, isIOS: header.number != nil)
            return header.timeEnd
        }
        if let end = CiscoHeader.numberEnd(line, at: start) {
            return header.addNumber(line, start..<end) ? end : nil
        }
        if let end = CiscoHeader.wordEnd(line, at: start),
            let partEnd = header.addWord(line, start..<end)
        {
            return partEnd
        }
        if line.hasByte(UInt8(ascii: "["), at: start),
            let end = Self.sessionEnd(line, at: start)
        {
            return end
        }
        // A name of several words (`logging origin-id string`) has a time behind.
        guard header.number != nil, header.hostname == Slot.null, header.time == nil,
            let colon = line.firstIndex(of: UInt8(ascii: ":"), from: start), colon &- start <= 64,
            line.hasByte(UInt8(ascii: " "), at: colon &+ 1),
            clock.read(line, at: colon &+ 2, received: received) != nil
        else { return nil }
        header.hostname = SyslogFields.slot(start, colon)
        return colon
    }

    /// The end of ` EDT` in front of a colon: the name of a zone that is not known.
    ///
    /// - Parameter isIOS: whether any word in front of a tag is one: `clock timezone GMT+1 1`.
    private static func zoneEnd(_ line: RawSpan, at start: Int, isIOS: Bool) -> Int {
        guard line.hasByte(UInt8(ascii: " "), at: start) else { return start }
        var offset = start &+ 1
        while offset < line.byteCount, line.byte(at: offset) &- 0x41 < 26 { offset &+= 1 }
        if (2...5).contains(offset &- start &- 1), line.hasByte(UInt8(ascii: ":"), at: offset) {
            return offset
        }
        return isIOS ? namedZoneEnd(line, at: start) : start
    }

    /// The end of ` GMT+1` in front of a tag.
    @inline(never)
    private static func namedZoneEnd(_ line: RawSpan, at start: Int) -> Int {
        var offset = start &+ 1
        while offset < line.byteCount, line.byte(at: offset) > 0x20,
            line.byte(at: offset) != UInt8(ascii: ":")
        { offset &+= 1 }
        return (1...16).contains(offset &- start &- 1) && line.hasBytes(of: ": %", at: offset)
            ? offset : start
    }

    /// The end of what `logging host ... session-id` writes: `[syslog@9 s_id="rtr:514"]: `.
    @inline(never)
    private static func sessionEnd(_ line: RawSpan, at start: Int) -> Int? {
        guard line.hasBytes(of: "[syslog@9 ", at: start) else { return nil }
        return line.firstIndex(of: UInt8(ascii: "]"), from: start).map { $0 &+ 1 }
    }
}
