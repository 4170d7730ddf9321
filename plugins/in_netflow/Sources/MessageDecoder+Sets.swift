import Core

/// The sets of NetFlow v9 (RFC 3954 §5) and IPFIX (RFC 7011 §3.3).
extension MessageDecoder {
    /// What is known about a message beside its bytes.
    struct Message {
        var header: MessageHeader
        var source: PayloadSource
        /// Bytes of the message; what lies behind belongs to another one.
        var end: Int
    }

    /// Decodes all sets of a message; data in front of its template waits for the message's end.
    ///
    /// - Parameter bytes: from the header on; may go on behind the message.
    mutating func decodeSets(
        _ bytes: RawSpan, _ message: Message, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) {
        let end = message.end
        var offset = domain.key.flowProtocol.headerLength
        let before = batch.count
        waiting.removeAll(keepingCapacity: true)
        while offset + 4 <= end {
            let length = Int(bytes.uint16(at: offset + 2))
            if length < 4 || offset + length > end {
                if !bytes.isZero(from: offset) {
                    domain.counters.count(.flowBadSetLength)
                    isCountExact = false
                }
                // Some exporters state too short a message: what of the set lies inside is good.
                if length >= 4, offset + length <= bytes.byteCount {
                    decodeSet(bytes, offset..<end, domain, into: &batch)
                }
                break
            }
            decodeSet(bytes, offset..<offset + length, domain, into: &batch)
            offset += length
        }
        decodeWaiting(bytes, message, domain, into: &batch)
        if hasNewTemplate {
            let before = (recordsSeen, isCountExact, recordsLeft)
            decodeHeld(message, domain, into: &batch)
            (recordsSeen, isCountExact, recordsLeft) = before
        }
        self.end(
            message.header, of: domain, payloadBytes: end, records: batch.count - before)
    }

    private mutating func decodeSet(
        _ message: RawSpan, _ set: Range<Int>, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) {
        let id = message.uint16(at: set.lowerBound)
        let body = message.extracting(set.lowerBound + 4..<set.upperBound)
        switch (id, domain.key.flowProtocol) {
        case (256..., _):
            if let template = domain.template(id) {
                decodeData(body, template, domain, into: &batch)
            } else {
                waiting.append(set)
            }
        case (0, .netflowV9), (2, .ipfix):
            readTemplates(body, .template, domain)
        case (1, .netflowV9), (3, .ipfix):
            readTemplates(body, .optionsTemplate, domain)
        default:
            domain.counters.count(.flowReservedSet)
        }
    }

    /// Decodes the sets whose templates came behind them, and holds the others.
    private mutating func decodeWaiting(
        _ bytes: RawSpan, _ message: Message, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) {
        for set in waiting {
            if let template = domain.template(bytes.uint16(at: set.lowerBound)) {
                let body = bytes.extracting(set.lowerBound + 4..<set.upperBound)
                decodeData(body, template, domain, into: &batch)
            } else {
                isCountExact = false
                held.hold(
                    HeldSet(
                        domain: domain, header: message.header, source: message.source,
                        bytes: bytes.extracting(set)))
            }
        }
    }

    /// Decodes data of earlier messages for which a template came with this one; its records tell
    /// when their own message was received and exported.
    private mutating func decodeHeld(
        _ message: Message, _ domain: ObservationDomain, into batch: inout RecordBatch
    ) {
        hasNewTemplate = false
        for set in held.release(domain) {
            guard let template = domain.template(set.templateID) else { continue }
            constants.setSource(set.source)
            constants.setMessage(set.header)
            recordsLeft = Self.recordLimit
            lists.begin()
            // The span is used while the array is held.
            let bytes = unsafe set.bytes.span.bytes
            decodeData(bytes.extracting(4..<bytes.byteCount), template, domain, into: &batch)
        }
        constants.setSource(message.source)
    }

    // MARK: Templates

    private mutating func readTemplates(
        _ set: RawSpan, _ kind: TemplateSet.Kind, _ domain: ObservationDomain
    ) {
        let reader = TemplateSet(
            flowProtocol: domain.key.flowProtocol, kind: kind,
            fieldLimit: options.limits.fieldsPerTemplate)
        var offset = 0
        while set.byteCount - offset >= 4 {
            guard let length = reader.recordLength(in: set, at: offset) else {
                if !set.isZero(from: offset) { domain.counters.count(.flowBadTemplate) }
                return
            }
            let record = set.extracting(offset..<offset + length)
            offset += length
            // Sets may be padded; a padding of zeros reads like template 0 without fields.
            if record.isZero(from: 0) { continue }
            readTemplate(record, reader, domain)
        }
    }

    private mutating func readTemplate(
        _ record: RawSpan, _ reader: TemplateSet, _ domain: ObservationDomain
    ) {
        let known = domain.template(record.uint16(at: 0))
        if let known, known.layout.isOptions == (reader.kind == .optionsTemplate),
            known.model.definition.withBytes({
                $0.hasSameBytes(as: record.extracting(2..<record.byteCount))
            })
        {
            known.lastUsed = tick
            return
        }
        switch reader.read(record) {
        case .withdrawal: break
        case .rejected(let problem): domain.counters.count(problem)
        case .template(let id, let layout):
            let model = models.model(
                for: layout, definition: record.extracting(2..<record.byteCount).makeArray())
            let template = Template(id: id, model: model)
            template.lastUsed = tick
            let before = domain.storedBytes
            domain.store(template, limit: options.limits.templatesPerDomain)
            if domain.heldCount > 0 { hasNewTemplate = true }
            exporters.charge(domain, bytes: domain.storedBytes - before)
        }
    }
}

extension RawSpan {
    /// Whether only zeros follow.
    func isZero(from start: Int) -> Bool {
        for offset in start..<byteCount where byte(at: offset) != 0 { return false }
        return true
    }
}
