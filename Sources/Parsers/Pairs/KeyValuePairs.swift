import Core

/// Reads `key=value` pairs as firewalls write them.
///
/// FortiGate, Sophos and SonicWall separate pairs by blanks and quote values that hold some:
/// `time=22:14:15 devname="FW 1" msg="a b"`. Other separators have several bytes if need be.
struct KeyValuePairs: Sendable, Equatable {
    private let pairSeparator: [UInt8]
    private let keySeparator: [UInt8]
    private let quotes: [UInt8]
    private let allowsSpaces: Bool
    /// Known beforehand, because they are asked at every byte.
    private let isBlankSeparated: Bool
    private let firstOfPairSeparator: UInt8
    private let firstOfKeySeparator: UInt8

    /// - Parameters:
    ///   - pairSeparator: between pairs; empty stands for blanks, of which there may be many.
    ///   - keySeparator: not empty.
    ///   - quotes: any of them stands before a value and behind it.
    ///   - allowsSpaces: whether unquoted values go on up to the next ` key=`; of use where blanks
    ///     separate pairs.
    init(
        pairSeparator: [UInt8] = [], keySeparator: [UInt8] = [UInt8(ascii: "=")],
        quotes: [UInt8] = [UInt8(ascii: "\"")], allowsSpaces: Bool = false
    ) {
        precondition(!keySeparator.isEmpty, "keys end at their separator")
        self.pairSeparator = pairSeparator
        self.keySeparator = keySeparator
        self.quotes = quotes
        self.allowsSpaces = allowsSpaces
        isBlankSeparated = pairSeparator.isEmpty
        firstOfPairSeparator = pairSeparator.first ?? 0x20
        firstOfKeySeparator = keySeparator[0]
    }

    /// Calls `body` for each pair.
    ///
    /// - Parameter body: gets the key, and the value; `nil` for a word without a key separator.
    @discardableResult
    func forEach(
        _ line: RawSpan, from start: Int = 0, _ body: (PairText, PairText?) -> Void
    ) -> PairsEnd {
        var offset = start
        while true {
            skipSeparators(line, &offset)
            guard offset < line.byteCount else { return .complete }
            let keyStart = offset
            while offset < line.byteCount, !isPairEnd(line, at: offset),
                !isKeyEnd(line, at: offset)
            { offset &+= 1 }
            guard offset > keyStart, offset < line.byteCount, isKeyEnd(line, at: offset) else {
                while offset < line.byteCount, !isPairEnd(line, at: offset) { offset &+= 1 }
                body(PairText(range: PairText.trimmed(line, keyStart..<offset)), nil)
                continue
            }
            let key = PairText(range: PairText.trimmed(line, keyStart..<offset))
            offset &+= keySeparator.count
            if !isBlankSeparated {
                while offset < line.byteCount, !isPairEnd(line, at: offset),
                    PairText.isBlank(line.byte(at: offset))
                { offset &+= 1 }
            }
            if offset < line.byteCount, quotes.contains(line.byte(at: offset)) {
                let value = readQuoted(line, &offset)
                body(key, value)
                if offset > line.byteCount { return .unclosedQuote }
            } else {
                body(key, PairText(range: readPlain(line, &offset)))
            }
        }
    }

    @inline(__always)
    private func isKeyEnd(_ line: RawSpan, at offset: Int) -> Bool {
        line.byte(at: offset) == firstOfKeySeparator
            && (keySeparator.count == 1 || has(keySeparator, line, at: offset))
    }

    @inline(__always)
    private func isPairEnd(_ line: RawSpan, at offset: Int) -> Bool {
        let byte = line.byte(at: offset)
        return isBlankSeparated
            ? PairText.isBlank(byte)
            : byte == firstOfPairSeparator && has(pairSeparator, line, at: offset)
    }

    private func has(_ separator: [UInt8], _ line: RawSpan, at offset: Int) -> Bool {
        guard offset &+ separator.count <= line.byteCount else { return false }
        for index in separator.indices where line.byte(at: offset &+ index) != separator[index] {
            return false
        }
        return true
    }

    /// Moves to the next key.
    ///
    /// Where blanks separate pairs, commas and semicolons do so as well.
    private func skipSeparators(_ line: RawSpan, _ offset: inout Int) {
        while offset < line.byteCount {
            let byte = line.byte(at: offset)
            if !isBlankSeparated, isPairEnd(line, at: offset) {
                offset &+= pairSeparator.count
            } else if PairText.isBlank(byte) || isBlankSeparated && Self.isStop(byte) {
                offset &+= 1
            } else {
                return
            }
        }
    }

    private static func isStop(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
    }

    private func readPlain(_ line: RawSpan, _ offset: inout Int) -> Range<Int> {
        let start = offset
        guard allowsSpaces, isBlankSeparated else {
            while offset < line.byteCount, !isPairEnd(line, at: offset) { offset &+= 1 }
            guard isBlankSeparated else { return PairText.trimmed(line, start..<offset) }
            // `a=1, b=2`: the comma is between pairs.
            let isStopped = offset > start && Self.isStop(line.byte(at: offset &- 1))
            return start..<(isStopped ? offset &- 1 : offset)
        }
        // The word that may be the next key; the value itself is none.
        var wordStart = start
        var isKey = false
        while offset < line.byteCount {
            let byte = line.byte(at: offset)
            if PairText.isBlank(byte) {
                wordStart = offset &+ 1
                isKey = true
            } else if isKey, wordStart < offset, isKeyEnd(line, at: offset) {
                offset = wordStart
                break
            } else if !PairText.isKeyByte(byte) {
                isKey = false
            }
            offset &+= 1
        }
        return PairText.trimmed(line, start..<offset)
    }

    /// Reads a value at its quote and moves behind the closing one, or behind the line's end by one
    /// when there is none.
    ///
    /// A quote closes a value only where a separator or the line's end follows: devices forget to
    /// escape those inside.
    private func readQuoted(_ line: RawSpan, _ offset: inout Int) -> PairText {
        let quote = line.byte(at: offset)
        let start = offset &+ 1
        var end = start
        var escape = TextEscape.none
        while end < line.byteCount {
            let byte = line.byte(at: end)
            if byte == UInt8(ascii: "\\"), end &+ 1 < line.byteCount {
                let next = line.byte(at: end &+ 1)
                if next == quote || next == UInt8(ascii: "\\") {
                    escape = .quoted
                    end &+= 1
                }
            } else if byte == quote, isValueEnd(line, at: end &+ 1) {
                offset = end &+ 1
                return PairText(range: start..<end, escape: escape)
            }
            end &+= 1
        }
        offset = line.byteCount &+ 1
        return PairText(range: start..<line.byteCount, escape: escape)
    }

    private func isValueEnd(_ line: RawSpan, at offset: Int) -> Bool {
        guard offset < line.byteCount else { return true }
        let byte = line.byte(at: offset)
        return PairText.isBlank(byte) || isPairEnd(line, at: offset)
            || isBlankSeparated && Self.isStop(byte)
    }
}
