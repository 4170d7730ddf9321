import Core

/// Reads labeled tab-separated values (ltsv.org): `host:192.0.2.1<TAB>status:200`.
enum LTSVPairs {
    /// Calls `body` for each field.
    ///
    /// A field without a label refuses the line; empty ones are
    /// skipped.
    @discardableResult
    static func forEach(
        _ line: RawSpan, from start: Int = 0, _ body: (PairText, PairText) -> Void
    ) -> PairsEnd {
        var offset = start
        while offset < line.byteCount {
            let end = line.firstIndex(of: 0x09, from: offset) ?? line.byteCount
            if end > offset {
                guard let colon = labelEnd(line, from: offset) else { return .refused }
                body(PairText(range: offset..<colon), PairText(range: colon &+ 1..<end))
            }
            offset = end &+ 1
        }
        return .complete
    }

    /// Where the colon behind a label of `[0-9A-Za-z_.-]` stands.
    private static func labelEnd(_ line: RawSpan, from start: Int) -> Int? {
        var offset = start
        while offset < line.byteCount {
            switch line.byte(at: offset) {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2e, 0x2d: offset &+= 1
            case UInt8(ascii: ":"): return offset > start ? offset : nil
            default: return nil
            }
        }
        return nil
    }
}
