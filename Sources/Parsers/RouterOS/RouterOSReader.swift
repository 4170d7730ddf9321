import Core

/// Reads one RouterOS message after the other and writes their records.
///
/// A value of its own, so that one check of exclusive access covers a whole message.
struct RouterOSReader: ~Copyable {
    private let clock: SyslogClock
    /// Prefixes that logging rules put in front of texts (`/system/logging prefix=`).
    private let messagePrefixes: [[UInt8]]
    private var layouts = [RouterOSLayout?](
        repeating: nil, count: RouterOSLayout.Key.count)
    var matcher: MessageMatcher
    /// By event of the patterns, without and with a device's time.
    var messageLayouts: [RouterOSLayout?]
    /// Values that are not in the line as they are, in the order of their slots.
    var scratch = NestedWriter()

    init(
        timeZone: TimeZone, messagePrefixes: [String],
        patterns: MessagePatternSet = .stock
    ) {
        matcher = MessageMatcher(patterns)
        messageLayouts = [RouterOSLayout?](repeating: nil, count: patterns.events.count * 2)
        clock = SyslogClock(zone: timeZone, zoneNames: .none)
        self.messagePrefixes = (messagePrefixes + ["MikroTik"]).map { Array($0.utf8) }
    }

    /// Appends the record of a message.
    ///
    /// - Returns: what is wrong with the message, for the ledger; the record says so too.
    mutating func decode(
        _ line: RawSpan, isTruncated: Bool, from source: PayloadSource,
        into batch: inout RecordBatch
    ) -> ErrorCode? {
        var message = read(line, received: source.received)
        scratch.removeAll()
        guard let cef = message.cef else {
            return append(
                line, message, fields: Slot.null, isTruncated: isTruncated, from: source,
                into: &batch)
        }
        // The text of a CEF event may hold escapes: read it from a line of its own, which has the
        // header and the text.
        let (fields, text) = readExtension(line, cef)
        guard let text else {
            message.textStart = line.byteCount
            return append(
                line, message, fields: fields, isTruncated: isTruncated, from: source,
                into: &batch)
        }
        return text.withBytes { whole in
            message.textStart = readMessagePrefix(
                whole, at: cef.extensionStart, into: &message)
            return append(
                whole, message, fields: fields, isTruncated: isTruncated, from: source,
                into: &batch)
        }
    }

    // MARK: Header

    private mutating func read(_ line: RawSpan, received: Timestamp) -> RouterOSMessage {
        var message = RouterOSMessage()
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
        }
        if line.hasBytes(of: "CEF:", at: offset), let cef = CEFHeader.read(line, at: offset) {
            message.cef = cef
            message.topics = TopicList.read(
                line, at: cef.name.lowerBound, limit: cef.name.upperBound)
            message.isRecognised = true
            return message
        }
        if message.topics == nil {
            message.topics = TopicList.read(line, at: offset, limit: line.byteCount)
        }
        if let topics = message.topics {
            offset = Swift.min(topics.range.upperBound &+ 1, line.byteCount)
            message.isRecognised = true
        } else if message.deviceTime != nil, message.priority >= 0 || message.hasSyslogTime {
            message.isRecognised = true
        }
        message.textStart = readMessagePrefix(line, at: offset, into: &message)
        return message
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

    /// Most words of an identity that are tried; RouterOS allows spaces in it.
    private static let identityWords = 5

    /// Reads the identity in front of topics or `CEF:`; without either it is the first word of a
    /// line with a syslog header.
    ///
    /// - Returns: where the rest starts.
    private func readHostname(
        _ line: RawSpan, at start: Int, into message: inout RouterOSMessage
    ) -> Int {
        var offset = start
        for word in 0..<Self.identityWords {
            // ` : ` has been seen in front of the topics.
            var next = offset
            if line.hasBytes(of: ": ", at: next) { next &+= 2 }
            let isCEF = line.hasBytes(of: "CEF:0|", at: next)
            if !isCEF {
                message.topics = TopicList.read(
                    line, at: next, limit: line.byteCount, allowsOne: word < 2)
            }
            if isCEF || message.topics != nil {
                if word > 0 { message.hostname = SyslogFields.slot(start, offset &- 1) }
                return next
            }
            guard let space = line.firstIndex(of: UInt8(ascii: " "), from: offset) else { break }
            offset = SyslogReader.skipSpaces(line, from: space)
            if offset > space &+ 1 { break }
        }
        guard message.priority >= 0 || message.hasSyslogTime,
            let space = line.firstIndex(of: UInt8(ascii: " "), from: start), space > start
        else { return start }
        message.hostname = SyslogFields.slot(start, space)
        return space &+ 1
    }

    /// Takes off `PREFIX: ` when it is a known one or the hostname.
    private func readMessagePrefix(
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

    // MARK: CEF

    /// Writes the extension as a map and finds its text.
    ///
    /// - Returns: the map's place in the scratch buffer, and the header with the text, unescaped,
    ///   behind it.
    private mutating func readExtension(
        _ line: RawSpan, _ cef: CEFHeader
    ) -> (fields: UInt64, text: [UInt8]?) {
        var text: [UInt8]?
        scratch.beginMap()
        CEFExtension.forEach(line, from: cef.extensionStart) { key, value in
            var plain = ByteBuffer()
            value.append(from: line, to: &plain)
            if line.extracting(key.range).isText("msg") {
                var whole: [UInt8] = []
                whole.reserveCapacity(cef.extensionStart + plain.count)
                for offset in 0..<cef.extensionStart { whole.append(line.byte(at: offset)) }
                for offset in 0..<plain.count { whole.append(plain.bytes.byte(at: offset)) }
                text = whole
            } else {
                scratch.key(line.extracting(key.range))
                scratch.text(plain.bytes)
            }
        }
        scratch.end()
        return (Slot.pack(offset: 0, length: scratch.buffer.count), text)
    }

    // MARK: Writing

    /// - Parameter fields: the place of a map in the scratch buffer, or null.
    private mutating func append(
        _ line: RawSpan, _ message: RouterOSMessage, fields: UInt64, isTruncated: Bool,
        from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        let firewall = FirewallLine.read(line, at: message.textStart)
        let login = firewall == nil ? LoginLine.read(line, at: message.textStart) : nil
        let event = firewall != nil ? .firewall : login?.event ?? .other
        if firewall == nil, login == nil, message.isRecognised,
            appendKnown(
                line, message, fields: fields, isTruncated: isTruncated, from: source,
                into: &batch)
        {
            return nil
        }
        let isUnderstood = message.isRecognised || firewall != nil || login != nil
        let status: RouterOSLayout.Status =
            !isUnderstood ? .raw : firewall?.isComplete == false ? .partial : .ok
        let moment = EventTime(device: message.deviceTime, source: source)
        let layout = layout(
            for: RouterOSLayout.Key(
                event: event, status: status, hasDeviceTime: moment.isFromDevice))
        Self.beginRecord(
            layout.shape, message, at: moment, isTruncated: isTruncated, from: source, in: &batch)
        storeText(line, message, fields: fields, isRaw: status == .raw, into: &batch)
        if let firewall { store(firewall, line, into: &batch) }
        if let login { store(login, into: &batch) }
        _ = batch.appendVariable(line, rowLength: layout.rowLength)
        appendScratch(to: &batch, rowLength: layout.rowLength)
        batch.endRow(isVariable: true)
        return status.problem
    }

    /// Begins a row with what the records of all messages have in common.
    @inline(__always)
    static func beginRecord(
        _ shape: Shape, _ message: RouterOSMessage, at moment: EventTime, isTruncated: Bool,
        from source: PayloadSource, in batch: inout RecordBatch
    ) {
        SyslogLayout.continueRun(shape, source: source, of: &batch)
        batch.beginRow(rowLength: shape.rowLength, isVariable: true)
        batch.withFixedPart(rowLength: shape.rowLength) { row in
            SyslogLayout.storeHead(
                moment, deviceTime: message.deviceTime, priority: message.priority,
                isTruncated: isTruncated, from: source, into: &row)
        }
    }

    @inline(__always)
    mutating func appendScratch(to batch: inout RecordBatch, rowLength: Int) {
        Self.append(scratch.buffer, to: &batch, rowLength: rowLength)
    }

    private static func append(
        _ buffer: borrowing ByteBuffer, to batch: inout RecordBatch, rowLength: Int
    ) {
        _ = batch.appendVariable(buffer.bytes, rowLength: rowLength)
    }

    mutating func layout(for key: RouterOSLayout.Key) -> RouterOSLayout {
        if let known = layouts[key.index] { return known }
        let made = RouterOSLayout(key)
        layouts[key.index] = made
        return made
    }

    @inline(__always)
    mutating func storeText(
        _ line: RawSpan, _ message: RouterOSMessage, fields: UInt64, isRaw: Bool,
        into batch: inout RecordBatch
    ) {
        typealias Place = RouterOSLayout.Place
        let textStart = isRaw ? 0 : message.textStart
        batch.storeSlot(at: Place.message, start: textStart, count: line.byteCount &- textStart)
        batch.store(message.hostname, at: Place.hostname)
        batch.store(message.messagePrefix, at: Place.messagePrefix)
        if let cef = message.cef {
            batch.store(
                SyslogFields.slot(cef.product.lowerBound, cef.product.upperBound),
                at: Place.product)
            batch.store(
                SyslogFields.slot(cef.version.lowerBound, cef.version.upperBound),
                at: Place.productVersion)
        } else {
            batch.storeNullSlot(at: Place.product)
            batch.storeNullSlot(at: Place.productVersion)
        }
        // The scratch buffer begins behind the line.
        batch.store(
            fields == Slot.null ? fields : fields &+ UInt64(line.byteCount) << 32,
            at: Place.fields)
        guard let topics = message.topics else {
            batch.storeNullSlot(at: Place.topics)
            return
        }
        if let severity = topics.severity {
            batch.store(0x100 | UInt16(severity), at: Place.topicSeverity)
        }
        batch.store(writeWords(line, topics.range), at: Place.topics)
    }

    /// Writes words separated by commas as an array into the scratch buffer.
    ///
    /// - Returns: the slot that points to it.
    private mutating func writeWords(_ line: RawSpan, _ range: Range<Int>) -> UInt64 {
        let start = scratch.buffer.count
        scratch.beginArray()
        var wordStart = range.lowerBound
        for offset in range {
            if line.byte(at: offset) == UInt8(ascii: ",") {
                scratch.text(line.extracting(wordStart..<offset))
                wordStart = offset &+ 1
            }
        }
        if wordStart < range.upperBound {
            scratch.text(line.extracting(wordStart..<range.upperBound))
        }
        scratch.end()
        return Slot.pack(
            offset: line.byteCount &+ start, length: scratch.buffer.count &- start)
    }

    private func store(_ login: LoginLine, into batch: inout RecordBatch) {
        typealias Place = RouterOSLayout.Place
        batch.store(login.userName, at: Place.userName)
        batch.store(login.service, at: Place.service)
        Self.store(login.source.address, at: Place.source, into: &batch)
        Self.storeMAC(login.sourceMAC, into: &batch)
    }

    private static func store(
        _ address: IPAddress, at place: Int, into batch: inout RecordBatch
    ) {
        batch.store(address.high, at: place)
        batch.store(address.low, at: place &+ 8)
    }

    private static func storeMAC(_ address: UInt64, into batch: inout RecordBatch) {
        guard address != 0 else { return }
        batch.store(
            UInt32(truncatingIfNeeded: address >> 16), at: RouterOSLayout.Place.sourceMAC)
        batch.store(
            UInt16(truncatingIfNeeded: address), at: RouterOSLayout.Place.sourceMAC &+ 4)
    }

    private mutating func store(
        _ firewall: FirewallLine, _ line: RawSpan, into batch: inout RecordBatch
    ) {
        typealias Place = RouterOSLayout.Place
        batch.store(firewall.prefix, at: Place.rulePrefix)
        batch.store(writeAction(line, firewall.prefix), at: Place.action)
        batch.store(firewall.chain, at: Place.chain)
        batch.store(firewall.inInterface, at: Place.inInterface)
        batch.store(firewall.outInterface, at: Place.outInterface)
        batch.store(
            firewall.connectionState.map { writeWords(line, $0) } ?? Slot.null,
            at: Place.connectionState)
        batch.store(firewall.connectionMark, at: Place.connectionMark)
        batch.store(
            firewall.transport.map { writeTransport(line, $0) } ?? Slot.null, at: Place.transport)
        batch.store(firewall.userName, at: Place.userName)
        Self.storeMAC(firewall.sourceMAC, into: &batch)
        Self.store(firewall.source.address, at: Place.source, into: &batch)
        Self.store(firewall.destination.address, at: Place.destination, into: &batch)
        Self.store(
            firewall.translatedSource.address, at: Place.translatedSource, into: &batch)
        Self.store(
            firewall.originalDestination.address, at: Place.originalDestination, into: &batch)
        batch.store(firewall.source.port, at: Place.sourcePort)
        batch.store(firewall.destination.port, at: Place.destinationPort)
        batch.store(firewall.translatedSource.port, at: Place.translatedSourcePort)
        batch.store(firewall.originalDestination.port, at: Place.originalDestinationPort)
        batch.store(Self.flagged(firewall.icmpType), at: Place.icmpType)
        batch.store(Self.flagged(firewall.icmpCode), at: Place.icmpCode)
        batch.store(Self.flagged(firewall.tcpFlags), at: Place.tcpFlags)
        batch.store(firewall.packetLength, at: Place.packetLength)
    }

    private static func flagged(_ value: UInt8?) -> UInt16 {
        value.map { 0x100 | UInt16($0) } ?? 0
    }

    /// Writes the protocol in lower case, a number by its registered name when it has one.
    private mutating func writeTransport(_ line: RawSpan, _ range: Range<Int>) -> UInt64 {
        let start = scratch.buffer.count
        var number: UInt64? = 0
        for offset in range {
            let byte = line.byte(at: offset)
            if byte.isDigit, let known = number, known < 256 {
                number = known &* 10 &+ UInt64(byte &- 0x30)
            } else {
                number = nil
            }
        }
        if let number, !range.isEmpty, let name = NameTable.transport.name(of: number) {
            scratch.buffer.append(name)
        } else {
            for offset in range {
                let byte = line.byte(at: offset)
                scratch.buffer.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
            }
        }
        return Slot.pack(
            offset: line.byteCount &+ start, length: scratch.buffer.count &- start)
    }

    // MARK: Action

    /// Writes what the rule did, as its prefix says: the line itself does not tell.
    private mutating func writeAction(_ line: RawSpan, _ prefix: UInt64) -> UInt64 {
        guard prefix != Slot.null else { return Slot.null }
        let start = Int(prefix >> 32)
        let end = start &+ Int(prefix & 0xffff_ffff)
        guard let action = RuleAction.read(line.extracting(start..<end)) else { return Slot.null }
        let at = scratch.buffer.count
        scratch.buffer.append(action)
        return Slot.pack(offset: line.byteCount &+ at, length: action.utf8CodeUnitCount)
    }
}
