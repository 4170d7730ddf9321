import Core

/// The samples of sFlow datagrams.
///
/// Every sample and record states its length and is left by it, whatever was understood.
extension MessageDecoder {
    /// Decodes a datagram: version, agent address, sub-agent, sequence, uptime, samples.
    mutating func decodeSFlow(
        _ bytes: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        var reader = ByteReader(bytes)
        guard reader.skip(4), var agent = reader.readXDRAddress(), reader.remaining >= 16 else {
            countTail(.flowTruncatedHeader, bytes.byteCount, isFirst: true, source)
            return
        }
        if agent == IPAddress(high: 0, low: 0) || agent == .any { agent = source.peer.address }
        let header = MessageHeader(sflow: bytes.extracting(reader.offset..<bytes.byteCount))
        let domain = begin(header, agent: agent)
        samples.begin(header, agent: agent, source, domain.profile)
        let claimed = Int(bytes.uint32(at: reader.offset + 12))
        _ = reader.skip(16)
        let before = batch.count
        var count = 0
        while count < claimed, reader.remaining >= 8 {
            let format = bytes.uint32(at: reader.offset)
            let length = Int(bytes.uint32(at: reader.offset + 4))
            let start = reader.offset + 8
            guard length <= reader.remaining - 8 else {
                domain.counters.count(.flowBadSample)
                break
            }
            _ = reader.skip(8 + length)
            decodeSample(format, bytes.extracting(start..<start + length), domain, into: &batch)
            count += 1
        }
        if count < claimed { domain.counters.count(.flowCountMismatch) }
        if count == claimed, !bytes.isZero(from: reader.offset) {
            domain.counters.count(.flowTrailingBytes)
        }
        end(header, of: domain, payloadBytes: bytes.byteCount, records: batch.count - before)
    }

    private mutating func decodeSample(
        _ format: UInt32, _ sample: RawSpan, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) {
        // Enterprise in the high 20 bits, format in the low 12.
        guard let known = SFlow.Sample(rawValue: format) else {
            domain.counters.count(.flowUnknownSample)
            return
        }
        let isWhole =
            switch known {
            case .flow: decodeFlow(sample, isExpanded: false, domain, into: &batch)
            case .expandedFlow: decodeFlow(sample, isExpanded: true, domain, into: &batch)
            case .counters: decodeCounters(sample, isExpanded: false, domain, into: &batch)
            case .expandedCounters: decodeCounters(sample, isExpanded: true, domain, into: &batch)
            case .discard: decodeDiscard(sample, domain, into: &batch)
            }
        if !isWhole { domain.counters.count(.flowBadSample) }
    }

    // MARK: Packets

    /// Sequence, source, sampling rate, pool, drops, input, output, records.
    ///
    /// - Returns: whether all of it was whole.
    private mutating func decodeFlow(
        _ sample: RawSpan, isExpanded: Bool, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) -> Bool {
        guard sample.byteCount >= (isExpanded ? 44 : 32) else { return false }
        let source = self.source(of: sample, .flow, isExpanded: isExpanded)
        // Where the numbers behind the source begin.
        let start = isExpanded ? 12 : 8
        let input = Interface(sample, at: start + 12, isExpanded: isExpanded)
        let output = Interface(sample, at: isExpanded ? 32 : 24, isExpanded: isExpanded)
        var flow = FlowSample()
        flow.packet.readsTunnels = options.readsTunnels
        flow.parts = [.flowSample, .interfaces]
        if output.format == 1 { flow.parts.insert(.discarded) }
        if output.format == 2 { flow.parts.insert(.multipleOutputs) }
        if domain.context.names.contains(.interfaces) { flow.parts.insert(.interfaceNames) }
        let isWhole = readRecords(sample, from: isExpanded ? 40 : 28, into: &flow, domain)
        guard beginRecord(sample, source, domain) else { return isWhole }
        samples.row.append(sample.extracting(start..<start + 12))
        append(input, output)
        flow.append(to: &samples, of: sample)
        if flow.parts.contains(.interfaceNames) {
            samples.addText(name(of: input, domain))
            samples.addText(name(of: output, domain))
        }
        samples.append(SampleLayout(parts: flow.parts), to: &batch)
        return isWhole
    }

    /// Sequence, source (type, index), drops, input, output, reason, records.
    ///
    /// - Source: sflow.org, `sflow_drops.txt`.
    private mutating func decodeDiscard(
        _ sample: RawSpan, _ domain: ObservationDomain, into batch: inout RecordBatch
    ) -> Bool {
        guard sample.byteCount >= 32 else { return false }
        let source = self.source(of: sample, .discard, isExpanded: true)
        var flow = FlowSample()
        flow.packet.readsTunnels = options.readsTunnels
        flow.parts = [.discardSample, .interfaces]
        let isWhole = readRecords(sample, from: 28, into: &flow, domain)
        guard beginRecord(sample, source, domain) else { return isWhole }
        samples.row.append(sample.extracting(12..<16))
        samples.row.append(sample.extracting(24..<28))
        samples.row.append(sample.extracting(16..<24))
        flow.append(to: &samples, of: sample)
        samples.append(SampleLayout(parts: flow.parts), to: &batch)
        return isWhole
    }

    /// An interface of a flow sample: what its number means, and the number.
    private struct Interface {
        /// 0 index, 1 reason of a drop, 2 number of interfaces.
        var format: UInt32
        var value: UInt32

        init(_ sample: RawSpan, at offset: Int, isExpanded: Bool) {
            format = sample.uint32(at: offset)
            if isExpanded {
                value = sample.uint32(at: offset + 4)
            } else {
                value = format & 0x3fff_ffff
                format >>= 30
            }
        }
    }

    private func name(of interface: Interface, _ domain: ObservationDomain) -> [UInt8]? {
        interface.format == 0 ? domain.options.names.interface(interface.value) : nil
    }

    private mutating func append(_ input: Interface, _ output: Interface) {
        samples.row.append(bigEndian: input.format == 0 ? input.value : 0)
        samples.row.append(bigEndian: output.format <= 2 ? output.value : 0)
    }

    // MARK: Counters

    /// Sequence, source, records.
    private mutating func decodeCounters(
        _ sample: RawSpan, isExpanded: Bool, _ domain: ObservationDomain,
        into batch: inout RecordBatch
    ) -> Bool {
        guard sample.byteCount >= (isExpanded ? 16 : 12) else { return false }
        let source = self.source(of: sample, .counters, isExpanded: isExpanded)
        var counters = CounterSample()
        var isWhole = true
        var walk = RecordList(sample, at: isExpanded ? 12 : 8)
        while let (format, record) = walk.next(in: sample) {
            switch counters.read(format, record, in: sample) {
            case .unknown: domain.counters.count(.flowUnknownSample)
            case .short: isWhole = false
            case .taken: break
            }
        }
        if !walk.isWhole { isWhole = false }
        // Source type 0 is an interface, by its index.
        if counters.layout.parts.contains(.portName), source.type == 0 {
            let grown = domain.learn(sample.extracting(counters.port), ofInterface: source.index)
            if grown != 0 { exporters.charge(domain, bytes: grown) }
        }
        guard beginRecord(sample, source, domain) else { return isWhole }
        counters.append(to: &samples, of: sample)
        samples.append(counters.layout, to: &batch)
        return isWhole
    }

    // MARK: Samples

    /// - Parameter sample: at least 12 bytes.
    private func source(
        of sample: RawSpan, _ kind: SampleSource.Kind, isExpanded: Bool
    ) -> SampleSource {
        let word = sample.uint32(at: 4)
        return isExpanded
            ? SampleSource(kind: kind, type: word, index: sample.uint32(at: 8))
            : SampleSource(kind: kind, type: word >> 24, index: word & 0xff_ffff)
    }

    /// Follows the sample's number and begins its row.
    ///
    /// - Returns: `false` when no more records may be taken from the datagram.
    private mutating func beginRecord(
        _ sample: RawSpan, _ source: SampleSource, _ domain: ObservationDomain
    ) -> Bool {
        let sequence = sample.uint32(at: 0)
        let grown = domain.followSample(
            sequence, of: source, reportingTo: exporters.sampleCounters(of: domain))
        if grown != 0 { exporters.charge(domain, bytes: grown) }
        guard take(1, domain) == 1 else { return false }
        samples.beginRow()
        samples.row.append(bigEndian: sequence)
        samples.row.append(bigEndian: source.type)
        samples.row.append(bigEndian: source.index)
        return true
    }

    /// - Returns: whether all records were whole.
    private func readRecords(
        _ sample: RawSpan, from start: Int, into flow: inout FlowSample,
        _ domain: ObservationDomain
    ) -> Bool {
        var isWhole = true
        var walk = RecordList(sample, at: start)
        while let (format, record) = walk.next(in: sample) {
            guard let known = SFlow.FlowRecord(rawValue: format) else {
                domain.counters.count(.flowUnknownSample)
                continue
            }
            if !flow.read(known, record, in: sample) { isWhole = false }
        }
        return isWhole && walk.isWhole
    }
}

/// The records of a sample, one after the other: format u32, length u32, body.
private struct RecordList {
    private var offset: Int
    private var left: UInt32
    /// Whether all records that were claimed lay inside the sample, so far.
    private(set) var isWhole = true

    /// - Parameter start: of the number of records; inside `sample`.
    init(_ sample: RawSpan, at start: Int) {
        left = sample.uint32(at: start)
        offset = start + 4
    }

    mutating func next(in sample: RawSpan) -> (format: UInt32, record: Range<Int>)? {
        guard left > 0 else { return nil }
        left -= 1
        guard offset + 8 <= sample.byteCount else {
            isWhole = false
            left = 0
            return nil
        }
        let format = sample.uint32(at: offset)
        let length = Int(sample.uint32(at: offset + 4))
        let start = offset + 8
        guard length <= sample.byteCount - start else {
            isWhole = false
            left = 0
            return nil
        }
        offset = start + length
        return (format, start..<offset)
    }
}
