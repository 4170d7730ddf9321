import Core

/// What stands in front of the text.
extension RouterOSReader {
    /// Reads into a new `message`: to return one would copy it.
    mutating func read(
        _ line: RawSpan, isTruncated: Bool, received: Timestamp,
        into message: inout RouterOSMessage
    ) {
        message.isTruncated = isTruncated
        var offset = 0
        if line.hasByte(UInt8(ascii: "<"), at: 0) {
            var fields = SyslogFields()
            if let end = SyslogReader.readPriority(line, into: &fields) {
                message.priority = fields.priority
                offset = end
            }
        }
        if let end = readTime(line, at: offset, received: received, into: &message) {
            offset = SyslogReader.skipSpaces(line, from: end)
            offset = readHostname(line, at: offset, into: &message)
        } else if message.priority >= 0, line.hasBytes(of: "1 ", at: offset),
            let end = readRelay(line, at: offset, received: received, into: &message)
        {
            offset = end
        } else {
            message.topics = readTopics(line, at: offset)
        }
        if line.hasBytes(of: "CEF:", at: offset), let cef = CEFHeader.read(line, at: offset) {
            message.cef = cef
            message.topics = TopicList.read(
                line, at: cef.name.lowerBound, limit: cef.name.upperBound)
            message.isRecognised = true
            return
        }
        if let topics = message.topics {
            offset = topics.next
            message.isRecognised = true
        } else if message.deviceTime != nil, message.priority >= 0 || message.hasSyslogTime {
            message.isRecognised = true
        }
        message.textStart = readMessagePrefix(line, at: offset, into: &message)
    }

    /// Reads a list of topics; most messages have those of the one before.
    @inline(__always)
    mutating func readTopics(
        _ line: RawSpan, at start: Int, allowsOne: Bool = true
    ) -> TopicList? {
        lastTopicList.find(line, at: start)
            ?? lastTopicList.keep(
                TopicList.read(line, at: start, limit: line.byteCount, allowsOne: allowsOne), line)
    }

    /// Reads the timestamps of syslog, and those of RouterOS's own files: `jun/15 18:56:43`,
    /// `jun/15/2026 18:56:43`, `03-30 18:56:43`, `18:56:43`.
    private mutating func readTime(
        _ line: RawSpan, at start: Int, received: Timestamp, into message: inout RouterOSMessage
    ) -> Int? {
        guard !Self.isTopic(line, at: start),
            let reading = clock.read(line, at: start, received: received)
                ?? clock.readLogFile(line, at: start, received: received),
            line.hasByte(UInt8(ascii: " "), at: reading.end)
        else { return nil }
        message.deviceTime = reading.time
        // RouterOS's own files have `2026-10-02 17:36:35` and shorter forms, and no identity.
        message.hasSyslogTime =
            line.hasByte(UInt8(ascii: "T"), at: start &+ 10)
            || line.hasByte(UInt8(ascii: " "), at: start &+ 3)
        return reading.end
    }

    /// Whether a word in lower case stands at `start` that is no month: `jun/15`, `jun 15`.
    @inline(__always)
    private static func isTopic(_ line: RawSpan, at start: Int) -> Bool {
        guard start &+ 3 < line.byteCount else { return false }
        let fourth = line.byte(at: start &+ 3)
        return (0x61...0x7a).contains(line.byte(at: start)) && fourth != UInt8(ascii: "/")
            && fourth != UInt8(ascii: " ")
    }

    /// Most words that are tried for the topics behind an identity; RouterOS allows spaces in it.
    private static let identityWords = 10

    /// Whether a comma stands in a word, as in topics behind the first words, or a bar, as in CEF.
    private static func mayHaveList(_ line: RawSpan, from start: Int) -> Bool {
        var offset = start
        while let comma = line.firstIndex(of: UInt8(ascii: ","), from: offset) {
            offset = comma &+ 1
            if !line.hasByte(UInt8(ascii: " "), at: offset) { return true }
        }
        return line.firstIndex(of: UInt8(ascii: "|"), from: start) != nil
    }

    /// Whether words could be those of a long identity: not `login failure for user`, behind which
    /// a name may look like topics.
    private static func mayBeName(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        var letters = 0
        for offset in range {
            let byte = line.byte(at: offset)
            if byte == UInt8(ascii: " ") {
                if letters > 2 { return false }
                letters = 0
            } else if (0x61...0x7a).contains(byte) {
                if letters >= 0 { letters &+= 1 }
            } else {
                letters = -1
            }
        }
        return true
    }

    /// Reads the identity in front of topics or `CEF:`; without either it is the first word of a
    /// line with a syslog header.
    ///
    /// - Returns: where the rest starts.
    private mutating func readHostname(
        _ line: RawSpan, at start: Int, into message: inout RouterOSMessage
    ) -> Int {
        var offset = start
        var firstSpace = line.byteCount
        for word in 0..<Self.identityWords {
            // ` : ` has been seen in front of the topics.
            let hasColon =
                line.hasByte(UInt8(ascii: ":"), at: offset)
                && line.hasByte(UInt8(ascii: " "), at: offset &+ 1)
            let next = hasColon ? offset &+ 2 : offset
            // The identity stands first where there is one.
            let allowsOne = word == 1 || word == 0 && !message.hasSyslogTime
            let (end, mayBeList) = TopicList.scan(
                line, at: next, limit: line.byteCount, allowsOne: allowsOne)
            let isCEF =
                line.hasByte(UInt8(ascii: "C"), at: next)
                && line.hasBytes(of: "CEF:0|", at: next)
            if mayBeList { message.topics = readTopics(line, at: next, allowsOne: allowsOne) }
            if isCEF || message.topics != nil {
                if word > 0 { setHostname(line, start..<offset &- 1, isCEF, into: &message) }
                return next
            }
            let space = hasColon ? offset &+ 1 : end
            if word == 0 { firstSpace = space }
            // The text has begun: `forward:`.
            let isText = word > 0 && !hasColon && line.byte(at: space &- 1) == UInt8(ascii: ":")
            guard space < line.byteCount, !isText else { break }
            offset = space &+ 1
            if line.hasByte(UInt8(ascii: " "), at: offset) { break }
            if word == 1, !Self.mayHaveList(line, from: offset) { break }
            if word >= 4, !Self.mayBeName(line, firstSpace &+ 1..<offset) { break }
        }
        guard message.priority >= 0 || message.hasSyslogTime, firstSpace < line.byteCount,
            firstSpace > start
        else { return start }
        message.hostname = SyslogFields.slot(start, firstSpace)
        return firstSpace &+ 1
    }

    /// Takes an identity that is known for the hostname, where only its first word was taken for that.
    @inline(never)
    mutating func takeIdentity(
        _ identity: [UInt8], _ line: RawSpan, into message: inout RouterOSMessage
    ) {
        guard message.hostname != Slot.null, message.cef == nil else { return }
        let start = Int(message.hostname >> 32)
        let end = start &+ identity.count
        guard line.hasByte(UInt8(ascii: " "), at: end),
            identity.withBytes({ $0.hasSameBytes(as: line.extracting(start..<end)) })
        else { return }
        message.hostname = SyslogFields.slot(start, end)
        message.topics = readTopics(line, at: end &+ 1)
        message.textStart = readMessagePrefix(
            line, at: message.topics?.next ?? end &+ 1, into: &message)
    }

    /// Sets the identity, of which relays make more than that.
    @inline(__always)
    private func setHostname(
        _ line: RawSpan, _ range: Range<Int>, _ isCEF: Bool, into message: inout RouterOSMessage
    ) {
        var start = range.lowerBound
        var end = range.upperBound
        if isCEF { start = behindOwnTime(line, range, into: &message) }
        // MikroTik's own syslog server writes `<192.0.2.1>:`.
        if line.hasByte(UInt8(ascii: "<"), at: start), line.hasBytes(of: ">:", at: end &- 2) {
            start &+= 1
            end &-= 2
        }
        message.hostname = SyslogFields.slot(start, end)
    }

    /// Takes off `PREFIX: ` when it is a known one or the hostname.
    func readMessagePrefix(
        _ line: RawSpan, at start: Int, into message: inout RouterOSMessage
    ) -> Int {
        guard start < line.byteCount else { return line.byteCount }
        for prefix in messagePrefixes {
            let end = start &+ prefix.count
            guard line.byte(at: start) == prefix[0], line.hasBytes(of: ": ", at: end),
                prefix.withBytes({ $0.hasSameBytes(as: line.extracting(start..<end)) })
            else { continue }
            message.messagePrefix = SyslogFields.slot(start, end)
            return end &+ 2
        }
        // Hotspot messages name a user this way.
        if line.hasBytes(of: "->: ", at: start) {
            message.messagePrefix = SyslogFields.slot(start, start &+ 2)
            return start &+ 4
        }
        guard message.hostname != Slot.null else { return start }
        let hostStart = Int(message.hostname >> 32)
        let hostEnd = hostStart &+ Int(message.hostname & 0xffff_ffff)
        let end = start &+ hostEnd &- hostStart
        guard line.hasBytes(of: ": ", at: end),
            line.extracting(start..<end).hasSameBytes(as: line.extracting(hostStart..<hostEnd))
        else { return start }
        message.messagePrefix = SyslogFields.slot(start, end)
        return end &+ 2
    }
}
