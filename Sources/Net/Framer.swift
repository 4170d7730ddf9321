import Core

/// Cuts a byte stream into syslog frames (RFC 6587): by octet count, at line feeds, or by finding
/// out which of them each frame uses; or into IPFIX messages.
///
/// A pure state machine over the bytes not consumed yet. The caller keeps those bytes and calls
/// `next` until it wants more; the frames do not depend on how the stream was cut into pieces.
public struct Framer: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        /// Told anew at the start of each frame, until three in a row agree.
        case auto
        case newline
        case octetCounting = "octet_counting"
        /// Frames without any separator, as RouterOS sends its `default` and `syslog` formats: each
        /// begins with `<PRI>` and a month or year. Line feeds separate too.
        case priority
        /// IPFIX messages, whose headers tell their length (RFC 7011 §10.4).
        case ipfix

        /// Whether a decoder sees by itself that a frame was cut: the frame tells its length.
        var tellsLength: Bool { self == .ipfix }
    }

    /// What to do with the bytes from the offset given to `next`.
    public enum Step: Equatable, Sendable {
        /// More bytes are needed; `remainder` tells what a stream that ended has left.
        case needMore
        /// A frame lies at `range`; go on at `next`.
        case frame(range: Range<Int>, next: Int)
        /// A frame was longer than allowed and lies at `range` up to there; go on at `next`.
        case cut(range: Range<Int>, next: Int)
        /// These bytes are the rest of a frame that was cut, or separate frames; go on at `next`.
        case skip(next: Int)
        /// The framing was lost; what lies at `range` up to the next line feed is kept.
        case lost(range: Range<Int>, next: Int)
        /// The framing was lost for good.
        case broken
    }

    private enum Mode { case undecided, newline, octetCounting }

    public let format: Format
    /// Longest frame in bytes.
    public let limit: Int
    /// The way the last frames were cut, and how many in a row were.
    private var mode = Mode.undecided
    private var agreeing = 0
    /// Bytes of an oversized counted frame still to be thrown away.
    private var surplus = 0
    /// Whether the rest up to a line feed is to be thrown away.
    private var isSkippingLine = false
    /// Bytes behind the start of the unfinished frame that hold no separator.
    private var searched = 0

    /// Whether the rest of a frame that was cut is being thrown away.
    var isSkipping: Bool { surplus > 0 || isSkippingLine }

    /// - Parameter limit: longest frame in bytes; at least 16.
    public init(format: Format = .auto, limit: Int = 256 << 10) {
        self.format = format
        self.limit = Swift.max(limit, 16)
    }

    /// Looks for the next frame.
    ///
    /// - Parameters:
    ///   - bytes: everything received and not consumed.
    ///   - start: where to go on; 0 after the caller has dropped what was consumed.
    public mutating func next(in bytes: RawSpan, at start: Int) -> Step {
        if format == .ipfix { return MessageLengthFramer.next(in: bytes, at: start) }
        if surplus > 0 { return skipSurplus(bytes, at: start) }
        if isSkippingLine { return skipLine(bytes, at: start) }
        // Some senders put a stray space or line end between frames.
        var first = start
        while first < bytes.byteCount, bytes.byte(at: first).isFrameFiller { first &+= 1 }
        if first > start {
            searched = 0
            return .skip(next: first)
        }
        guard start < bytes.byteCount else { return .needMore }
        switch format {
        case .newline: return line(bytes, at: start)
        case .priority: return prioritised(bytes, at: start)
        case .octetCounting, .auto, .ipfix: return detected(bytes, at: start)
        }
    }

    /// What is left when the stream ends: a frame whose end never came.
    ///
    /// - Returns: `nil` for nothing worth keeping. `isWhole` is set for formats whose last frame
    ///   has no mark of its end.
    public func remainder(of bytes: RawSpan, at start: Int) -> (range: Range<Int>, isWhole: Bool)? {
        if format == .ipfix {
            return start < bytes.byteCount ? (start..<bytes.byteCount, false) : nil
        }
        var first = start
        while first < bytes.byteCount, bytes.byte(at: first).isFrameFiller { first &+= 1 }
        guard surplus == 0, !isSkippingLine, first < bytes.byteCount else { return nil }
        if format == .octetCounting || format == .auto,
            case .length(_, let headerEnd) = readCount(bytes, at: first),
            mode != .newline || Self.hasPriority(bytes, at: headerEnd) == true
        {
            first = headerEnd
        }
        return first < bytes.byteCount ? (first..<bytes.byteCount, format == .priority) : nil
    }

    // MARK: Octet counting

    private enum Count { case none, unknown, length(Int, headerEnd: Int) }

    /// Reads `LEN SP <`: up to seven digits, no leading zero.
    ///
    /// Digits alone prove nothing: other senders begin with a year or a sequence number.
    private func readCount(_ bytes: RawSpan, at start: Int) -> Count {
        var offset = start
        var length = 0
        while offset < bytes.byteCount, bytes.byte(at: offset) &- 0x30 <= 9, offset &- start < 8 {
            length = length &* 10 &+ Int(bytes.byte(at: offset) &- 0x30)
            offset &+= 1
        }
        let digits = offset &- start
        guard digits <= 7, digits == 0 || bytes.byte(at: start) != UInt8(ascii: "0") else {
            return .none
        }
        if offset == bytes.byteCount { return .unknown }
        guard digits > 0, bytes.byte(at: offset) == UInt8(ascii: " ") else { return .none }
        if format == .auto {
            if offset &+ 1 == bytes.byteCount { return .unknown }
            guard bytes.byte(at: offset &+ 1) == UInt8(ascii: "<") else { return .none }
        }
        return .length(length, headerEnd: offset &+ 1)
    }

    private mutating func detected(_ bytes: RawSpan, at start: Int) -> Step {
        let isSettled = format == .octetCounting || agreeing >= 3
        if format == .auto, isSettled, mode == .newline {
            return bytes.byte(at: start) &- 0x30 <= 9
                ? countedAmongLines(bytes, at: start) : line(bytes, at: start)
        }
        switch readCount(bytes, at: start) {
        case .unknown: return .needMore
        case .length(let length, let headerEnd):
            if length > limit {
                // A count nobody would send on purpose: read it as a line instead.
                if format == .auto { return lostLine(bytes, at: start) }
                return oversizedCount(bytes, headerEnd: headerEnd, length: length)
            }
            guard headerEnd <= bytes.byteCount &- length else { return .needMore }
            agree(on: .octetCounting)
            return .frame(range: headerEnd..<headerEnd &+ length, next: headerEnd &+ length)
        case .none:
            // A line among counted frames means that a count was wrong.
            if isSettled, mode == .octetCounting || format == .octetCounting {
                return lostLine(bytes, at: start)
            }
            return line(bytes, at: start)
        }
    }

    /// Reads a counted frame behind lines, as relays send whose own messages are counted and whose
    /// senders' are not: one with a whole PRI and no line feed, or it is a line.
    private mutating func countedAmongLines(_ bytes: RawSpan, at start: Int) -> Step {
        switch readCount(bytes, at: start) {
        case .none: return line(bytes, at: start)
        case .unknown: return .needMore
        case .length(let length, let headerEnd):
            guard length <= limit, let hasPriority = Self.hasPriority(bytes, at: headerEnd) else {
                return length <= limit ? .needMore : line(bytes, at: start)
            }
            guard hasPriority else { return line(bytes, at: start) }
            let end = headerEnd &+ length
            let lineEnd = lineEnd(bytes, at: start)
            if let lineEnd, lineEnd < end &- 1 { return line(bytes, at: start) }
            guard end <= bytes.byteCount else { return .needMore }
            agree(on: .octetCounting)
            return .frame(range: headerEnd..<end, next: end)
        }
    }

    /// Whether `<`, one to three digits and `>` stand at `start`; `nil` when the bytes end before.
    private static func hasPriority(_ bytes: RawSpan, at start: Int) -> Bool? {
        var offset = start &+ 1
        while offset < bytes.byteCount, bytes.byte(at: offset) &- 0x30 <= 9, offset &- start < 4 {
            offset &+= 1
        }
        if offset == bytes.byteCount { return nil }
        return offset > start &+ 1 && bytes.byte(at: offset) == UInt8(ascii: ">")
    }

    private mutating func oversizedCount(
        _ bytes: RawSpan, headerEnd: Int, length: Int
    ) -> Step {
        guard headerEnd <= bytes.byteCount &- limit else { return .needMore }
        surplus = length &- limit
        agree(on: .octetCounting)
        return .cut(range: headerEnd..<headerEnd &+ limit, next: headerEnd &+ limit)
    }

    private mutating func skipSurplus(_ bytes: RawSpan, at start: Int) -> Step {
        let count = Swift.min(surplus, bytes.byteCount &- start)
        guard count > 0 else { return .needMore }
        surplus &-= count
        return .skip(next: start &+ count)
    }

    private mutating func agree(on newMode: Mode) {
        agreeing = mode == newMode ? Swift.min(agreeing &+ 1, 3) : 1
        mode = newMode
        searched = 0
    }

    // MARK: Lines

    /// The offset of the line feed that ends the frame; remembers what was searched.
    private mutating func lineEnd(_ bytes: RawSpan, at start: Int) -> Int? {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start &+ searched)
        searched = end == nil ? bytes.byteCount &- start : 0
        return end
    }

    private mutating func line(_ bytes: RawSpan, at start: Int) -> Step {
        guard let end = lineEnd(bytes, at: start) else {
            if bytes.byteCount &- start > limit { return cutLine(at: start) }
            return .needMore
        }
        if end &- start > limit { return cutLine(at: start) }
        agree(on: .newline)
        return .frame(range: start..<end, next: end &+ 1)
    }

    private mutating func cutLine(at start: Int) -> Step {
        searched = 0
        isSkippingLine = true
        agree(on: .newline)
        return .cut(range: start..<start &+ limit, next: start &+ limit)
    }

    private mutating func lostLine(_ bytes: RawSpan, at start: Int) -> Step {
        guard let end = lineEnd(bytes, at: start) else {
            guard bytes.byteCount &- start > limit else { return .needMore }
            mode = .undecided
            return cutLine(at: start)
        }
        mode = .undecided
        agreeing = 0
        if end &- start > limit { return cutLine(at: start) }
        return .lost(range: start..<end, next: end &+ 1)
    }

    private mutating func skipLine(_ bytes: RawSpan, at start: Int) -> Step {
        guard start < bytes.byteCount else { return .needMore }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start) else {
            return .skip(next: bytes.byteCount)
        }
        isSkippingLine = false
        return .skip(next: end &+ 1)
    }

    // MARK: No separator

    /// Ends a frame before the next `<PRI>Mmm` or `<PRI>20`, or at a line feed.
    private mutating func prioritised(_ bytes: RawSpan, at start: Int) -> Step {
        // A head that lay across the end of the bytes seen before begins up to eight bytes earlier.
        var offset = start &+ Swift.max(1, searched &- 8)
        // No further than a frame may end, or a long stream would be looked through for each cut.
        while offset < bytes.byteCount, offset &- start <= limit {
            let byte = bytes.byte(at: offset)
            let isHead = byte == UInt8(ascii: "<") && Self.isHead(bytes, at: offset)
            if byte == UInt8(ascii: "\n") || isHead {
                searched = 0
                return .frame(range: start..<offset, next: isHead ? offset : offset &+ 1)
            }
            offset &+= 1
        }
        // A head may lie across the end of the bytes: eight more show whether one begins in time.
        if bytes.byteCount &- start > limit &+ 8 {
            searched = 0
            return .cut(range: start..<start &+ limit, next: start &+ limit)
        }
        searched = bytes.byteCount &- start
        return .needMore
    }

    /// Whether `<`, one to three digits, `>` and the start of a timestamp stand at `start`.
    private static func isHead(_ bytes: RawSpan, at start: Int) -> Bool {
        var offset = start &+ 1
        while offset < bytes.byteCount, bytes.byte(at: offset) &- 0x30 <= 9, offset &- start < 4 {
            offset &+= 1
        }
        guard offset > start &+ 1, offset &+ 3 < bytes.byteCount,
            bytes.byte(at: offset) == UInt8(ascii: ">")
        else { return false }
        if bytes.hasBytes(of: "20", at: offset &+ 1) { return true }
        let months: [StaticString] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        return months.contains { bytes.hasBytes(of: $0, at: offset &+ 1) }
    }
}

extension UInt8 {
    /// A byte that may stand between two frames and means nothing there.
    fileprivate var isFrameFiller: Bool {
        self == 0x20 || self == 0x0a || self == 0x0d || self == 0
    }
}
