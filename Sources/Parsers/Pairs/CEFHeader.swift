import Core

/// The header of a CEF event: `CEF:0|vendor|product|version|class id|name|severity|`.
struct CEFHeader {
    /// Version of CEF, vendor, product, its version, class id, name, severity, as slots: small,
    /// because every RouterOS message has room for one.
    private var parts: InlineArray<7, UInt64>
    /// Where the extension starts.
    private(set) var extensionStart: Int

    var cefVersion: Range<Int> { range(0) }
    var vendor: Range<Int> { range(1) }
    var product: Range<Int> { range(2) }
    var version: Range<Int> { range(3) }
    var classID: Range<Int> { range(4) }
    var name: Range<Int> { range(5) }
    var severity: Range<Int> { range(6) }

    private func range(_ index: Int) -> Range<Int> {
        let start = Int(parts[index] >> 32)
        return start..<start &+ Int(parts[index] & 0xffff_ffff)
    }

    /// Reads a header at `start`, where `CEF:` stands.
    ///
    /// The bar behind the severity may be missing when nothing follows.
    static func read(_ line: RawSpan, at start: Int) -> CEFHeader? {
        var parts: InlineArray<7, UInt64> = .init(repeating: 0)
        var offset = start &+ 4
        while line.hasByte(UInt8(ascii: " "), at: offset) { offset &+= 1 }
        var partStart = offset
        var index = 0
        while index < 7 {
            guard offset < line.byteCount else {
                guard index == 6, partStart < line.byteCount else { return nil }
                parts[6] = SyslogFields.slot(partStart, line.byteCount)
                offset = line.byteCount
                break
            }
            switch line.byte(at: offset) {
            case UInt8(ascii: "\\"): offset &+= 2
            case UInt8(ascii: "|"):
                parts[index] = SyslogFields.slot(partStart, offset)
                index &+= 1
                offset &+= 1
                partStart = offset
            default: offset &+= 1
            }
        }
        return CEFHeader(parts: parts, extensionStart: offset)
    }

    /// Where `CEF:` and its version stand: at the beginning or behind a syslog header.
    static func start(in line: RawSpan) -> Int? {
        EventMark.start(in: line) { line.hasBytes(of: "CEF:", at: $0) }
    }
}
