import Core

/// What relays put in front.
extension RouterOSReader {
    /// Reads a header of RFC 5424 from its version on, which RouterOS itself does not send, and the topics
    /// wherever the relay put them: it may have taken them for the name of the application.
    ///
    /// - Returns: where the rest starts; `nil` when there is no such header.
    @inline(never)
    mutating func readRelay(
        _ line: RawSpan, at start: Int, received: Timestamp, into message: inout RouterOSMessage
    ) -> Int? {
        var offset = start &+ 2
        if line.hasBytes(of: "- ", at: offset) {
            offset &+= 1
        } else {
            guard let reading = clock.read(line, at: offset, received: received) else { return nil }
            message.deviceTime = reading.time
            offset = reading.end
        }
        guard let hostname = Self.readToken(line, &offset),
            let application = Self.readToken(line, &offset), Self.readToken(line, &offset) != nil,
            Self.readToken(line, &offset) != nil, let end = Self.dataEnd(line, from: offset &+ 1)
        else {
            message.deviceTime = nil
            return nil
        }
        message.isRecognised = true
        if !Self.isNil(line, hostname) {
            message.hostname = SyslogFields.slot(hostname.lowerBound, hostname.upperBound)
        }
        var text = end
        if line.hasByte(UInt8(ascii: " "), at: text) { text &+= 1 }
        if line.hasBytes(of: "\u{feff}", at: text) { text &+= 3 }
        if !Self.isNil(line, application) {
            // What follows a tag begins with the space behind it.
            if line.hasByte(UInt8(ascii: " "), at: text) { text &+= 1 }
            if let topics = TopicList.read(
                line, at: application.lowerBound, limit: application.upperBound)
            {
                message.topics = topics
                message.topics?.next = text
            } else {
                // The first word of a text without topics.
                message.messagePrefix = SyslogFields.slot(
                    application.lowerBound, application.upperBound)
            }
        } else if !line.hasBytes(of: "CEF:", at: text) {
            message.topics = readTopics(line, at: text)
        }
        return text
    }

    private static func isNil(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        range.count == 1 && line.byte(at: range.lowerBound) == UInt8(ascii: "-")
    }

    /// Reads ` WORD` in front of another space.
    private static func readToken(_ line: RawSpan, _ offset: inout Int) -> Range<Int>? {
        guard line.hasByte(UInt8(ascii: " "), at: offset),
            let end = line.firstIndex(of: UInt8(ascii: " "), from: offset &+ 1), end > offset &+ 1
        else { return nil }
        defer { offset = end }
        return offset &+ 1..<end
    }

    /// Behind structured data or `-`.
    private static func dataEnd(_ line: RawSpan, from start: Int) -> Int? {
        if line.hasByte(UInt8(ascii: "-"), at: start) { return start &+ 1 }
        var offset = start
        while line.hasByte(UInt8(ascii: "["), at: offset) {
            var isQuoted = false
            offset &+= 1
            while offset < line.byteCount, isQuoted || line.byte(at: offset) != UInt8(ascii: "]") {
                switch line.byte(at: offset) {
                case UInt8(ascii: "\\"): offset &+= 1
                case UInt8(ascii: "\""): isQuoted.toggle()
                default: break
                }
                offset &+= 1
            }
            offset &+= 1
        }
        return offset > start && offset <= line.byteCount ? offset : nil
    }

    /// Where the identity starts that stands in front of `CEF:`: relays put a time and a name in
    /// front of those that the event has itself.
    @inline(never)
    func behindOwnTime(
        _ line: RawSpan, _ range: Range<Int>, into message: inout RouterOSMessage
    ) -> Int {
        // The time has a year: when it was received does not matter.
        let unknown = Timestamp(nanoseconds: 0)
        var word = range.lowerBound
        while let space = line.firstIndex(of: UInt8(ascii: " "), from: word),
            space < range.upperBound
        {
            word = space &+ 1
            guard line.byte(at: word).isDigit, line.hasByte(UInt8(ascii: "T"), at: word &+ 10),
                let time = SyslogTimestamp.readISO(line, at: word), time.end < range.upperBound,
                let reading = clock.read(line, at: word, received: message.deviceTime ?? unknown)
            else { continue }
            message.deviceTime = reading.time
            return SyslogReader.skipSpaces(line, from: reading.end)
        }
        return range.lowerBound
    }
}
