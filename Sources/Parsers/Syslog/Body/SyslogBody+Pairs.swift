import Core

extension SyslogBody {
    static let byBlanks = KeyValuePairs()
    private static let byCommas = KeyValuePairs(pairSeparator: [UInt8(ascii: ",")])

    private static let timeKeys: [StaticString] = ["timestamp", "time"]
    private static let fortinetNames: [StaticString] = ["devname"]
    private static let sonicWallNames: [StaticString] = ["fw"]
    private static let fortinetProducts: [(mark: StaticString, name: StaticString)] = [
        ("FG", "FortiGate"), ("FW", "FortiWiFi"), ("FV", "FortiWeb"), ("FE", "FortiMail"),
        ("FAZ", "FortiAnalyzer"), ("FL", "FortiAnalyzer"), ("FMG", "FortiManager"),
        ("FA", "FortiAuthenticator"), ("FS", "FortiSwitch"), ("FP", "FortiAP"),
    ]

    /// Reads `key=value` pairs of a known firewall, or a text that is nothing but pairs.
    ///
    /// - Parameter isForced: whether one pair at the beginning is enough.
    mutating func readPairs(
        _ line: RawSpan, at start: Int, isForced: Bool, clock: SyslogClock, received: Timestamp,
        into fields: inout SyslogFields
    ) -> Bool {
        guard let look = PairLook(line, at: start) else { return false }
        guard isForced || look.isConvincing else { return false }
        pairs.removeAll()
        let format = look.hasCommas ? Self.byCommas : Self.byBlanks
        format.forEach(line, from: start) { key, value in pairs.add(line, key, value) }
        writeFields(line)
        readVendor(line, &fields)
        if fields.deviceTime == nil {
            fields.deviceTime = deviceTime(line, clock: clock, received: received)
        }
        return true
    }

    /// Finds out whose pairs they are and what they call the event.
    private mutating func readVendor(_ line: RawSpan, _ fields: inout SyslogFields) {
        if let device = pairs.value(line, of: "devid") ?? pairs.value(line, of: "device_id"),
            pairs.value(line, of: "type") != nil,
            pairs.value(line, of: "devname") != nil || pairs.value(line, of: "logid") != nil
                || pairs.value(line, of: "log_id") != nil
        {
            values.vendor = slot(line, writing: "Fortinet")
            values.product = fortinetProduct(line, device)
            values.event = join(
                line, pairs.value(line, of: "type"), pairs.value(line, of: "subtype"))
            takeName(line, of: Self.fortinetNames, &fields)
        } else if let kind = pairs.value(line, of: "log_type"),
            pairs.value(line, of: "log_component") != nil
        {
            values.vendor = slot(line, writing: "Sophos")
            values.product = slot(line, writing: "Firewall")
            values.event = join(line, kind, pairs.value(line, of: "log_subtype"))
        } else if pairs.value(line, of: "sn") != nil, pairs.value(line, of: "fw") != nil,
            let number = pairs.value(line, of: "m")
        {
            values.vendor = slot(line, writing: "SonicWall")
            values.event = slot(line, number)
            takeName(line, of: Self.sonicWallNames, &fields)
        }
    }

    /// The product line that a serial number begins with.
    private mutating func fortinetProduct(_ line: RawSpan, _ device: PairText) -> UInt64 {
        let start = device.range.lowerBound
        for (mark, name) in Self.fortinetProducts where line.hasBytes(of: mark, at: start) {
            return slot(line, writing: name)
        }
        return Slot.null
    }

    /// `type/subtype`.
    private mutating func join(
        _ line: RawSpan, _ first: PairText?, _ second: PairText?
    ) -> UInt64 {
        guard let first else { return Slot.null }
        guard let second else { return slot(line, first) }
        let start = scratch.buffer.count
        first.append(from: line, to: &scratch.buffer)
        scratch.buffer.append(UInt8(ascii: "/"))
        second.append(from: line, to: &scratch.buffer)
        return Slot.pack(offset: line.byteCount &+ start, length: scratch.buffer.count &- start)
    }

    // MARK: Time

    /// The device's time: `eventtime` since 1970, else `timestamp`, else `date`, `time` and `tz`.
    private mutating func deviceTime(
        _ line: RawSpan, clock: SyslogClock, received: Timestamp
    ) -> Timestamp? {
        if let text = pairs.value(line, of: "eventtime"),
            let time = eventTime(line.extracting(text.range), received: received)
        {
            return time
        }
        let zone = pairs.value(line, of: "tz") ?? pairs.value(line, of: "timezone")
        if let date = pairs.value(line, of: "date"), date.range.count == 10,
            let time = pairs.value(line, of: "time"), time.range.count <= 16
        {
            return read(line, date, time, zone, clock, received)
        }
        for key in Self.timeKeys {
            if let text = pairs.value(line, of: key),
                let time = read(line, text, nil, zone, clock, received)
            {
                return time
            }
        }
        return nil
    }

    /// Reads a time whose parts stand apart.
    private mutating func read(
        _ line: RawSpan, _ date: PairText, _ time: PairText?, _ zone: PairText?,
        _ clock: SyslogClock, _ received: Timestamp
    ) -> Timestamp? {
        // Joined at the end of the scratch buffer, and forgotten.
        let start = scratch.buffer.count
        scratch.buffer.append(line.extracting(date.range))
        for part in [time, zone] {
            guard let part, part.range.count <= 16 else { continue }
            scratch.buffer.append(UInt8(ascii: " "))
            scratch.buffer.append(line.extracting(part.range))
        }
        // The clock wants something behind the name of a zone.
        scratch.buffer.append(UInt8(ascii: ":"))
        let reading = scratch.buffer.withBytes { clock.read($0, at: start, received: received) }
        scratch.buffer.truncate(to: start)
        return reading?.time
    }
}
