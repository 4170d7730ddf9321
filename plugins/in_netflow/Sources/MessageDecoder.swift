import Core
import Net

/// Turns NetFlow and IPFIX messages and sFlow datagrams into records.
///
/// Records of fixed length are not looked at: a data set is one copy of its bytes, read through
/// the shape that its template was compiled to. A struct, because the checks for exclusive access
/// to a class's properties cost more than the decoding.
struct MessageDecoder: ~Copyable {
    /// Records taken from one datagram: a template of one byte would make very many.
    static let recordLimit = 65_535

    let options: NetflowDecoder.Options
    var exporters: ExporterTable
    var constants = FlowConstants()
    var walk = RecordWalk()
    var lists: ListDecoder
    var named = NamedRows()
    /// Data sets met before their template, from header to end.
    var waiting: [Range<Int>] = []
    /// Data sets of earlier messages that wait for their templates.
    var held: HeldSets
    /// Whether a template came that held data may have waited for.
    var hasNewTemplate = false
    var models = TemplateModels()
    var plans = PlanCache()
    var store: TemplateStore
    /// Whether there is a template that the store has not got.
    var hasUnsavedTemplates = false
    private var watch: ExporterWatch
    private var nextExpiry: Int64 = 0
    /// When the payload was received.
    private var received = Timestamp(nanoseconds: 0)
    /// The same in seconds since 1970.
    var now: Int64 { received.seconds }
    var samples: SampleRecords
    var recordsLeft = 0
    /// Data records of the message so far, whether handed on or not.
    var recordsSeen = 0
    /// Whether `recordsSeen` is all there were: no set was damaged or without its template.
    var isCountExact = true
    /// Whether templates can be withdrawn: the payload is part of a session, in order.
    var isSession = false
    /// Counts datagrams, to know what was not used for longest.
    var tick: UInt64 = 0
    /// The stream of the message decoded last.
    private var current: ObservationDomain?
    /// What templates of the last exporter belong to, where exporters differ in that.
    private var lastScope: (exporter: IPAddress, separatesPorts: Bool)?
    private let fixed = FixedTemplates()

    init(
        options: NetflowDecoder.Options, store: TemplateStore, log: Log, ledger: SourceLedger
    ) {
        self.options = options
        self.store = store
        watch = ExporterWatch(limits: options.watch, log: log)
        exporters = ExporterTable(
            limits: options.limits, models: models.memory, ledger: ledger)
        held = HeldSets(limits: options.held)
        lists = ListDecoder(defined: options.shapes.defined)
        samples = SampleRecords(options.shapes)
    }

    // MARK: What is not done per message

    /// Looks after exporters, forgets old templates and writes the others down, as often as each
    /// needs to be done.
    mutating func tend(at time: Timestamp) {
        watch.look(at: time, exporters)
        if time.seconds >= nextExpiry {
            nextExpiry = time.seconds + 60
            exporters.removeExpired(at: time.seconds, limit: options.templateLifetime)
        }
        if store.isDue(at: time, hasChanged: hasUnsavedTemplates) { saveTemplates(at: time) }
    }

    /// Drops what waits and writes down what is known: nothing more will come.
    mutating func finish(at time: Timestamp) {
        held.dropAll()
        if store.isKept { saveTemplates(at: time) }
    }

    private mutating func saveTemplates(at time: Timestamp) {
        if store.save(exporters.stored, at: time) { hasUnsavedTemplates = false }
    }

    // MARK: Messages

    /// Forgets the streams of a connection that ended, and what still waited for its templates.
    mutating func endSession(of source: PayloadSource) {
        guard source.transport.isConnection else { return }
        for domain in exporters.endSession(of: source.peer) where domain.heldCount > 0 {
            held.dropAll(of: domain)
        }
        current = nil
    }

    mutating func decode(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        guard options.senders.contains(source.peer.address) else {
            countTail(.flowRefusedSender, payload.byteCount, isFirst: true, source)
            return
        }
        tick &+= 1
        received = source.received
        recordsLeft = Self.recordLimit
        lists.begin()
        constants.setSource(source)
        isSession = source.transport.isConnection || source.transport == .file
        if source.received >= held.nextSweep { held.sweep(at: source.received) }
        var start = 0
        // IPFIX and NetFlow without templates know their length: some exporters and files put several messages
        // into one payload.
        repeat {
            guard let next = decodeMessage(payload, at: start, from: source, into: &batch) else {
                return
            }
            start = next
        } while start < payload.byteCount
    }

    /// - Returns: where the next message would start, or `nil` when there is none.
    private mutating func decodeMessage(
        _ payload: RawSpan, at start: Int, from source: PayloadSource,
        into batch: inout RecordBatch
    ) -> Int? {
        let left = payload.byteCount - start
        guard left >= 2, let version = FlowProtocol(rawValue: payload.uint16(at: start)),
            version != .sflow || isSFlow(payload, at: start)
        else {
            let problem: ErrorCode = left < 2 ? .flowTruncatedHeader : .flowUnknownVersion
            countTail(problem, left, isFirst: start == 0, source)
            return nil
        }
        guard options.protocols.contains(version) else {
            countTail(.flowRefusedProtocol, left, isFirst: start == 0, source)
            return nil
        }
        guard left >= version.headerLength else {
            countTail(.flowTruncatedHeader, left, isFirst: start == 0, source)
            return nil
        }
        let bytes = payload.extracting(start..<payload.byteCount)
        switch version {
        case .netflowV1, .netflowV5, .netflowV7, .netflowV8:
            guard let template = fixed.template(of: version, bytes) else {
                countTail(.flowUnknownVersion, left, isFirst: start == 0, source)
                return nil
            }
            var header = MessageHeader(version, bytes)
            let domain = begin(&header, version, source)
            return start + decodeFixed(bytes, template, header, domain, into: &batch)
        case .netflowV9:
            var header = MessageHeader(netflowV9: bytes)
            let domain = begin(&header, version, source)
            let message = Message(header: header, source: source, end: bytes.byteCount)
            decodeSets(bytes, message, domain, into: &batch)
            return nil
        case .ipfix:
            var header = MessageHeader(ipfix: bytes)
            let domain = begin(&header, version, source)
            return decodeIPFIX(bytes, header, source, domain, into: &batch).map { start + $0 }
        case .sflow:
            decodeSFlow(bytes, from: source, into: &batch)
            return nil
        }
    }

    /// Zeros behind a message look like the first half of the version.
    private func isSFlow(_ payload: RawSpan, at start: Int) -> Bool {
        start == 0 && payload.byteCount >= 4 && payload.uint32(at: 0) == SFlow.version
    }

    /// Counts what is left behind the messages of a payload, or a payload that is none or refused.
    mutating func countTail(
        _ problem: ErrorCode, _ byteCount: Int, isFirst: Bool, _ source: PayloadSource
    ) {
        guard isFirst else {
            current?.counters.count(.flowTrailingBytes)
            return
        }
        let counters = exporters.strangerCounters(source.peer.address)
        counters.count(problem)
        counters.count(payloadBytes: byteCount, records: 0)
    }

    /// Corrects the times of a header by what is known about the exporter's clock.
    private mutating func begin(
        _ header: inout MessageHeader, _ version: FlowProtocol, _ source: PayloadSource
    ) -> ObservationDomain {
        var key = DomainKey(
            exporter: source.peer.address, domain: header.domain, flowProtocol: version,
            aggregation: header.aggregation)
        let isConnection = source.transport.isConnection
        if isConnection || options.exporters.separatesPorts && separatesPorts(key.exporter) {
            key.port = source.peer.port
        }
        let (domain, context) = domain(key)
        let offset = context.variant.clockOffset
        if offset != 0 {
            header.exported.nanoseconds &-= Int64(offset) * 1_000_000_000
            header.clock = header.exported
        }
        if version == .netflowV9 {
            header.clock = domain.clock.follow(header.exported, uptime: header.uptime)
        }
        begin(header, domain, context)
        return domain
    }

    private mutating func separatesPorts(_ exporter: IPAddress) -> Bool {
        if let lastScope, lastScope.exporter == exporter { return lastScope.separatesPorts }
        let separates = options.exporters.profile(of: exporter).separatesPorts
        lastScope = (exporter, separates)
        return separates
    }

    /// The state of a stream, made when it is new.
    private mutating func domain(_ key: DomainKey) -> (ObservationDomain, RecordContext) {
        let domain = exporters.domain(key)
        let context = domain.context
        if context.isConfigured { return (domain, context) }
        domain.adopt(options.exporters.profile(of: key.exporter))
        return (domain, domain.context)
    }

    /// Begins a datagram of an sFlow agent.
    mutating func begin(_ header: MessageHeader, agent: IPAddress) -> ObservationDomain {
        let (domain, context) = domain(
            DomainKey(exporter: agent, domain: header.domain, flowProtocol: .sflow))
        begin(header, domain, context)
        return domain
    }

    private mutating func begin(
        _ header: MessageHeader, _ domain: ObservationDomain, _ context: RecordContext
    ) {
        domain.lastUsed = tick
        domain.isSession = isSession
        if !domain.isRestored { restore(domain, header) }
        domain.hear(header, at: received)
        current = domain
        if context.variant.isNamed { constants.setName(domain.profile.name) }
        constants.setMessage(header)
        recordsSeen = 0
        isCountExact = true
        // What is held must not meet templates from after a restart.
        if !held.isEmpty, domain.heldCount > 0, domain.tellsRestart(header) {
            held.dropAll(of: domain)
        }
    }

    /// Closes the books of a message.
    func end(
        _ header: MessageHeader, of domain: ObservationDomain, payloadBytes: Int, records: Int
    ) {
        domain.counters.count(payloadBytes: payloadBytes, records: records)
        domain.followSequence(header, records: isCountExact ? recordsSeen : nil)
    }

    /// - Returns: bytes of the packet.
    private mutating func decodeFixed(
        _ bytes: RawSpan, _ template: Template, _ header: MessageHeader,
        _ domain: ObservationDomain, into batch: inout RecordBatch
    ) -> Int {
        let headerLength = domain.key.flowProtocol.headerLength
        let recordLength = template.recordLength
        let claimed = Int(bytes.uint16(at: 2))
        let room = (bytes.byteCount - headerLength) / recordLength
        let present = Swift.min(claimed, room)
        recordsSeen = claimed
        if claimed > room {
            domain.counters.count(.flowCountMismatch)
            isCountExact = false
        }
        let count = take(present, domain)
        let context = domain.context
        // The configuration's rate goes before the header's, its default behind.
        let sampling =
            context.sampling.source == .config || header.samplingRate == 0
            ? context.sampling : Sampling(rate: header.samplingRate, source: .header)
        appendRows(
            bytes.extracting(headerLength..<headerLength + present * recordLength), count: count,
            of: template, in: domain, context, sampling, into: &batch)
        // After a lying count nothing behind the records can be trusted.
        let next = claimed > room ? bytes.byteCount : headerLength + present * recordLength
        end(header, of: domain, payloadBytes: next, records: count)
        return next
    }

    /// - Returns: bytes of the message, or `nil` when its length cannot be right.
    private mutating func decodeIPFIX(
        _ bytes: RawSpan, _ header: MessageHeader, _ source: PayloadSource,
        _ domain: ObservationDomain, into batch: inout RecordBatch
    ) -> Int? {
        let length = Int(bytes.uint16(at: 2))
        guard length >= FlowProtocol.ipfix.headerLength else {
            domain.counters.count(.flowTruncatedHeader)
            domain.counters.count(payloadBytes: bytes.byteCount, records: 0)
            return nil
        }
        if length > bytes.byteCount {
            domain.counters.count(.flowTruncatedMessage)
            isCountExact = false
        }
        let message = Message(
            header: header, source: source, end: Swift.min(length, bytes.byteCount))
        decodeSets(bytes, message, domain, into: &batch)
        return message.end
    }

    /// How many of `wanted` records may still be taken from this datagram.
    mutating func take(_ wanted: Int, _ domain: ObservationDomain) -> Int {
        let taken = Swift.min(wanted, recordsLeft)
        if taken < wanted {
            domain.counters.count(.flowAmplification)
            isCountExact = false
        }
        recordsLeft -= taken
        return taken
    }
}
