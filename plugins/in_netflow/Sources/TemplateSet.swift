import Core

/// Reads the records of template sets and options template sets.
///
/// Source: RFC 3954 §5.2 and §6.1, RFC 7011 §3.4.
struct TemplateSet {
    enum Kind {
        case template, optionsTemplate
    }

    /// One record of a set.
    enum Record {
        case template(id: UInt16, TemplateLayout)
        /// IPFIX field count 0, which over UDP means nothing; the set's own id stands for all
        /// templates of its kind (RFC 7011 §8.1).
        case withdrawal(id: UInt16)
        /// To be counted and passed over.
        case rejected(ErrorCode)
    }

    let flowProtocol: FlowProtocol
    let kind: Kind
    let fieldLimit: Int

    /// Bytes of the record that starts at `start`, or `nil` when it ends beyond `set` or only
    /// padding is left.
    ///
    /// - Parameter set: the set's body, without its 4-byte header.
    func recordLength(in set: RawSpan, at start: Int) -> Int? {
        let headerLength = kind == .template ? 4 : 6
        let left = set.byteCount - start
        guard left >= 4 else { return nil }
        let count = Int(set.uint16(at: start + 2))
        // A withdrawal of options templates has no scope count (RFC 7011 §8.1).
        if flowProtocol == .ipfix, count == 0 { return 4 }
        guard left >= headerLength else { return nil }
        let length: Int
        if flowProtocol == .ipfix {
            guard let fields = ipfixFieldsLength(in: set, at: start + headerLength, count: count)
            else { return nil }
            length = headerLength + fields
        } else if kind == .template {
            length = headerLength + count * 4
        } else {
            length = headerLength + count + Int(set.uint16(at: start + 4))
        }
        return length <= left ? length : nil
    }

    /// IPFIX specifiers take 4 bytes, or 8 when the enterprise bit is set.
    private func ipfixFieldsLength(in set: RawSpan, at start: Int, count: Int) -> Int? {
        var offset = start
        for _ in 0..<count {
            guard offset + 4 <= set.byteCount else { return nil }
            offset += set.byte(at: offset) & 0x80 != 0 ? 8 : 4
        }
        return offset <= set.byteCount ? offset - start : nil
    }

    /// - Parameter record: exactly the bytes that `recordLength` measured.
    func read(_ record: RawSpan) -> Record {
        let id = record.uint16(at: 0)
        let count = Int(record.uint16(at: 2))
        if flowProtocol == .ipfix, count == 0 { return .withdrawal(id: id) }
        guard id >= 256 else { return .rejected(.flowBadTemplate) }
        var layout: TemplateLayout
        switch (flowProtocol, kind) {
        case (.ipfix, .template):
            layout = ipfixLayout(record, from: 4, count: count)
        case (.ipfix, .optionsTemplate):
            let scopeCount = Int(record.uint16(at: 4))
            guard scopeCount >= 1, scopeCount <= count else { return .rejected(.flowBadTemplate) }
            layout = ipfixLayout(record, from: 6, count: count)
        case (_, .template):
            layout = netflowLayout(record, from: 4, count: count, scopeCount: 0)
        case (_, .optionsTemplate):
            let optionLength = Int(record.uint16(at: 4))
            guard count % 4 == 0, optionLength % 4 == 0, count >= 4 else {
                return .rejected(.flowBadTemplate)
            }
            layout = netflowLayout(
                record, from: 6, count: (count + optionLength) / 4, scopeCount: count / 4)
        }
        guard layout.fields.count <= fieldLimit else { return .rejected(.flowTemplateLimit) }
        // Fields of length 0 occur and say nothing; without them a record has a byte per field.
        layout.removeEmptyFields()
        guard (1...65_535).contains(layout.minimumRecordLength) else {
            return .rejected(.flowBadTemplate)
        }
        return .template(id: id, layout)
    }

    private func netflowLayout(
        _ record: RawSpan, from start: Int, count: Int, scopeCount: Int
    ) -> TemplateLayout {
        var fields: [FieldSpecifier] = []
        fields.reserveCapacity(Swift.min(count, fieldLimit + 1))
        for index in 0..<Swift.min(count, fieldLimit + 1) {
            let offset = start + index * 4
            let type = record.uint16(at: offset)
            fields.append(
                FieldSpecifier(
                    element: index < scopeCount
                        ? .scope(type) : ElementRegistry.shared.key(ofV9Type: type),
                    length: record.uint16(at: offset + 2)))
        }
        return TemplateLayout(
            flowProtocol: flowProtocol, fields: fields, isOptions: kind == .optionsTemplate)
    }

    private func ipfixLayout(
        _ record: RawSpan, from start: Int, count: Int
    ) -> TemplateLayout {
        var fields: [FieldSpecifier] = []
        fields.reserveCapacity(Swift.min(count, fieldLimit + 1))
        var offset = start
        for _ in 0..<Swift.min(count, fieldLimit + 1) {
            let number = record.uint16(at: offset)
            let length = record.uint16(at: offset + 2)
            offset += 4
            var enterprise: UInt32 = 0
            if number & 0x8000 != 0 {
                enterprise = record.uint32(at: offset)
                offset += 4
            }
            fields.append(
                FieldSpecifier(
                    element: ElementKey(enterprise: enterprise, number & 0x7fff), length: length))
        }
        return TemplateLayout(
            flowProtocol: flowProtocol, fields: fields, isOptions: kind == .optionsTemplate)
    }
}
