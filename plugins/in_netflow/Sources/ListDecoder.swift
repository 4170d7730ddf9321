import Core

/// Decodes structured data (RFC 6313) to nested values.
///
/// | element | becomes |
/// |---|---|
/// | basicList | `{semantic, element, values: [...]}` |
/// | subTemplateList | `{semantic, template, records: [{...}]}` |
/// | subTemplateMultiList | `{semantic, lists: [{template, records: [{...}]}]}` |
///
/// Where the template is unknown, `raw` stands for `records`. A list that contradicts itself becomes
/// its bytes.
struct ListDecoder: ~Copyable {
    /// Lists in lists in lists.
    static let depthLimit = 8
    /// Values taken from the lists of one datagram: each may take many times its bytes in a record.
    static let valueLimit = 16_384

    /// Elements that the user named.
    let defined: [ElementKey: Element]
    /// The value decoded last.
    private(set) var writer = NestedWriter()
    private var valuesLeft = Self.valueLimit

    init(defined: [ElementKey: Element] = [:]) { self.defined = defined }

    /// Begins a datagram.
    mutating func begin() { valuesLeft = Self.valueLimit }

    /// Leaves the list in `writer`, whatever it is worth; counts what is wrong with it.
    mutating func decode(_ list: RawSpan, _ kind: ListKind, in domain: ObservationDomain) {
        writer.removeAll()
        do throws(DecodeError) {
            try readList(list, kind, domain, depth: 1)
        } catch {
            domain.counters.count(error.code)
            writer.removeAll()
            writer.bytes(list)
        }
    }

    private mutating func readList(
        _ list: RawSpan, _ kind: ListKind, _ domain: ObservationDomain, depth: Int
    ) throws(DecodeError) {
        guard depth <= Self.depthLimit, list.byteCount > 0 else {
            throw DecodeError(.flowBadList, at: 0)
        }
        writer.beginMap()
        writer.key("semantic")
        writeSemantic(list.byte(at: 0))
        let body = list.extracting(1..<list.byteCount)
        switch kind {
        case .basic: try readValues(body, domain, depth)
        case .template: try readTemplateList(body, domain, depth)
        case .multi: try readBlocks(body, domain, depth)
        }
        writer.end()
    }

    /// RFC 6313 §4.4.
    private mutating func writeSemantic(_ number: UInt8) {
        switch number {
        case 0: writer.text("noneOf")
        case 1: writer.text("exactlyOneOf")
        case 2: writer.text("oneOrMoreOf")
        case 3: writer.text("allOf")
        case 4: writer.text("ordered")
        case 255: writer.text("undefined")
        default: writer.unsigned(UInt64(number))
        }
    }

    // MARK: basicList

    /// - Parameter body: element u16, length u16, enterprise u32 if the element's top bit is set,
    ///   then the values.
    private mutating func readValues(
        _ body: RawSpan, _ domain: ObservationDomain, _ depth: Int
    ) throws(DecodeError) {
        guard body.byteCount >= 4 else { throw DecodeError(.flowBadList, at: 0) }
        let number = body.uint16(at: 0)
        var offset = 4
        var enterprise: UInt32 = 0
        if number & 0x8000 != 0 {
            guard body.byteCount >= 8 else { throw DecodeError(.flowBadList, at: 4) }
            enterprise = body.uint32(at: 4)
            offset = 8
        }
        let field = FieldSpecifier(
            element: ElementKey(enterprise: enterprise, number & 0x7fff),
            length: body.uint16(at: 2))
        let element =
            defined[field.element]
            ?? ElementRegistry.shared.element(field.element, of: .ipfix)
        writer.key("element")
        writer.text(element.name)
        writer.key("values")
        writer.beginArray()
        while offset < body.byteCount {
            guard field.length > 0, let value = field.range(in: body, at: offset) else {
                throw DecodeError(.flowBadList, at: offset)
            }
            try write(body.extracting(value), element.encoding, element.list, domain, depth)
            offset = value.upperBound
        }
        writer.end()
    }

    // MARK: subTemplateList and subTemplateMultiList

    /// - Parameter body: template u16, then its records.
    private mutating func readTemplateList(
        _ body: RawSpan, _ domain: ObservationDomain, _ depth: Int
    ) throws(DecodeError) {
        guard body.byteCount >= 2 else { throw DecodeError(.flowBadList, at: 0) }
        try readRecords(
            body.extracting(2..<body.byteCount), of: body.uint16(at: 0), domain, depth)
    }

    private mutating func readRecords(
        _ records: RawSpan, of id: UInt16, _ domain: ObservationDomain, _ depth: Int
    ) throws(DecodeError) {
        writer.key("template")
        writer.unsigned(UInt64(id))
        guard let template = domain.template(id) else {
            domain.counters.count(.flowUnknownListTemplate)
            writer.key("raw")
            writer.bytes(records)
            return
        }
        writer.key("records")
        writer.beginArray()
        let members = template.model.members(defined)
        var offset = 0
        while offset < records.byteCount {
            offset = try readRecord(records, offset, template, members, domain, depth)
        }
        writer.end()
    }

    /// - Parameter body: blocks of template u16, length u16 with these four bytes, records.
    private mutating func readBlocks(
        _ body: RawSpan, _ domain: ObservationDomain, _ depth: Int
    ) throws(DecodeError) {
        writer.key("lists")
        writer.beginArray()
        var offset = 0
        while offset < body.byteCount {
            guard offset + 4 <= body.byteCount else { throw DecodeError(.flowBadList, at: offset) }
            let end = offset + Int(body.uint16(at: offset + 2))
            guard end >= offset + 4, end <= body.byteCount else {
                throw DecodeError(.flowBadList, at: offset)
            }
            try spend(at: offset)
            writer.beginMap()
            try readRecords(
                body.extracting(offset + 4..<end), of: body.uint16(at: offset), domain, depth)
            writer.end()
            offset = end
        }
        writer.end()
    }

    /// - Returns: where the next record starts.
    private mutating func readRecord(
        _ records: RawSpan, _ start: Int, _ template: Template, _ members: [InnerMember],
        _ domain: ObservationDomain, _ depth: Int
    ) throws(DecodeError) -> Int {
        var walk = RecordWalk()
        guard let length = walk.measure(template.layout, in: records, from: start) else {
            throw DecodeError(.flowBadList, at: start)
        }
        let record = records.extracting(start..<start + length)
        try spend(at: start)
        writer.beginMap()
        for member in members {
            writer.key(member.name)
            if member.fields.count > 1 { writer.beginArray() }
            for field in member.fields {
                let value = record.extracting(walk.ranges[field])
                try write(value, member.encoding, member.list, domain, depth)
            }
            if member.fields.count > 1 { writer.end() }
        }
        writer.end()
        return start + length
    }

    // MARK: Values

    private mutating func spend(at offset: Int) throws(DecodeError) {
        guard valuesLeft > 0 else { throw DecodeError(.flowAmplification, at: offset) }
        valuesLeft -= 1
    }

    private mutating func write(
        _ bytes: RawSpan, _ encoding: Encoding, _ list: ListKind?, _ domain: ObservationDomain,
        _ depth: Int
    ) throws(DecodeError) {
        try spend(at: 0)
        if let list, bytes.byteCount > 0 {
            return try readList(bytes, list, domain, depth: depth + 1)
        }
        if list != nil { return writer.null() }
        switch FieldValue.read(bytes, as: encoding) {
        case .null, .nested, .list: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .unsigned(let value): writer.unsigned(value)
        case .integer(let value): writer.signed(value)
        case .double(let value): writer.double(value)
        case .text(let value): writer.text(value)
        case .bytes(let value): writer.bytes(value)
        case .address(let value): writer.address(value)
        case .mac(let value): writer.mac(value)
        case .timestamp(let value): writer.timestamp(value)
        }
    }
}
