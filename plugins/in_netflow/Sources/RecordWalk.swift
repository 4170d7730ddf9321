import Core

extension FieldSpecifier {
    /// Where the value lies of the field that starts at `offset`, or `nil` beyond `body`.
    ///
    /// A field of variable length begins with its length: one byte, or 255 and a u16
    /// (RFC 7011 §7); the range leaves that out.
    @inline(__always)
    func range(in body: RawSpan, at offset: Int) -> Range<Int>? {
        var start = offset
        var length = Int(self.length)
        if isVariable {
            guard start < body.byteCount else { return nil }
            length = Int(body.byte(at: start))
            start += 1
            if length == 255 {
                guard start + 2 <= body.byteCount else { return nil }
                length = Int(body.uint16(at: start))
                start += 2
            }
        }
        guard length <= body.byteCount - start else { return nil }
        return start..<start + length
    }
}

extension TemplateLayout {
    /// Bytes of the record that starts at `start` of `body`, or `nil` when it ends beyond.
    func recordLength(in body: RawSpan, from start: Int) -> Int? {
        var offset = start
        for index in fields.indices {
            guard let value = range(ofField: index, in: body, at: offset) else { return nil }
            offset = value.upperBound
        }
        return offset - start
    }

    @inline(__always)
    fileprivate func range(ofField index: Int, in body: RawSpan, at offset: Int) -> Range<Int>? {
        fields[index].range(in: body, at: offset)
    }

    /// Points the slots of the row being written, one per field, at the record in its variable
    /// part.
    ///
    /// - Parameter record: exactly one record.
    func storeSlots(of record: RawSpan, in batch: inout RecordBatch) {
        var offset = 0
        for index in fields.indices {
            guard let value = range(ofField: index, in: record, at: offset) else { return }
            batch.storeSlot(at: index * Slot.byteCount, start: value.lowerBound, count: value.count)
            offset = value.upperBound
        }
    }
}

/// Where the fields of one record lie; the storage is reused from record to record.
struct RecordWalk {
    /// The fields' places, from the record's start.
    private(set) var ranges: [Range<Int>] = []

    /// Walks the record that starts at `start` of `body`.
    ///
    /// - Returns: bytes of the record, or `nil` when it ends beyond `body`.
    mutating func measure(_ layout: TemplateLayout, in body: RawSpan, from start: Int) -> Int? {
        ranges.removeAll(keepingCapacity: true)
        var offset = start
        for index in layout.fields.indices {
            guard let value = layout.range(ofField: index, in: body, at: offset) else { return nil }
            ranges.append(value.lowerBound - start..<value.upperBound - start)
            offset = value.upperBound
        }
        return offset - start
    }
}
