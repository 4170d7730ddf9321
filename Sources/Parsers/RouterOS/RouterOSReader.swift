import Core

/// Reads one RouterOS message after the other and writes their records.
///
/// A value of its own, so that one check of exclusive access covers a whole message.
struct RouterOSReader: ~Copyable {
    let clock: SyslogClock
    /// Prefixes that logging rules put in front of texts (`/system/logging prefix=`).
    let messagePrefixes: [[UInt8]]
    let actions: RuleActions
    /// The layout of nearly all firewall messages, lent instead of looked up.
    private let plainFirewall = RouterOSLayout(
        RouterOSLayout.Key(event: .firewall, status: .ok, hasDeviceTime: true))
    private var layouts = [RouterOSLayout?](
        repeating: nil, count: RouterOSLayout.Key.count)
    var matcher: MessageMatcher
    /// What was recognised: the layouts' events, then the patterns.
    let kinds: KindCounts
    /// By event of the patterns, without and with a device's time.
    var messageLayouts: [RouterOSLayout?]
    /// Values that are not in the line as they are, in the order of their slots.
    var scratch = NestedWriter()
    /// The firewall message read last.
    var firewall = FirewallLine()
    /// Most messages have the topics and states of the one before.
    var lastTopicList = TopicMemory()
    var lastTopics = WordList()
    var lastStates = WordList()

    init(
        timeZone: TimeZone, messagePrefixes: [String], actions: RuleActions = .stock,
        patterns: MessagePatternSet = .stock
    ) {
        self.actions = actions
        matcher = MessageMatcher(patterns)
        kinds = KindCounts(Self.kinds(of: patterns))
        messageLayouts = [RouterOSLayout?](repeating: nil, count: patterns.events.count * 2)
        clock = SyslogClock(zone: timeZone, zoneNames: .none)
        self.messagePrefixes = (messagePrefixes + ["MikroTik"]).map { Array($0.utf8) }
    }

    /// Appends the records that a message completes.
    mutating func decode(
        _ line: RawSpan, isTruncated: Bool, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch
    ) -> RouterOSOutcome {
        var outcome = RouterOSOutcome()
        var message = RouterOSMessage()
        read(line, isTruncated: isTruncated, received: source.received, into: &message)
        if message.topics == nil, !sender.identity.isEmpty {
            takeIdentity(sender.identity, line, into: &message)
        }
        if message.topics?.severity == 7, !sender.hasSentDebug {
            sender.hasSentDebug = true
            outcome.isFirstDebug = true
        }
        scratch.removeAll()
        if let cef = message.cef {
            takeCEF(line, message, cef, from: source, of: &sender, into: &batch, &outcome)
        } else {
            take(line, message, from: source, of: &sender, into: &batch, &outcome)
        }
        return outcome
    }

    /// Takes a CEF event.
    ///
    /// Its text may hold escapes: it is read from a line of its own, which has the header and the
    /// text.
    @inline(never)
    private mutating func takeCEF(
        _ line: RawSpan, _ header: RouterOSMessage, _ cef: CEFHeader, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch,
        _ outcome: inout RouterOSOutcome
    ) {
        var message = header
        let (fields, text) = readExtension(line, cef)
        message.fields = fields
        guard let text else {
            message.textStart = line.byteCount
            take(line, message, from: source, of: &sender, into: &batch, &outcome)
            return
        }
        text.withBytes { whole in
            message.textStart = readMessagePrefix(
                whole, at: cef.extensionStart, into: &message)
            take(whole, message, from: source, of: &sender, into: &batch, &outcome)
        }
    }

    // MARK: Pieces

    /// Appends a message, or holds it when it may be a part of one.
    private mutating func take(
        _ line: RawSpan, _ message: RouterOSMessage, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch,
        _ outcome: inout RouterOSOutcome
    ) {
        // Most messages are these, and they are never cut.
        if message.topics?.mayBeFirewall ?? true, firewall.read(line, at: message.textStart),
            !isForged(line, message)
        {
            outcome.problem = appendFirewall(
                line, message, from: source, of: &sender, into: &batch)
            outcome.records &+= 1
            return
        }
        if message.topics?.mayBeLogin ?? true,
            let login = LoginLine.read(line, at: message.textStart)
        {
            append(line, message, login, from: source, of: &sender, into: &batch)
            outcome.records &+= 1
            return
        }
        if sender.joinsPieces,
            join(line, message, from: source, of: &sender, into: &batch, &outcome)
        {
            return
        }
        outcome.problem = appendOther(line, message, from: source, of: &sender, into: &batch)
        outcome.records &+= 1
    }

    /// Bytes of the shortest text in front of a name that somebody else chose, `login failure for
    /// user`, but for those that begin with an address or `<`.
    private static let shortestLead: UInt64 = 22

    /// Whether what reads like a firewall message is a name in another one, which topics would have
    /// told: of a user, or of a client.
    @inline(__always)
    private mutating func isForged(_ line: RawSpan, _ message: RouterOSMessage) -> Bool {
        guard message.topics == nil, firewall.prefix != Slot.null else { return false }
        let first = line.byte(at: message.textStart)
        let isLead =
            firewall.prefix & 0xffff_ffff >= Self.shortestLead || first.isDigit
            || first == UInt8(ascii: "<")
        return isLead && isOther(line, from: message.textStart)
    }

    @inline(never)
    private mutating func isOther(_ line: RawSpan, from start: Int) -> Bool {
        LoginLine.read(line, at: start)?.hasOrigin
            ?? matcher.isKnown(line, from: start, topics: nil)
    }

    /// - Returns: whether the message is held or has been joined to one that is.
    @inline(never)
    private mutating func join(
        _ line: RawSpan, _ message: RouterOSMessage, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch,
        _ outcome: inout RouterOSOutcome
    ) -> Bool {
        if sender.joiner.held == nil, line.byteCount < EntryJoiner.shortestCut,
            message.topics?.isDump != true
        {
            return false
        }
        if sender.joiner.isOver(before: line, message, now: source.received) {
            outcome.records &+= appendBehind(&sender, into: &batch)
        }
        let step = sender.joiner.step(line, message) {
            matcher.isKnown(line, from: message.textStart, topics: message.topics?.range)
        }
        switch step {
        case .pass: return false
        case .hold:
            outcome.records &+= appendBehind(&sender, into: &batch)
            sender.joiner.hold(line, scratch: scratch.buffer.bytes, message, from: source)
        case .join(let isLast):
            sender.joiner.join(line, message)
            if isLast { outcome.records &+= appendHeld(of: &sender, into: &batch) }
        }
        return true
    }

    /// Appends what is held while the scratch buffer has another message's values.
    private mutating func appendBehind(
        _ sender: inout RouterOSSender, into batch: inout RecordBatch
    ) -> Int {
        guard sender.joiner.held != nil else { return 0 }
        var own: [UInt8] = []
        for offset in 0..<scratch.buffer.count { own.append(scratch.buffer.bytes.byte(at: offset)) }
        let records = appendHeld(of: &sender, into: &batch)
        scratch.removeAll()
        own.withBytes { scratch.buffer.append($0) }
        return records
    }

    /// Appends what is held.
    ///
    /// - Returns: the number of records appended.
    mutating func appendHeld(
        of sender: inout RouterOSSender, into batch: inout RecordBatch
    ) -> Int {
        guard let entry = sender.joiner.take() else { return 0 }
        scratch.removeAll()
        entry.scratch.withBytes { scratch.buffer.append($0) }
        entry.line.withBytes { line in
            _ = appendOther(line, entry.message, from: entry.source, of: &sender, into: &batch)
        }
        return 1
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

    /// Appends what `firewall` has just read.
    private mutating func appendFirewall(
        _ line: RawSpan, _ message: RouterOSMessage, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch
    ) -> ErrorCode? {
        let moment = sender.clock.eventTime(device: message.deviceTime, source: source)
        if firewall.isComplete, moment.isFromDevice {
            begin(
                .firewall, line, message, moment, plainFirewall.shape, isRaw: false, from: source,
                in: &batch)
            storeFirewall(line, into: &batch)
            end(line, in: &batch, rowLength: plainFirewall.rowLength)
            return nil
        }
        let status: RouterOSLayout.Status = firewall.isComplete ? .ok : .partial
        let layout = layout(
            for: RouterOSLayout.Key(
                event: .firewall, status: status, hasDeviceTime: moment.isFromDevice))
        begin(
            .firewall, line, message, moment, layout.shape, isRaw: false, from: source, in: &batch)
        storeFirewall(line, into: &batch)
        end(line, in: &batch, rowLength: layout.rowLength)
        return status.problem
    }

    private mutating func append(
        _ line: RawSpan, _ message: RouterOSMessage, _ login: LoginLine,
        from source: PayloadSource, of sender: inout RouterOSSender, into batch: inout RecordBatch
    ) {
        let layout = begin(login.event, .ok, line, message, from: source, of: &sender, in: &batch)
        store(login, into: &batch)
        end(line, in: &batch, rowLength: layout.rowLength)
    }

    /// Appends the record of a message that is no firewall line and no login.
    private mutating func appendOther(
        _ line: RawSpan, _ message: RouterOSMessage, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch
    ) -> ErrorCode? {
        if message.isRecognised,
            appendKnown(line, message, from: source, of: &sender, into: &batch)
        {
            return nil
        }
        let status: RouterOSLayout.Status = message.isRecognised ? .ok : .raw
        let layout = begin(.other, status, line, message, from: source, of: &sender, in: &batch)
        end(line, in: &batch, rowLength: layout.rowLength)
        return status.problem
    }

    /// Begins the row of a message that no pattern recognises.
    private mutating func begin(
        _ event: RouterOSLayout.Event, _ status: RouterOSLayout.Status, _ line: RawSpan,
        _ message: RouterOSMessage, from source: PayloadSource, of sender: inout RouterOSSender,
        in batch: inout RecordBatch
    ) -> RouterOSLayout {
        let moment = sender.clock.eventTime(device: message.deviceTime, source: source)
        let layout = layout(
            for: RouterOSLayout.Key(
                event: event, status: status, hasDeviceTime: moment.isFromDevice))
        begin(
            event, line, message, moment, layout.shape, isRaw: status == .raw, from: source,
            in: &batch)
        return layout
    }

    @inline(__always)
    private mutating func begin(
        _ event: RouterOSLayout.Event, _ line: RawSpan, _ message: RouterOSMessage,
        _ moment: EventTime, _ shape: Shape, isRaw: Bool, from source: PayloadSource,
        in batch: inout RecordBatch
    ) {
        kinds.count(event.rawValue)
        beginRecord(
            shape, line, message, at: moment, isRaw: isRaw, from: source, in: &batch)
    }

    @inline(__always)
    private mutating func end(
        _ line: RawSpan, in batch: inout RecordBatch, rowLength: Int
    ) {
        _ = batch.appendVariable(line, rowLength: rowLength)
        appendScratch(to: &batch, rowLength: rowLength)
        batch.endRow(isVariable: true)
    }

    /// Begins a row with what the records of all messages have in common.
    @inline(__always)
    mutating func beginRecord(
        _ shape: Shape, _ line: RawSpan, _ message: RouterOSMessage, at moment: EventTime,
        isRaw: Bool, from source: PayloadSource, in batch: inout RecordBatch
    ) {
        typealias Place = RouterOSLayout.Place
        let topics =
            message.topics.map { lastTopics.append(line, $0.range, to: &scratch) } ?? Slot.null
        let textStart = isRaw ? 0 : message.textStart
        SyslogLayout.continueRun(shape, source: source, of: &batch)
        batch.beginRow(rowLength: shape.rowLength, isVariable: true)
        // The length is a constant, so that no store needs to compare with it.
        batch.withFixedPart(rowLength: RouterOSLayout.headLength) { row in
            SyslogLayout.storeHead(
                moment, deviceTime: message.deviceTime, priority: message.priority,
                isTruncated: message.isTruncated, from: source, into: &row)
            if message.pieces > 1 { row.store(UInt32(message.pieces), at: Place.pieces) }
            // The topics know better than the PRI, which may be fixed.
            if let severity = message.topics?.severity {
                row.store(0x100 | UInt16(severity), at: Place.severity)
            } else if message.priority >= 0 {
                row.store(0x100 | UInt16(message.priority & 7), at: Place.severity)
            }
            row.store(SyslogFields.slot(textStart, line.byteCount), at: Place.message)
            row.store(message.hostname, at: Place.hostname)
            row.store(topics, at: Place.topics)
            row.store(message.messagePrefix, at: Place.messagePrefix)
            row.store(message.cef.map { Self.slot($0.product) } ?? Slot.null, at: Place.product)
            row.store(
                message.cef.map { Self.slot($0.version) } ?? Slot.null, at: Place.productVersion)
            // The scratch buffer begins behind the line.
            row.store(
                message.fields == Slot.null
                    ? Slot.null : message.fields &+ UInt64(line.byteCount) << 32,
                at: Place.fields)
        }
    }

    private static func slot(_ range: Range<Int>) -> UInt64 {
        SyslogFields.slot(range.lowerBound, range.upperBound)
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
}
