import Core

/// Finds the fields of one record, where some may say their own length.
///
/// The ranges are reused from record to record.
struct RecordWalk {
    /// Where each field of the record lies, from the record's start.
    private(set) var ranges: [Range<Int>] = []

    /// Walks the record that starts at `start` of `body`.
    ///
    /// A field of variable length begins with its length: one byte, or 255 and a u16
    /// (RFC 7011 §7); the range leaves that out.
    ///
    /// - Returns: bytes of the record, or `nil` when it ends beyond `body`.
    mutating func measure(_ layout: TemplateLayout, in body: RawSpan, from start: Int) -> Int? {
        ranges.removeAll(keepingCapacity: true)
        var offset = start
        for field in layout.fields {
            var length = Int(field.length)
            if field.isVariable {
                guard offset < body.byteCount else { return nil }
                length = Int(body.byte(at: offset))
                offset += 1
                if length == 255 {
                    guard offset + 2 <= body.byteCount else { return nil }
                    length = Int(body.uint16(at: offset))
                    offset += 2
                }
            }
            guard length <= body.byteCount - offset else { return nil }
            ranges.append(offset - start..<offset - start + length)
            offset += length
        }
        return offset - start
    }
}
