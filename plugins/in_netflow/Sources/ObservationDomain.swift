import Core

/// Which stream of messages: templates of one are never used for another.
struct DomainKey: Hashable, Sendable {
    var exporter: IPAddress
    /// Of the sender, for connections and when its ports are kept apart; else 0.
    var port: UInt16 = 0
    /// NetFlow v9 source id, IPFIX observation domain, v5 and v8 engine, sFlow sub-agent.
    var domain: UInt32
    var flowProtocol: FlowProtocol
    /// By what NetFlow v8 sums up flows: each aggregation counts for itself.
    var aggregation: UInt8 = 0

    func hash(into hasher: inout Hasher) {
        // Two words, because each step of hashing is dear; aggregations of v8 may collide.
        hasher.combine(exporter.high ^ UInt64(domain) << 32)
        hasher.combine(exporter.low ^ UInt64(port) << 48 ^ UInt64(flowProtocol.rawValue) << 32)
    }

    /// The name of the stream's counters; streams may share them.
    var name: String {
        let sender =
            port == 0 ? "\(exporter)" : "\(Endpoint(address: exporter, port: port))"
        if !flowProtocol.hasDomain { return sender }
        return "\(sender) domain \(domain)"
    }
}

/// What is known about all records of a stream, besides what they say.
///
/// One value, to be read once per data set (case `ipfix decode` of the benchmarks).
struct RecordContext {
    /// Whether the configuration was asked.
    var isConfigured = false
    /// Whether something is known about the sampling of records that tell no rate.
    var tellsSampling = false
    /// Whether rates differ by interface.
    var hasInterfaceRates = false
    /// Kinds of names that the exporter told.
    var names: NameKinds = []
    var variant = PlanVariant()
    /// Of records that tell nothing about it.
    var sampling = Sampling.unknown
    /// systemInitTimeMilliseconds in UTC; 0 when never told.
    var bootTime: UInt64 = 0
}

/// The state kept for one exporter, domain and protocol.
final class ObservationDomain {
    let key: DomainKey
    let counters: SourceCounters
    private(set) var options = OptionsTables()
    /// What the configuration says.
    private(set) var profile = ExporterProfile()
    /// What configuration and options data say that concerns all records.
    private(set) var context = RecordContext()
    /// systemInitTimeMilliseconds of data records; 0 when never told.
    private var recordBootTime: UInt64 = 0
    /// The start of a NetFlow v9 exporter.
    var clock = BootClock()
    private(set) var sequence: StreamSequence?
    /// Losses of samples, of an sFlow agent; made with the first loss.
    var sampleCounters: SourceCounters?
    /// The sequences of an sFlow agent's samples.
    private var sampleSequences = SampleSequences()
    /// Data sets that wait for templates of this stream.
    var heldCount = 0
    /// Decoder tick of the last message.
    var lastUsed: UInt64 = 0
    /// Messages of the stream so far.
    private(set) var messageCount: UInt64 = 0
    /// Of the last message.
    private(set) var lastHeard = Timestamp(nanoseconds: 0)
    private(set) var lastHeader: MessageHeader?
    /// How far the exporter's clock is ahead, nanoseconds: the least that any message since the last
    /// look told, for single ones may have waited on their way.
    private var newSkew: Int64?
    private var skew: Int64 = 0
    private(set) var isSkewed = false
    var isSilent = false
    /// Whether the stream ends with a connection or a file, and its templates with it.
    var isSession = false
    /// Whether what an earlier process knew of the stream was looked for.
    var isRestored = false
    /// Bytes of templates, without what they share with those of others.
    private(set) var storedBytes = 0
    private var templates = TemplateTable()

    init(key: DomainKey, counters: SourceCounters) {
        self.key = key
        self.counters = counters
        sequence = StreamSequence(key.flowProtocol)
    }

    var templateCount: Int { templates.count }

    /// Takes note of a message.
    func hear(_ header: MessageHeader, at received: Timestamp) {
        messageCount &+= 1
        lastHeard = received
        lastHeader = header
        if header.exported.nanoseconds == 0 { return }
        let ahead = header.exported.nanoseconds &- received.nanoseconds
        if let least = newSkew, least.magnitude <= ahead.magnitude { return }
        newSkew = ahead
    }

    /// The skew of the messages since the last look; `nil` when none told.
    func takeSkew() -> Int64? {
        defer { newSkew = nil }
        return newSkew
    }

    func note(skew: Int64, isSkewed: Bool) {
        self.skew = skew
        self.isSkewed = isSkewed
    }

    func publishPresence() {
        counters.presence.update(
            to: SenderPresence.Snapshot(
                lastHeard: lastHeard, skew: skew, isSilent: isSilent, isSkewed: isSkewed))
    }

    /// Whether the exporter was started again before the message with this header.
    func tellsRestart(_ header: MessageHeader) -> Bool { sequence?.tellsRestart(header) ?? false }

    /// Takes note of a message's number.
    ///
    /// - Parameter records: data records of the message, options data too; `nil` when they could
    ///   not be counted.
    func followSequence(_ header: MessageHeader, records: Int?) {
        sequence?.follow(header, records: records, reportingTo: counters)
    }

    /// Takes note of the number of an sFlow sample.
    ///
    /// - Parameter counters: of the stream's samples, asked for when the number tells of a loss.
    /// - Returns: what `storedBytes` grew by.
    func followSample(
        _ sequence: UInt32, of source: SampleSource,
        reportingTo counters: @autoclosure () -> SourceCounters
    ) -> Int {
        let grown = sampleSequences.follow(sequence, of: source, reportingTo: counters())
        storedBytes += grown
        return grown
    }

    func template(_ id: UInt16) -> Template? { templates[id] }

    /// Takes what is of use from one options record.
    ///
    /// - Parameter ranges: where each field of `layout` lies in `record`.
    func learn(from record: RawSpan, ranges: [Range<Int>], layout: TemplateLayout) {
        let before = options.byteCount
        options.learn(from: record, ranges: ranges, layout: layout)
        storedBytes += options.byteCount - before
        update()
    }

    /// Takes the name that an sFlow agent gives one of its ports.
    ///
    /// - Returns: what `storedBytes` grew by.
    func learn(_ name: RawSpan, ofInterface index: UInt32) -> Int {
        let before = options.byteCount
        options.names.learn(name, ofInterface: index)
        let grown = options.byteCount - before
        storedBytes += grown
        context.names = options.names.kinds
        return grown
    }

    /// Takes note of when a record says that its exporter started: others may not say it.
    ///
    /// - Parameter bootTime: milliseconds since 1970.
    func learn(bootTime: UInt64) {
        if bootTime == recordBootTime { return }
        recordBootTime = bootTime
        update()
    }

    /// Takes over what the configuration says.
    func adopt(_ profile: ExporterProfile) {
        self.profile = profile
        context.isConfigured = true
        context.variant.isMediated = profile.isMediator
        context.variant.isNamed = !profile.name.isEmpty
        context.variant.clockOffset = profile.clockOffset
        update()
    }

    private func update() {
        context.sampling =
            profile.sampling != 0
            ? Sampling(rate: profile.sampling, source: .config)
            : sampling(forSampler: nil, ingress: nil)
        context.tellsSampling = options.tellsSampling || context.sampling.source != .unknown
        context.hasInterfaceRates = options.hasInterfaceRates
        context.names = options.names.kinds
        let bootTime = options.bootTime != 0 ? options.bootTime : recordBootTime
        context.variant.isBootTimeKnown = bootTime != 0
        context.bootTime =
            bootTime == 0
            ? 0 : bootTime &- UInt64(bitPattern: Int64(profile.clockOffset) * 1000)
    }

    /// The sampling of a record that tells no rate.
    func sampling(forSampler id: UInt64?, ingress: UInt64?) -> Sampling {
        let told = options.sampling(forSampler: id, ingress: ingress)
        if told.source != .unknown { return told }
        return Sampling(rate: profile.defaultSampling, source: .default)
    }

    /// Takes a new or changed template; over `limit` the quarter not used for longest is
    /// forgotten, so that making room costs little per template.
    func store(_ template: Template, limit: Int) {
        if let old = templates[template.id] {
            storedBytes -= old.byteCount
        } else if templates.count >= limit {
            let oldest = templates.values.sorted { $0.lastUsed < $1.lastUsed }
            for victim in oldest.prefix(Swift.max(1, limit / 4)) {
                templates[victim.id] = nil
                storedBytes -= victim.byteCount
                counters.count(.flowTemplateLimit)
            }
        }
        templates[template.id] = template
        storedBytes += template.byteCount
    }

    /// Takes a template back.
    ///
    /// - Returns: whether it was known.
    func withdraw(_ id: UInt16) -> Bool {
        guard let old = templates.removeValue(forKey: id) else { return false }
        storedBytes -= old.byteCount
        return true
    }

    /// Takes back all templates, or all options templates.
    func withdrawAll(ofOptions isOptions: Bool) {
        for template in Array(templates.values) where template.layout.isOptions == isOptions {
            _ = withdraw(template.id)
        }
    }

    /// Keeps a plan with its template.
    func store(_ plan: FlowPlan, for variant: PlanVariant, of template: Template) {
        let before = template.byteCount
        template.store(plan, for: variant)
        // The template may have been forgotten meanwhile.
        if templates[template.id] === template { storedBytes += template.byteCount - before }
    }

    /// Forgets plans that know less than the exporter has told since.
    ///
    /// - Returns: what `storedBytes` grew by; never more than 0.
    func updatePlans(of template: Template) -> Int {
        let before = template.byteCount
        template.update(learned: options.learned.version)
        guard templates[template.id] === template else { return 0 }
        storedBytes += template.byteCount - before
        return template.byteCount - before
    }

    /// Takes out the templates that were not announced for too long.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - limit: seconds, or 0 to go by how often the exporter announces them.
    /// - Returns: bytes that this freed.
    func removeExpired(at now: Int64, limit: Int64) -> Int {
        let before = storedBytes
        if isSession { return 0 }
        for template in Array(templates.values)
        where template.life.hasEnded(at: now, message: messageCount, limit: limit) {
            _ = withdraw(template.id)
            counters.count(.flowTemplateExpired)
        }
        return before - storedBytes
    }

    /// What is worth to be known by the next process; `nil` when there is nothing.
    var stored: StoredStream? {
        guard !isSession, !templates.isEmpty, let lastHeader else { return nil }
        return StoredStream(
            key: key, uptime: lastHeader.uptime, exported: lastHeader.exported.seconds,
            sequence: lastHeader.sequence,
            templates: templates.values.map(\.stored))
    }

    func removeAllTemplates() {
        templates.removeAll()
        sampleSequences = SampleSequences()
        options.removeNames()
        context.names = []
        storedBytes = 0
    }
}
