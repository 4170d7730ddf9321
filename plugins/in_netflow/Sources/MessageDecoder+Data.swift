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
        if let offset = template.model.doubtfulRate, count > 0, options.repairsSampling,
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
            if !template.model.lists.isEmpty {
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
        let plan =
            learned.isEmpty
            ? FlowPlan(template.layout, variant, repeatsConsumed: options.repeatsConsumed)
            : plans.plan(
                for: template.layout, variant, learned, repeatsConsumed: options.repeatsConsumed)
        domain.store(plan, for: variant, of: template)
        exporters.charge(domain, bytes: domain.storedBytes - before)
        return plan
    }
}
