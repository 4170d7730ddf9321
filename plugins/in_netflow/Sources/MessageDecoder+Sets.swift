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
            known.definition.withBytes({ $0.hasSameBytes(as: record) })
        {
            known.lastUsed = tick
            return
        }
        switch reader.read(record) {
        case .withdrawal: break
        case .rejected(let problem): domain.counters.count(problem)
        case .template(let id, let layout):
            let definition = (0..<record.byteCount).map { record.byte(at: $0) }
            let template = Template(id: id, layout: layout, definition: definition)
            template.lastUsed = tick
            let before = domain.storedBytes
            domain.store(template, limit: options.limits.templatesPerDomain)
            if domain.heldCount > 0 { hasNewTemplate = true }
            exporters.charge(domain, bytes: domain.storedBytes - before)
        }
    }

    // MARK: Data

    private mutating func decodeData(
        _ body: RawSpan, _ template: Template, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) {
        template.lastUsed = tick
        if template.layout.isOptions {
            let count = learn(body, template, domain)
            if !options.emitsOptions {
                recordsSeen += count
                return
            }
        }
        if template.usesSlots {
            appendVariable(body, template, domain, into: &batch)
        } else {
            appendFixed(body, template, domain, into: &batch)
        }
    }

    /// - Returns: records learned from.
    private mutating func learn(
        _ body: RawSpan, _ template: Template, _ domain: ObservationDomain
    ) -> Int {
        var offset = 0
        var count = 0
        while body.byteCount - offset >= template.recordLength {
            guard let length = walk.measure(template.layout, in: body, from: offset) else { break }
            domain.learn(
                from: body.extracting(offset..<offset + length), ranges: walk.ranges,
                layout: template.layout)
            offset += length
            count += 1
        }
        return count
    }

    /// Appends a whole set at once; only records that tell about sampling are looked at.
    private mutating func appendFixed(
        _ body: RawSpan, _ template: Template, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) {
        let length = template.recordLength
        let present = body.byteCount / length
        recordsSeen += present
        let count = take(present, domain)
        if body.byteCount < length, !body.isZero(from: 0) {
            domain.counters.count(.flowRecordOverrun)
        }
        if let offset = template.doubtfulRate, count > 0, options.repairsSampling,
            SwappedRate.isLikely(body.uint32(at: offset), from: domain.key)
        {
            return appendRepaired(body, rateAt: offset, count, template, domain, into: &batch)
        }
        guard template.hasOwnSampling else {
            return appendRows(
                body, count: count, of: template, in: domain, domain.sampling, into: &batch)
        }
        guard count > 0, walk.measure(template.layout, in: body, from: 0) != nil else { return }
        var first = 0
        while first < count {
            let sampling = sampling(of: body, at: first * length, template, domain)
            var next = first + 1
            while next < count,
                self.sampling(of: body, at: next * length, template, domain) == sampling
            {
                next += 1
            }
            appendRows(
                body.extracting(first * length..<next * length), count: next - first,
                of: template, in: domain, sampling, into: &batch)
            first = next
        }
    }

    /// Appends a set whose records have their sampling rate little-endian, one run per rate.
    private mutating func appendRepaired(
        _ body: RawSpan, rateAt offset: Int, _ count: Int, _ template: Template,
        _ domain: ObservationDomain, into batch: inout RecordBatch
    ) {
        let length = template.recordLength
        domain.counters.count(.flowSwappedRate, times: count)
        var first = 0
        while first < count {
            let sent = body.uint32(at: first * length + offset)
            var next = first + 1
            while next < count, body.uint32(at: next * length + offset) == sent { next += 1 }
            let isSwapped = SwappedRate.isLikely(sent, from: domain.key)
            appendRows(
                body.extracting(first * length..<next * length), count: next - first,
                of: template, in: domain,
                Sampling(rate: isSwapped ? sent.byteSwapped : sent, source: .record),
                isRateRepaired: true, into: &batch)
            first = next
        }
    }

    /// The sampling of a record that `walk` measured, or that is laid out like it.
    private func sampling(
        of body: RawSpan, at start: Int, _ template: Template, _ domain: ObservationDomain
    ) -> Sampling {
        var fields = SamplerFields()
        if template.hasOwnSampling {
            for (field, range) in zip(template.layout.fields, walk.ranges) where range.count <= 8 {
                fields.take(
                    body.extracting(start + range.lowerBound..<start + range.upperBound),
                    of: field.element)
            }
        }
        if fields.rate != 0 { return Sampling(rate: fields.rate, source: .record) }
        return domain.options.sampling(forSampler: fields.id)
    }

    /// Appends `count` records of fixed length as one run.
    mutating func appendRows(
        _ rows: RawSpan, count: Int, of template: Template, in domain: ObservationDomain,
        _ sampling: Sampling, isRateRepaired: Bool = false, into batch: inout RecordBatch
    ) {
        if count == 0 { return }
        let plan = prepareRun(template, domain, sampling, isRateRepaired: isRateRepaired)
        constants.append(rows, count: count, shape: plan.shape, to: &batch)
    }

    /// Appends records whose fields tell their length: the record's bytes behind a slot per field.
    private mutating func appendVariable(
        _ body: RawSpan, _ template: Template, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) {
        let rowLength = template.layout.fields.count * Slot.byteCount
        let general = domain.sampling
        var runSampling: Sampling?
        var offset = 0
        while body.byteCount - offset >= template.recordLength {
            guard let length = template.layout.recordLength(in: body, from: offset) else {
                domain.counters.count(.flowRecordOverrun)
                isCountExact = false
                return
            }
            recordsSeen += 1
            guard take(1, domain) == 1 else { return }
            var sampling = general
            if template.hasOwnSampling,
                walk.measure(template.layout, in: body, from: offset) != nil
            {
                sampling = self.sampling(of: body, at: offset, template, domain)
            }
            if sampling != runSampling {
                let plan = prepareRun(template, domain, sampling)
                constants.beginRun(plan.shape, of: &batch)
                runSampling = sampling
            }
            let record = body.extracting(offset..<offset + length)
            batch.beginRow(rowLength: rowLength, isVariable: true)
            _ = batch.appendVariable(record, rowLength: rowLength)
            template.layout.storeSlots(of: record, in: &batch)
            if !template.lists.isEmpty {
                appendLists(of: record, template, domain, rowLength: rowLength, into: &batch)
            }
            batch.endRow(isVariable: true)
            offset += length
        }
    }

    /// Appends the lists of the row being written in nested form and points their slots there.
    private mutating func appendLists(
        of record: RawSpan, _ template: Template, _ domain: ObservationDomain, rowLength: Int,
        into batch: inout RecordBatch
    ) {
        guard walk.measure(template.layout, in: record, from: 0) != nil else { return }
        let before = domain.storedBytes
        for (field, kind) in template.lists {
            let list = record.extracting(walk.ranges[field])
            let slot = field * Slot.byteCount
            if list.byteCount == 0 {
                batch.storeNullSlot(at: slot)
                continue
            }
            lists.decode(list, kind, in: domain)
            let start = batch.appendVariable(lists.writer.bytes, rowLength: rowLength)
            batch.storeSlot(at: slot, start: start, count: lists.writer.buffer.count)
        }
        let taken = domain.storedBytes - before
        if taken != 0 { exporters.charge(domain, bytes: taken) }
    }

    /// Writes the constants of a run and finds its plan.
    private mutating func prepareRun(
        _ template: Template, _ domain: ObservationDomain, _ sampling: Sampling,
        isRateRepaired: Bool = false
    ) -> FlowPlan {
        let bootTime = domain.bootTime
        constants.setTemplate(template.id, samplingRate: sampling.rate, bootTime: bootTime)
        var variant = PlanVariant()
        variant.isBootTimeKnown = bootTime != 0
        variant.isRateRepaired = isRateRepaired
        variant.sampling = sampling.source
        if template.hasUnknownElements {
            exporters.charge(domain, bytes: domain.updatePlans(of: template))
        }
        if let plan = template.plan(for: variant) { return plan }
        let before = domain.storedBytes
        let learned =
            template.hasUnknownElements
            ? domain.options.learned.elements(of: template.layout) : [:]
        let (plan, isNew) = plans.plan(
            for: template.layout, variant, learned, repeatsConsumed: options.repeatsConsumed)
        domain.store(plan, for: variant, of: template, bytes: isNew ? plan.byteCount : 0)
        exporters.charge(domain, bytes: domain.storedBytes - before)
        return plan
    }
}

extension RawSpan {
    /// Whether only zeros follow.
    fileprivate func isZero(from start: Int) -> Bool {
        for offset in start..<byteCount where byte(at: offset) != 0 { return false }
        return true
    }
}
