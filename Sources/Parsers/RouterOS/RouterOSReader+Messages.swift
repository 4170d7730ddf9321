import Core

/// Records of messages that a pattern recognises.
extension RouterOSReader {
    /// `other`, `firewall`, the logins, and what each pattern recognises.
    static func kinds(of patterns: MessagePatternSet) -> [KindCounts.Kind] {
        RouterOSLayout.Event.allCases.map { KindCounts.Kind(name: $0.name ?? "other") }
            + patterns.patterns.map {
                KindCounts.Kind(name: patterns.events[$0.event].name, detail: $0.text)
            }
    }

    /// The index of the first pattern among the kinds.
    private static let firstPatternKind = RouterOSLayout.Event.allCases.count

    var patternCounts: [(event: String, pattern: String, count: UInt64)] {
        kinds.snapshot.dropFirst(Self.firstPatternKind).map {
            ($0.kind.name, $0.kind.detail, $0.count)
        }
    }

    /// Appends the record of a message that a pattern recognises, or that holds secrets.
    ///
    /// - Returns: whether it is one of those.
    @inline(never)
    mutating func appendKnown(
        _ line: RawSpan, _ message: RouterOSMessage, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch
    ) -> Bool {
        guard let masked = SecretMask.masked(line, from: message.textStart) else {
            guard let pattern = findPattern(line, message) else { return false }
            append(line, message, pattern, from: source, of: &sender, into: &batch)
            return true
        }
        // Rare; nothing keeps the line as it came.
        masked.withBytes { line in
            append(
                line, message, findPattern(line, message), from: source, of: &sender, into: &batch)
        }
        return true
    }

    /// Finds the pattern of a text, or of the first line of a dump.
    private mutating func findPattern(_ line: RawSpan, _ message: RouterOSMessage) -> Int? {
        let topics = message.topics?.range
        guard message.isDump, message.pieces > 1,
            let end = line.firstIndex(of: UInt8(ascii: "\n"), from: message.textStart)
        else { return matcher.match(line, from: message.textStart, topics: topics) }
        return matcher.match(line.extracting(0..<end), from: message.textStart, topics: topics)
    }

    /// Appends the record of a message that `matcher` has just found to have `pattern`, or none.
    private mutating func append(
        _ line: RawSpan, _ message: RouterOSMessage, _ pattern: Int?, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch
    ) {
        let moment = sender.clock.eventTime(
            device: message.deviceTime, remark: remark(of: pattern), source: source)
        let layout = messageLayout(of: pattern, hasDeviceTime: moment.isFromDevice)
        beginRecord(
            layout.shape, line, message, at: moment, isRaw: false, from: source, in: &batch)
        var place = RouterOSLayout.Place.field(0)
        while place < layout.rowLength {
            batch.storeNullSlot(at: place)
            place &+= Slot.byteCount
        }
        kinds.count(
            pattern.map { $0 &+ Self.firstPatternKind } ?? RouterOSLayout.Event.other.rawValue)
        if let pattern { storeCaptures(line, pattern: pattern, into: &batch) }
        _ = batch.appendVariable(line, rowLength: layout.rowLength)
        appendScratch(to: &batch, rowLength: layout.rowLength)
        batch.endRow(isVariable: true)
    }

    /// What a message says about the sender's clock.
    private func remark(of pattern: Int?) -> DeviceClock.Remark {
        guard let pattern else { return .none }
        let event = matcher.set.patterns[pattern].event
        if event == matcher.set.restartEvent { return .restart }
        return event == matcher.set.clockEvent ? .change : .none
    }

    private mutating func messageLayout(of pattern: Int?, hasDeviceTime: Bool) -> RouterOSLayout {
        guard let pattern else {
            return layout(
                for: RouterOSLayout.Key(event: .other, status: .ok, hasDeviceTime: hasDeviceTime))
        }
        let event = matcher.set.patterns[pattern].event
        let index = event &* 2 &+ (hasDeviceTime ? 1 : 0)
        if let known = messageLayouts[index] { return known }
        let made = RouterOSLayout(matcher.set.events[event], hasDeviceTime: hasDeviceTime)
        messageLayouts[index] = made
        return made
    }

    // MARK: Values

    private mutating func storeCaptures(
        _ line: RawSpan, pattern: Int, into batch: inout RecordBatch
    ) {
        let segments = matcher.set.patterns[pattern].segments
        for index in segments {
            let slot = matcher.captures[index &- segments.lowerBound]
            let segment = matcher.set.segments[index]
            guard slot != Slot.null, segment.columns != PatternSegment.noColumns else { continue }
            let start = Int(slot >> 32)
            let range = start..<start &+ Int(slot & 0xffff_ffff)
            switch segment.type {
            case .text, .name, .last, .word: store(slot, segment, 0, into: &batch)
            case .tunnel, .dynamic:
                store(slot, segment, 0, into: &batch)
                let user = FirewallLine.userName(of: slot, in: line)
                if let user { store(user, segment, 1, into: &batch) }
            case .origin: storeOrigin(line, range, segment, into: &batch)
            case .change: storeChange(line, at: start, segment, into: &batch)
            case .number, .signed, .duration, .speed:
                let value = CapturedValue.read(
                    segment.type, line, at: start, limit: range.upperBound)
                store(value?.number, segment, 0, line, into: &batch)
            case .ip, .mac, .station, .endpoint:
                guard
                    let value = CapturedValue.read(
                        segment.type, line, at: start, limit: range.upperBound)
                else { continue }
                store(value.address, segment, 0, line, into: &batch)
                store(
                    mac: value.mac, segment, segment.type == .station ? 1 : 0, line, into: &batch)
                if segment.type == .endpoint { store(value.number, segment, 1, line, into: &batch) }
            }
        }
    }

    private mutating func storeOrigin(
        _ line: RawSpan, _ range: Range<Int>, _ segment: PatternSegment,
        into batch: inout RecordBatch
    ) {
        let origin = ChangeOrigin.read(line, range)
        store(origin.origin, segment, 0, into: &batch)
        store(origin.method, segment, 1, into: &batch)
        store(origin.userName, segment, 2, into: &batch)
        store(origin.address, segment, 3, line, into: &batch)
        store(mac: origin.mac, segment, 4, line, into: &batch)
        store(origin.item, segment, 5, into: &batch)
        store(origin.command, segment, 6, into: &batch)
    }

    private mutating func storeChange(
        _ line: RawSpan, at start: Int, _ segment: PatternSegment, into batch: inout RecordBatch
    ) {
        guard let change = ClockChange.read(line, at: start) else { return }
        store(change.oldTime, segment, 0, into: &batch)
        store(change.newTime, segment, 1, into: &batch)
        store(UInt64(bitPattern: change.offset), segment, 2, line, into: &batch)
    }

    /// Stores the slot of the capture's column `column`.
    private func store(
        _ slot: UInt64, _ segment: PatternSegment, _ column: Int, into batch: inout RecordBatch
    ) {
        let index = matcher.set.columnIndices[segment.columns &+ column]
        batch.store(slot, at: RouterOSLayout.Place.field(index))
    }

    /// Points a column at the end of the scratch buffer, where `count` bytes were just written.
    private func storeWritten(
        _ count: Int, _ segment: PatternSegment, _ column: Int, _ line: RawSpan,
        into batch: inout RecordBatch
    ) {
        let start = line.byteCount &+ scratch.buffer.count &- count
        store(Slot.pack(offset: start, length: count), segment, column, into: &batch)
    }

    private mutating func store(
        _ number: UInt64?, _ segment: PatternSegment, _ column: Int, _ line: RawSpan,
        into batch: inout RecordBatch
    ) {
        guard let number else { return }
        scratch.buffer.append(bigEndian: number)
        storeWritten(8, segment, column, line, into: &batch)
    }

    private mutating func store(
        _ address: IPAddress?, _ segment: PatternSegment, _ column: Int, _ line: RawSpan,
        into batch: inout RecordBatch
    ) {
        guard let address else { return }
        scratch.buffer.append(bigEndian: address.high)
        scratch.buffer.append(bigEndian: address.low)
        storeWritten(16, segment, column, line, into: &batch)
    }

    private mutating func store(
        mac: UInt64?, _ segment: PatternSegment, _ column: Int, _ line: RawSpan,
        into batch: inout RecordBatch
    ) {
        guard let mac else { return }
        scratch.buffer.append(bigEndian: UInt16(truncatingIfNeeded: mac >> 32))
        scratch.buffer.append(bigEndian: UInt32(truncatingIfNeeded: mac))
        storeWritten(6, segment, column, line, into: &batch)
    }
}
