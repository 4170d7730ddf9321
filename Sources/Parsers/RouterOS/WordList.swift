import Core

/// Words separated by commas as an array of texts, kept for the next message that has the same.
///
/// Writing one anew takes several times as long as comparing and copying.
struct WordList: ~Copyable {
    private var text = ByteBuffer()
    private var array = NestedWriter()

    /// Appends the array of the words in a part of a line.
    ///
    /// - Returns: the slot that points to it when `scratch` follows the line.
    @inline(__always)
    mutating func append(
        _ line: RawSpan, _ range: Range<Int>, to scratch: inout NestedWriter
    ) -> UInt64 {
        if !text.bytes.hasSameBytes(as: line.extracting(range)) || array.buffer.count == 0 {
            keep(line, range)
        }
        let start = scratch.buffer.count
        scratch.buffer.append(contentsOf: array.buffer)
        return Slot.pack(
            offset: line.byteCount &+ start, length: scratch.buffer.count &- start)
    }

    private mutating func keep(_ line: RawSpan, _ range: Range<Int>) {
        text.removeAll()
        text.append(line.extracting(range))
        array.removeAll()
        array.beginArray()
        var wordStart = range.lowerBound
        for offset in range where line.byte(at: offset) == UInt8(ascii: ",") {
            appendWord(line, wordStart, offset)
            wordStart = offset &+ 1
        }
        appendWord(line, wordStart, range.upperBound)
        array.end()
    }

    /// Version 6 leaves topics empty, and WinBox puts a space in front of them.
    private mutating func appendWord(_ line: RawSpan, _ start: Int, _ end: Int) {
        let start = start < end && line.byte(at: start) == UInt8(ascii: " ") ? start &+ 1 : start
        if start < end { array.text(line.extracting(start..<end)) }
    }
}
