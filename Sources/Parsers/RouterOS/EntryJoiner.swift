import Core

/// Puts together what RouterOS sends in several messages: the state of one sender.
///
/// Two kinds are known. Long texts are cut, and what is behind the cut comes in messages with the
/// same header in front (seen with 7.24): they are told by a change whose command has no closing
/// bracket, and by the length at which the sender was once seen to cut. Dumps of `debug` and
/// `packet` topics are one line per message, and the lines behind the first begin with spaces.
/// Everything else passes at once, also while something is held.
///
/// It decides and keeps bytes; `RouterOSReader` writes the records.
struct EntryJoiner: Sendable {
    /// What is to be done with a message.
    enum Step: Equatable {
        /// It is a whole entry.
        case pass
        /// More may follow: `hold` it.
        case hold
        /// It continues what is held: `join` it. When it is the last piece, the entry is complete.
        case join(isLast: Bool)
    }

    /// An entry of which more may come.
    struct Entry: Sendable {
        var line: [UInt8]
        /// What the reader wrote beside the line.
        var scratch: [UInt8]
        var message: RouterOSMessage
        var source: PayloadSource
        /// Bytes of the first piece's text: where the sender cuts, if it does.
        fileprivate var firstLength: Int
        /// Whether the end is the bracket behind a command.
        fileprivate var isCommand: Bool
    }

    /// Nanoseconds that an entry is held at most.
    static let patience: Int64 = 1_000_000_000
    static let byteLimit = 32 << 10
    static let pieceLimit = 256
    /// Texts below were not cut.
    static let shortestCut = 200

    /// One entry or none; not beside the sender's other state, of which there is much.
    private var entries: [Entry] = []
    /// Bytes of text at which the sender cuts; 0 when that is not known.
    private(set) var cutLength = 0

    var held: Entry? { entries.first }

    /// Whether what is held has to be written before anything else is done with `message`.
    ///
    /// - Parameter now: when the message came.
    func isOver(before line: RawSpan, _ message: RouterOSMessage, now: Timestamp) -> Bool {
        guard let held else { return false }
        if isOverdue(at: now) { return true }
        guard hasSameHeader(line, message, as: held) else { return false }
        // Another entry of the same origin ends a dump.
        return isFull(before: line, message, held)
            || held.message.isDump && !Self.isIndented(line, message)
    }

    private func isFull(before line: RawSpan, _ message: RouterOSMessage, _ held: Entry) -> Bool {
        held.message.pieces >= Self.pieceLimit
            || held.line.count &+ line.byteCount &- message.textStart >= Self.byteLimit
    }

    func isOverdue(at now: Timestamp) -> Bool {
        guard let held else { return false }
        // A clock may be set back.
        let age = now.nanoseconds(since: held.source.received)
        return age >= Self.patience || age < -Self.patience
    }

    /// To be asked when nothing that is held `isOver`.
    ///
    /// - Parameter isKnown: whether the text is a message of its own.
    func step(
        _ line: RawSpan, _ message: RouterOSMessage, isKnown: () -> Bool
    ) -> Step {
        let length = line.byteCount &- message.textStart
        if let held, hasSameHeader(line, message, as: held), !held.message.isTruncated {
            if held.message.isDump {
                if Self.isIndented(line, message) { return .join(isLast: false) }
            } else if !Self.isOpenCommand(line, message), !isKnown() {
                // The last piece is shorter, but for one in a hundred: that one waits.
                let isShorter = length < held.firstLength
                let isEnd = !held.isCommand || Self.endsInBracket(line)
                return .join(isLast: isShorter && isEnd)
            }
        }
        if message.topics?.isDump == true {
            return Self.isIndented(line, message) || message.isTruncated ? .pass : .hold
        }
        guard length >= Self.shortestCut, !message.isTruncated, message.isRecognised else {
            return .pass
        }
        return length == cutLength || Self.isOpenCommand(line, message) ? .hold : .pass
    }

    /// Keeps a message; nothing else may be held.
    mutating func hold(
        _ line: RawSpan, scratch: RawSpan, _ message: RouterOSMessage, from source: PayloadSource
    ) {
        var message = message
        message.isDump = message.topics?.isDump == true
        var bytes: [UInt8] = []
        Self.append(line, from: 0, to: &bytes)
        var others: [UInt8] = []
        Self.append(scratch, from: 0, to: &others)
        entries = [
            Entry(
                line: bytes, scratch: others, message: message, source: source,
                firstLength: line.byteCount &- message.textStart,
                isCommand: Self.isOpenCommand(line, message))
        ]
    }

    /// Appends the text of a message to what is held.
    mutating func join(_ line: RawSpan, _ message: RouterOSMessage) {
        guard !entries.isEmpty else { return }
        if entries[0].message.isDump { entries[0].line.append(UInt8(ascii: "\n")) }
        for offset in message.textStart..<line.byteCount {
            entries[0].line.append(line.byte(at: offset))
        }
        entries[0].message.pieces += 1
        entries[0].message.isTruncated = message.isTruncated
    }

    /// Gives what is held, to be written.
    mutating func take() -> Entry? {
        guard let entry = entries.popLast() else { return nil }
        let isProven =
            entry.isCommand && entry.message.pieces > 1
            && entry.line.withBytes { Self.endsInBracket($0) }
        if isProven { cutLength = entry.firstLength }
        return entry
    }

    // MARK: What messages look like

    private static func append(_ bytes: RawSpan, from start: Int, to result: inout [UInt8]) {
        result.reserveCapacity(result.count + bytes.byteCount - start)
        for offset in start..<bytes.byteCount { result.append(bytes.byte(at: offset)) }
    }

    /// Same priority, second, identity and topics.
    private func hasSameHeader(
        _ line: RawSpan, _ message: RouterOSMessage, as held: Entry
    ) -> Bool {
        let first = held.message
        guard message.priority == first.priority, (message.cef == nil) == (first.cef == nil),
            message.deviceTime?.seconds == first.deviceTime?.seconds,
            (message.topics == nil) == (first.topics == nil)
        else { return false }
        return held.line.withBytes { heldLine in
            Self.isSame(message.hostname, line, first.hostname, heldLine)
                && Self.isSame(slot(message.topics), line, slot(first.topics), heldLine)
        }
    }

    private func slot(_ topics: TopicList?) -> UInt64 {
        topics.map { SyslogFields.slot($0.range.lowerBound, $0.range.upperBound) } ?? Slot.null
    }

    private static func isSame(
        _ slot: UInt64, _ line: RawSpan, _ other: UInt64, _ otherLine: RawSpan
    ) -> Bool {
        guard slot != Slot.null, other != Slot.null else { return slot == other }
        return line.extracting(range(of: slot)).hasSameBytes(
            as: otherLine.extracting(range(of: other)))
    }

    private static func range(of slot: UInt64) -> Range<Int> {
        let start = Int(slot >> 32)
        return start..<start &+ Int(slot & 0xffff_ffff)
    }

    private static func isIndented(_ line: RawSpan, _ message: RouterOSMessage) -> Bool {
        line.hasBytes(of: "  ", at: message.textStart)
    }

    private static func endsInBracket(_ line: RawSpan) -> Bool {
        var end = line.byteCount
        while end > 0, line.byte(at: end &- 1) <= UInt8(ascii: " ") { end &-= 1 }
        return end > 0 && line.byte(at: end &- 1) == UInt8(ascii: ")")
    }

    /// Whether the text is `... by ORIGIN (COMMAND` without the bracket at the end.
    private static func isOpenCommand(_ line: RawSpan, _ message: RouterOSMessage) -> Bool {
        let end = line.byteCount
        guard !endsInBracket(line),
            let by = FirewallLine.firstIndex(
                of: " by ", in: line, from: message.textStart, to: end),
            let bracket = FirewallLine.firstIndex(of: " (", in: line, from: by &+ 4, to: end)
        else { return false }
        // `(/command` or `(*2 = /command`.
        return line.hasByte(UInt8(ascii: "/"), at: bracket &+ 2)
            || line.hasByte(UInt8(ascii: "*"), at: bracket &+ 2)
    }
}
