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
            guard let template = domain.template(id) else { return waiting.append(set) }
            if template.isRestored, !template.fits(body) {
                // The exporter has changed it while nobody listened.
                withdraw(template.id, domain)
                return waiting.append(set)
            }
            decodeData(body, template, domain, into: &batch)
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
            known.repeated(at: now, message: domain.messageCount)
            return
        }
        switch reader.read(record) {
        case .withdrawal(let id):
            // Over UDP they may come late, after a new definition.
            if isSession { withdraw(id, domain) }
        case .rejected(let problem): domain.counters.count(problem)
        case .template(let id, let layout):
            let life = TemplateLife(lastSeen: now, message: domain.messageCount)
            add(template(id, layout, record, life), to: domain)
            hasUnsavedTemplates = true
            if domain.heldCount > 0 { hasNewTemplate = true }
        }
    }

    private mutating func template(
        _ id: UInt16, _ layout: TemplateLayout, _ definition: RawSpan, _ life: TemplateLife,
        isRestored: Bool = false
    ) -> Template {
        let model = models.model(
            for: layout, definition: definition.extracting(2..<definition.byteCount).makeArray())
        let made = Template(id: id, model: model, life: life, isRestored: isRestored)
        made.lastUsed = tick
        return made
    }

    private mutating func add(_ template: Template, to domain: ObservationDomain) {
        let before = domain.storedBytes
        domain.store(template, limit: options.limits.templatesPerDomain)
        exporters.charge(domain, bytes: domain.storedBytes - before)
    }

    /// Takes over the templates that an earlier process knew of a stream.
    mutating func restore(_ domain: ObservationDomain, _ header: MessageHeader) {
        domain.isRestored = true
        for known in store.take(domain.key, header, now: now) {
            let reader = TemplateSet(
                flowProtocol: domain.key.flowProtocol,
                kind: known.isOptions ? .optionsTemplate : .template,
                fieldLimit: options.limits.fieldsPerTemplate)
            known.definition.withBytes { record in
                guard reader.recordLength(in: record, at: 0) == record.byteCount,
                    case .template(let id, let layout) = reader.read(record)
                else { return }
                let life = TemplateLife(lastSeen: known.lastSeen, message: 0)
                add(template(id, layout, record, life, isRestored: true), to: domain)
            }
        }
    }

    private mutating func withdraw(_ id: UInt16, _ domain: ObservationDomain) {
        let before = domain.storedBytes
        switch id {
        case 2, 3: domain.withdrawAll(ofOptions: id == 3)
        default:
            if !domain.withdraw(id) { domain.counters.count(.flowUnknownWithdrawal) }
        }
        exporters.charge(domain, bytes: domain.storedBytes - before)
    }
}

extension RawSpan {
    /// Whether only zeros follow.
    func isZero(from start: Int) -> Bool {
        for offset in start..<byteCount where byte(at: offset) != 0 { return false }
        return true
    }
}
