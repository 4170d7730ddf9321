import Core

/// The records of data sets.
extension MessageDecoder {
    /// Decodes the records of a data set.
    ///
    /// - Parameter body: the set without its header.
    mutating func decodeData(
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
        let before = domain.storedBytes
        while body.byteCount - offset >= template.recordLength {
            guard let length = walk.measure(template.layout, in: body, from: offset) else { break }
            domain.learn(
                from: body.extracting(offset..<offset + length), ranges: walk.ranges,
                layout: template.layout)
            offset += length
            count += 1
        }
        if domain.storedBytes != before {
            exporters.charge(domain, bytes: domain.storedBytes - before)
        }
        return count
    }

    /// Appends a whole set at once; only records whose sampling or names differ are looked at.
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
        if count == 0 { return }
        if let place = template.model.bootTime, place.count <= 8 {
            domain.learn(bootTime: body.extracting(place).unsigned())
        }
        let context = domain.context
        let common = commonSampling(template, context)
        if let offset = template.model.doubtfulRate, options.repairsSampling,
            common?.source != .config,
            SwappedRate.isLikely(body.uint32(at: offset), from: domain.key)
        {
            return appendRepaired(body, rateAt: offset, count, template, domain, into: &batch)
        }
        if let common {
            return appendRows(
                body, count: count, of: template, in: domain, context, common, into: &batch)
        }
        if !template.hasOwnSampling, let rate = template.model.rate,
            !hasZero(body, at: rate, step: length, count: count)
        {
            return appendRows(
                body, count: count, of: template, in: domain, context, .field, into: &batch)
        }
        guard walk.measure(template.layout, in: body, from: 0) != nil else { return }
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
                of: template, in: domain, context, sampling, into: &batch)
            first = next
        }
    }

    /// Appends a set whose records have their sampling rate little-endian, one run per rate.
    private mutating func appendRepaired(
        _ body: RawSpan, rateAt offset: Int, _ count: Int, _ template: Template,
        _ domain: ObservationDomain, into batch: inout RecordBatch
    ) {
        let length = template.recordLength
        let context = domain.context
        domain.counters.count(.flowSwappedRate, times: count)
        var first = 0
        while first < count {
            let sent = body.uint32(at: first * length + offset)
            var next = first + 1
            while next < count, body.uint32(at: next * length + offset) == sent { next += 1 }
            let isSwapped = SwappedRate.isLikely(sent, from: domain.key)
            appendRows(
                body.extracting(first * length..<next * length), count: next - first,
                of: template, in: domain, context,
                Sampling(rate: isSwapped ? sent.byteSwapped : sent, source: .record),
                isRateRepaired: true, into: &batch)
            first = next
        }
    }

    /// The sampling of all records of a template, or `nil` when it takes a look at each.
    private func commonSampling(_ template: Template, _ context: RecordContext) -> Sampling? {
        if context.sampling.source == .config { return context.sampling }
        if template.hasOwnSampling { return nil }
        if template.model.rate != nil { return context.tellsSampling ? nil : .field }
        return template.model.hasIngress && context.hasInterfaceRates ? nil : context.sampling
    }

    /// Whether any of `count` numbers is 0.
    private func hasZero(_ body: RawSpan, at place: Range<Int>, step: Int, count: Int) -> Bool {
        for index in 0..<count {
            let start = index * step
            let number = body.extracting(start + place.lowerBound..<start + place.upperBound)
            if number.isZero(from: 0) { return true }
        }
        return false
    }

    /// The sampling of a record that `walk` measured, or that is laid out like it.
    private func sampling(
        of body: RawSpan, at start: Int, _ template: Template, _ domain: ObservationDomain
    ) -> Sampling {
        var fields = SamplerFields()
        for (field, range) in zip(template.layout.fields, walk.ranges) where range.count <= 8 {
            fields.take(
                body.extracting(start + range.lowerBound..<start + range.upperBound),
                of: field.element)
        }
        if fields.rate != 0 { return Sampling(rate: fields.rate, source: .record) }
        return domain.sampling(forSampler: fields.id, ingress: fields.ingress)
    }

    /// Appends `count` records of fixed length as one run.
    mutating func appendRows(
        _ rows: RawSpan, count: Int, of template: Template, in domain: ObservationDomain,
        _ context: RecordContext, _ sampling: Sampling, isRateRepaired: Bool = false,
        into batch: inout RecordBatch
    ) {
        if count == 0 { return }
        let plan = prepareRun(
            template, domain, context, sampling, isRateRepaired: isRateRepaired)
        let names = template.model.nameKinds.intersection(context.names)
        if names.isEmpty {
            return constants.append(rows, count: count, shape: plan.shape, to: &batch)
        }
        constants.beginRun(plan.shape, of: &batch)
        let length = template.recordLength
        for start in stride(from: 0, to: count * length, by: length) {
            named.append(
                rows.extracting(start..<start + length), template.model.named, names,
                domain.options.names, to: &batch)
        }
    }

    /// Appends records whose fields tell their length: the record's bytes behind a slot per field
    /// and per name.
    private mutating func appendVariable(
        _ body: RawSpan, _ template: Template, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) {
        let context = domain.context
        let names = template.model.nameKinds.intersection(context.names)
        let fields = template.model.named.filter { names.contains($0.kind) }
        let slots = template.layout.fields.count
        let rowLength = (slots + fields.count) * Slot.byteCount
        let common = commonSampling(template, context)
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
            if common == nil || !fields.isEmpty {
                _ = walk.measure(template.layout, in: body, from: offset)
            }
            let sampling = common ?? self.sampling(of: body, at: offset, template, domain)
            if sampling != runSampling {
                let plan = prepareRun(template, domain, context, sampling)
                constants.beginRun(plan.shape, of: &batch)
                runSampling = sampling
            }
            let record = body.extracting(offset..<offset + length)
            batch.beginRow(rowLength: rowLength, isVariable: true)
            _ = batch.appendVariable(record, rowLength: rowLength)
            template.layout.storeSlots(of: record, in: &batch)
            if !template.model.lists.isEmpty {
                appendLists(of: record, template, domain, rowLength: rowLength, into: &batch)
            }
            for (index, field) in fields.enumerated() {
                let slot = (slots + index) * Slot.byteCount
                let number = record.extracting(walk.ranges[field.field])
                guard let name = domain.options.names.name(of: field.kind, number) else {
                    batch.storeNullSlot(at: slot)
                    continue
                }
                let start = name.withBytes { batch.appendVariable($0, rowLength: rowLength) }
                batch.storeSlot(at: slot, start: start, count: name.count)
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
        for (field, kind) in template.model.lists {
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
        // What inner templates are shown by may have been made now.
        exporters.charge(domain, bytes: 0)
    }

    /// Writes the constants of a run and finds its plan.
    private mutating func prepareRun(
        _ template: Template, _ domain: ObservationDomain, _ context: RecordContext,
        _ sampling: Sampling, isRateRepaired: Bool = false
    ) -> FlowPlan {
        constants.setTemplate(
            template.id, samplingRate: sampling.rate, bootTime: context.bootTime)
        var variant = context.variant
        variant.isRateRepaired = isRateRepaired
        variant.sampling = sampling.source
        variant.names = template.model.nameKinds.intersection(context.names)
        if variant.isMediated { constants.setExporter(domain.options.exporter) }
        if template.hasUnknownElements {
            exporters.charge(domain, bytes: domain.updatePlans(of: template))
        }
        if let plan = template.plan(for: variant) { return plan }
        let before = domain.storedBytes
        let learned =
            template.hasUnknownElements
            ? domain.options.learned.elements(of: template.layout) : [:]
        let plan =
            learned.isEmpty
            ? FlowPlan(template.layout, variant, [:], options.shapes)
            : plans.plan(
                for: template.layout, variant, learned, options.shapes)
        domain.store(plan, for: variant, of: template)
        exporters.charge(domain, bytes: domain.storedBytes - before)
        return plan
    }
}
