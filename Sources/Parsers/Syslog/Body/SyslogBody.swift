import Codec
import Core

/// Reads a message's text as fields where it is CEF, LEEF, JSON or `key=value` pairs.
///
/// Values are places in the line, or behind its end in `scratch`, which a record has there.
struct SyslogBody: ~Copyable {
    enum Format: Int, CaseIterable {
        case cef, leef, kv, json

        var name: String { "\(self)" }
    }

    /// What bodies say in front of their pairs.
    struct Values {
        var vendor = Slot.null
        var product = Slot.null
        var productVersion = Slot.null
        var event = Slot.null
        var eventName = Slot.null
        var eventSeverity = Slot.null
        /// The pairs or members as a map.
        var fields = Slot.null
    }

    /// Of the body read last.
    var values = Values()
    /// What is not in the line as it is.
    var scratch = NestedWriter()
    var pairs = PairMap()
    private var json = JSONReader()
    /// For times of CEF and LEEF; made when one is needed.
    private var eventTimes: EventTimeText?
    private let zone: TimeZone

    init(zone: TimeZone) { self.zone = zone }

    // MARK: Detection

    /// Whether a closer look at a text is worth while: most begin with a word and a blank.
    ///
    /// - Parameter allowsOne: whether a single pair at the beginning is enough.
    @inline(__always)
    static func mayStart(_ line: RawSpan, at start: Int, allowsOne: Bool) -> Bool {
        guard start < line.byteCount else { return false }
        switch line.byte(at: start) {
        case UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "C"),
            UInt8(ascii: "L"), UInt8(ascii: "["), UInt8(ascii: " "):
            return true
        case 0x30...0x39
        where line.hasByte(UInt8(ascii: "|"), at: start &+ 1) || tagStart(line, at: start) != nil:
            return true
        default:
            let end = start &+ 8
            guard end <= line.byteCount else { return false }
            let hasMark =
                hasMark(line.uint64(at: start))
                || end &+ 8 <= line.byteCount && hasMark(line.uint64(at: end))
            return hasMark && (allowsOne || mayBePairs(line, at: start))
        }
    }

    /// Where a vendor's tag may start: at `start`, or behind a number there, as EOS writes it with
    /// `logging format sequence-numbers`: `000045: %LLDP-5-NEIGHBOR_NEW:`.
    @inline(never)
    static func tagStart(_ line: RawSpan, at start: Int) -> Int? {
        var offset = start
        let limit = Swift.min(line.byteCount, start &+ 11)
        while offset < limit, line.byte(at: offset).isDigit { offset &+= 1 }
        if offset == start { return line.hasByte(UInt8(ascii: "%"), at: start) ? start : nil }
        return line.hasBytes(of: ": %", at: offset) ? offset &+ 2 : nil
    }

    /// The number that a range begins with; 0 for none, and beyond 32 bits.
    static func number(_ line: RawSpan, _ range: Range<Int>) -> UInt32 {
        var value: UInt64 = 0
        for offset in range where line.byte(at: offset).isDigit {
            value = value &* 10 &+ UInt64(line.byte(at: offset) &- 0x30)
            if value > UInt32.max { return 0 }
        }
        return UInt32(value)
    }

    /// Whether two pairs stand at `start`, the second up to its `=`, or words with commas between.
    @inline(never)
    private static func mayBePairs(_ line: RawSpan, at start: Int) -> Bool {
        var offset = start
        while offset < line.byteCount, line.byte(at: offset).isNameByte { offset &+= 1 }
        guard offset > start, offset < line.byteCount else { return false }
        if line.byte(at: offset) == UInt8(ascii: ",") {
            return offset &+ 1 < line.byteCount && line.byte(at: offset &+ 1).isLetter
        }
        guard line.byte(at: offset) == UInt8(ascii: "=") else { return false }
        // In all known layouts a quote or the next pair's `=` stands within 32 bytes.
        let next = offset &+ 1
        if next &+ 32 <= line.byteCount,
            !hasPairMark(line.uint64(at: next)), !hasPairMark(line.uint64(at: next &+ 8)),
            !hasPairMark(line.uint64(at: next &+ 16)), !hasPairMark(line.uint64(at: next &+ 24))
        {
            return false
        }
        // Quoted values may hold anything.
        if line.hasByte(UInt8(ascii: "\""), at: offset &+ 1) { return true }
        while offset < line.byteCount, line.byte(at: offset) > 0x20 {
            if line.byte(at: offset) == UInt8(ascii: ",") { return true }
            offset &+= 1
        }
        if offset == line.byteCount { return true }
        offset = SyslogReader.skipSpaces(line, from: offset)
        while offset < line.byteCount, line.byte(at: offset).isNameByte { offset &+= 1 }
        return line.hasByte(UInt8(ascii: "="), at: offset)
    }

    /// Whether one of eight bytes is `=` or a quote.
    @inline(__always)
    private static func hasPairMark(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let equals = word ^ 0x3d &* ones
        let quote = word ^ 0x22 &* ones
        return ((equals &- ones) & ~equals | (quote &- ones) & ~quote) & 0x8080_8080_8080_8080 != 0
    }

    /// Whether one of eight bytes is `=`, which ends a key, or the comma of RouterOS's topics.
    @inline(__always)
    private static func hasMark(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let equals = word ^ 0x3d &* ones
        let comma = word ^ 0x2c &* ones
        return ((equals &- ones) & ~equals | (comma &- ones) & ~comma) & 0x8080_8080_8080_8080 != 0
    }

    /// Where CEF or LEEF starts behind a header that is nobody's.
    static func eventStart(in line: RawSpan, from start: Int) -> Int? {
        let rest = line.extracting(start..<Swift.min(line.byteCount, start &+ 1024))
        guard let event = CEFHeader.start(in: rest) ?? LEEFEvent.start(in: rest) else { return nil }
        return start &+ event
    }

    // MARK: Reading

    /// Reads the text that starts at `start`.
    ///
    /// - Parameter fields: get the body's format, and what it knows that the header did not say: the
    ///   time and the name of the device.
    /// - Returns: `false` when it is plain text, or of another format than wanted.
    mutating func read(
        _ line: RawSpan, at start: Int, _ wanted: SyslogParser.Body, clock: SyslogClock,
        received: Timestamp, into fields: inout SyslogFields
    ) -> Bool {
        guard start < line.byteCount else { return false }
        values = Values()
        scratch.removeAll()
        let format: Format
        switch line.byte(at: start) {
        case UInt8(ascii: "{"), UInt8(ascii: "@"):
            format = .json
            guard wanted.allows(format), readJSON(line, at: start) else { return false }
        case UInt8(ascii: "C") where line.hasBytes(of: "CEF:", at: start):
            format = .cef
            guard wanted.allows(format),
                readCEF(line, at: start, received: received, into: &fields)
            else { return false }
        case 0x30...0x39 where Self.isCEF(line, at: start, fields):
            // A relay took `CEF` for the name of a program.
            format = .cef
            guard wanted.allows(format),
                readCEF(line, at: start &- 4, received: received, into: &fields)
            else { return false }
        case UInt8(ascii: "L") where line.hasBytes(of: "LEEF:", at: start):
            format = .leef
            guard wanted.allows(format),
                readLEEF(line, at: start, received: received, into: &fields)
            else { return false }
        case UInt8(ascii: "["):
            format = .kv
            guard wanted.allows(format), readBracket(line, at: start) else { return false }
        default:
            format = .kv
            guard wanted.allows(format),
                readPairs(
                    line, at: start, isForced: wanted == .kv, clock: clock, received: received,
                    into: &fields) || readNetfilter(line, at: start)
            else { return false }
        }
        fields.body = format
        return true
    }

    private static func isCEF(_ line: RawSpan, at start: Int, _ fields: SyslogFields) -> Bool {
        fields.appName & 0xffff_ffff == 3
            && line.hasBytes(of: "CEF", at: Int(fields.appName >> 32))
            && line.hasByte(UInt8(ascii: "|"), at: start &+ 1)
    }

    /// Whether the body is CEF of a RouterOS device.
    func isRouterOS(_ line: RawSpan) -> Bool {
        let start = Int(values.vendor >> 32)
        let length = Int(values.vendor & 0xffff_ffff)
        return length == 8 && line.hasBytes(of: "MikroTik", at: start)
    }

    /// Reads an object, behind `@cee:` where that stands, up to the end of the line.
    private mutating func readJSON(_ line: RawSpan, at start: Int) -> Bool {
        var offset = start
        if line.hasByte(UInt8(ascii: "@"), at: start) {
            guard line.hasBytes(of: "@cee:", at: start) else { return false }
            offset = SyslogReader.skipSpaces(line, from: start &+ 5)
        }
        guard line.hasByte(UInt8(ascii: "{"), at: offset) else { return false }
        do throws(DecodeError) {
            try json.readContainer(line.extracting(offset..<line.byteCount), into: &scratch)
        } catch {
            scratch.removeAll()
            return false
        }
        values.fields = Slot.pack(offset: line.byteCount, length: scratch.buffer.count)
        return true
    }

    private mutating func readCEF(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> Bool {
        guard let header = CEFHeader.read(line, at: start) else { return false }
        pairs.removeAll()
        let lead = CEFExtension.forEachNamed(line, from: header.extensionStart) { key, value in
            pairs.add(line, key, value)
        }
        if !lead.isEmpty { pairs.add(named: "extension", PairText(range: lead, escape: .cef)) }
        writeFields(line)
        values.vendor = slot(line, PairText(range: header.vendor, escape: .cef))
        values.product = slot(line, PairText(range: header.product, escape: .cef))
        values.productVersion = slot(line, PairText(range: header.version, escape: .cef))
        values.event = slot(line, PairText(range: header.classID, escape: .cef))
        values.eventName = slot(line, PairText(range: header.name, escape: .cef))
        values.eventSeverity = slot(line, PairText(range: header.severity, escape: .cef))
        takeTime(line, of: Self.cefTimes, received, &fields)
        takeName(line, of: Self.cefNames, &fields)
        return true
    }

    private mutating func readLEEF(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> Bool {
        guard let event = LEEFEvent.read(line, at: start) else { return false }
        pairs.removeAll()
        let lead = event.forEach(line) { key, value in pairs.add(line, key, value) }
        if !lead.isEmpty { pairs.add(named: "attributes", PairText(range: lead)) }
        writeFields(line)
        values.vendor = slot(line, PairText(range: event.vendor))
        values.product = slot(line, PairText(range: event.product))
        values.productVersion = slot(line, PairText(range: event.version))
        values.event = slot(line, PairText(range: event.eventID))
        takeTime(line, of: Self.leefTimes, received, &fields)
        takeName(line, of: Self.leefNames, &fields)
        return true
    }

    private static let cefTimes: [StaticString] = ["rt", "deviceReceiptTime", "start", "end"]
    private static let cefNames: [StaticString] = ["dvchost", "deviceHostName", "dvc"]
    private static let leefTimes: [StaticString] = ["devTime"]
    private static let leefNames: [StaticString] = ["devHost", "identHostName"]

    // MARK: Values

    /// Writes the pairs as a map behind the line.
    mutating func writeFields(_ line: RawSpan) {
        let start = scratch.buffer.count
        pairs.write(line, to: &scratch)
        values.fields = Slot.pack(
            offset: line.byteCount &+ start, length: scratch.buffer.count &- start)
    }

    /// The place of a text; one with escapes is written behind the line.
    mutating func slot(_ line: RawSpan, _ text: PairText) -> UInt64 {
        if text.range.isEmpty { return Slot.null }
        guard text.escape != .none,
            line.firstIndex(of: UInt8(ascii: "\\"), from: text.range.lowerBound)
                ?? line.byteCount < text.range.upperBound
        else { return SyslogFields.slot(text.range.lowerBound, text.range.upperBound) }
        let start = scratch.buffer.count
        text.append(from: line, to: &scratch.buffer)
        return Slot.pack(offset: line.byteCount &+ start, length: scratch.buffer.count &- start)
    }

    /// The place of a text that the line does not have.
    mutating func slot(_ line: RawSpan, writing text: StaticString) -> UInt64 {
        scratch.buffer.append(text)
        let length = text.utf8CodeUnitCount
        return Slot.pack(
            offset: line.byteCount &+ scratch.buffer.count &- length, length: length)
    }

    /// Takes the first time under one of `keys` for the message's when its header has none.
    private mutating func takeTime(
        _ line: RawSpan, of keys: [StaticString], _ received: Timestamp,
        _ fields: inout SyslogFields
    ) {
        guard fields.deviceTime == nil else { return }
        for key in keys {
            guard let text = pairs.value(line, of: key) else { continue }
            fields.deviceTime = eventTime(line.extracting(text.range), received: received)
            if fields.deviceTime != nil { return }
        }
    }

    /// Takes the first name under one of `keys` for the device's when the header has none.
    mutating func takeName(
        _ line: RawSpan, of keys: [StaticString], _ fields: inout SyslogFields
    ) {
        guard fields.hostname == Slot.null else { return }
        for key in keys {
            guard let text = pairs.value(line, of: key) else { continue }
            fields.hostname = slot(line, text)
            return
        }
    }

    /// Reads a time as CEF and LEEF write it.
    mutating func eventTime(_ text: RawSpan, received: Timestamp) -> Timestamp? {
        let reader = eventTimes ?? EventTimeText(zone: zone)
        eventTimes = reader
        return reader.parse(text, received: received)
    }

    /// Appends what is not in the line behind it, in the row being written.
    func append(to batch: inout RecordBatch, rowLength: Int) {
        _ = batch.appendVariable(scratch.bytes, rowLength: rowLength)
    }
}

extension UInt8 {
    /// Letters, digits, `_`, `-` and `.`, of which the keys of pairs are made.
    @inline(__always)
    var isNameByte: Bool { ByteSet.key.contains(self) }
}
