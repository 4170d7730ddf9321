import Core

/// What the header of one RouterOS message says: values, and places in the line.
struct RouterOSMessage {
    var priority = -1
    var deviceTime: Timestamp?
    /// Whether the timestamp is one of the `syslog` format, which an identity follows.
    var hasSyslogTime = false
    var hostname = Slot.null
    var topics: TopicList?
    /// Where the text starts, behind topics and prefix.
    var textStart = 0
    var messagePrefix = Slot.null
    var cef: CEFHeader?
    /// Whether one of RouterOS's forms was recognised.
    var isRecognised = false
}

/// The header of a CEF event: `CEF:0|vendor|product|version|class|name|severity|`.
struct CEFHeader {
    var product: Range<Int>
    var version: Range<Int>
    var name: Range<Int>
    /// Where the extension starts.
    var extensionStart: Int

    /// Reads a header at `start`, where `CEF:` stands.
    static func read(_ line: RawSpan, at start: Int) -> CEFHeader? {
        var parts: InlineArray<7, Range<Int>> = .init(repeating: 0..<0)
        var partStart = start
        var offset = start
        var index = 0
        while index < 7 {
            guard offset < line.byteCount else { return nil }
            switch line.byte(at: offset) {
            case UInt8(ascii: "\\"): offset &+= 2
            case UInt8(ascii: "|"):
                parts[index] = partStart..<offset
                index &+= 1
                offset &+= 1
                partStart = offset
            default: offset &+= 1
            }
        }
        return CEFHeader(
            product: parts[2], version: parts[3], name: parts[5], extensionStart: offset)
    }
}

/// The pairs of a CEF extension: `src=192.0.2.1 msg=some text app=ssh`.
///
/// A value may hold spaces: it ends before the next ` key=`.
struct CEFExtension {
    /// Calls `body` with the ranges of each key and its value, escapes not yet resolved.
    static func forEach(
        _ line: RawSpan, from start: Int, _ body: (Range<Int>, Range<Int>) -> Void
    ) {
        var keyStart = SyslogParser.skipSpaces(line, from: start)
        guard var equals = nextEquals(line, from: keyStart) else { return }
        while true {
            let valueStart = equals &+ 1
            guard let next = nextEquals(line, from: valueStart) else {
                body(keyStart..<equals, valueStart..<line.byteCount)
                return
            }
            var nextKey = next
            while nextKey > valueStart, line.byte(at: nextKey &- 1) != UInt8(ascii: " ") {
                nextKey &-= 1
            }
            // No space in front of the word: an equals sign inside the value.
            guard nextKey > valueStart else {
                guard let later = nextEquals(line, from: next &+ 1) else {
                    body(keyStart..<equals, valueStart..<line.byteCount)
                    return
                }
                _ = later
                equals = next
                continue
            }
            body(keyStart..<equals, valueStart..<nextKey &- 1)
            keyStart = nextKey
            equals = next
        }
    }

    /// The next equals sign that no backslash escapes.
    private static func nextEquals(_ line: RawSpan, from start: Int) -> Int? {
        var offset = start
        while offset < line.byteCount {
            switch line.byte(at: offset) {
            case UInt8(ascii: "\\"): offset &+= 2
            case UInt8(ascii: "="): return offset
            default: offset &+= 1
            }
        }
        return nil
    }

    /// Appends a value without its escapes: `\=`, `\\`, `\|`, `\n`, `\r`.
    static func append(_ value: RawSpan, to buffer: inout ByteBuffer) {
        var offset = 0
        while offset < value.byteCount {
            var byte = value.byte(at: offset)
            if byte == UInt8(ascii: "\\"), offset &+ 1 < value.byteCount {
                offset &+= 1
                switch value.byte(at: offset) {
                case UInt8(ascii: "n"): byte = 0x0a
                case UInt8(ascii: "r"): byte = 0x0d
                case let escaped: byte = escaped
                }
            }
            buffer.append(byte)
            offset &+= 1
        }
    }
}
