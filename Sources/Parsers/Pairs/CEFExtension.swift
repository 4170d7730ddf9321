import Core

/// Reads the pairs of a CEF extension: `src=192.0.2.1 msg=some text app=ssh`.
///
/// A value may hold spaces: it ends before the next ` key=`. A key is a word of letters, digits,
/// `_`, `.`, `-` and brackets; `http://a/?b=c` is none, and neither is one whose `=` is escaped.
/// Blanks at the end of a value are no part of it, those at its beginning are.
enum CEFExtension {
    /// Calls `body` for each pair as it is written.
    ///
    /// - Returns: what stands in front of the first pair; usually empty.
    @discardableResult
    static func forEach(
        _ line: RawSpan, from start: Int, _ body: (PairText, PairText) -> Void
    ) -> Range<Int> {
        var lead = start..<start
        var key: Range<Int>?
        var valueStart = start
        var escape = TextEscape.none
        // The word that may be a key.
        var wordStart = start
        var isKey = true
        func end(at end: Int) {
            var end = end
            while end > valueStart, PairText.isBlank(line.byte(at: end &- 1)) { end &-= 1 }
            let range = valueStart..<end
            if let key {
                body(PairText(range: key), PairText(range: range, escape: escape))
            } else {
                lead = range
            }
        }
        var offset = start
        while offset < line.byteCount {
            let byte = line.byte(at: offset)
            if byte == UInt8(ascii: "=") {
                if isKey, wordStart < offset {
                    end(at: wordStart)
                    key = wordStart..<offset
                    valueStart = offset &+ 1
                    escape = .none
                }
                isKey = false
            } else if PairText.isBlank(byte) {
                wordStart = offset &+ 1
                isKey = true
            } else if !PairText.isKeyByte(byte) {
                isKey = false
                if byte == UInt8(ascii: "\\") {
                    escape = .cef
                    offset &+= 1
                }
            }
            offset &+= 1
        }
        end(at: line.byteCount)
        return lead
    }

    /// Calls `body` for each pair with custom fields under the names that their labels give:
    /// `cs1=7 cs1Label=Rule` becomes `Rule`, `7`.
    ///
    /// Labels without a field are pairs themselves.
    @discardableResult
    static func forEachNamed(
        _ line: RawSpan, from start: Int, _ body: (PairText, PairText) -> Void
    ) -> Range<Int> {
        var labels = CEFLabels()
        forEach(line, from: start) { key, value in labels.read(line, key, value) }
        guard labels.isUsed else { return forEach(line, from: start, body) }
        return forEach(line, from: start) { key, value in
            if let name = labels.name(line, of: key) {
                body(name, value)
            } else if !labels.isLabel(line, key) {
                body(key, value)
            }
        }
    }
}
