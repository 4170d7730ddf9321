import Core

/// Which stream of messages: templates of one are never used for another.
struct DomainKey: Hashable, Sendable {
    var exporter: IPAddress
    /// NetFlow v9 source id, IPFIX observation domain, v5 and v8 engine.
    var domain: UInt32
    var flowProtocol: FlowProtocol
    /// By what NetFlow v8 sums up flows: each aggregation counts for itself.
    var aggregation: UInt8 = 0

    /// The name of the stream's counters; streams may share them.
    var name: String {
        if !flowProtocol.hasDomain { return "\(exporter)" }
        return "\(exporter) domain \(domain)"
    }
}

/// The state kept for one exporter, domain and protocol.
final class ObservationDomain {
    let key: DomainKey
    let counters: SourceCounters
    var options = OptionsTables()
    var sequence: StreamSequence?
    /// Data sets that wait for templates of this stream.
    var heldCount = 0
    /// Decoder tick of the last message.
    var lastUsed: UInt64 = 0
    /// Bytes of templates and of the plans made for them.
    private(set) var storedBytes = 0
    private var templates: [UInt16: Template] = [:]

    init(key: DomainKey, counters: SourceCounters) {
        self.key = key
        self.counters = counters
        sequence = StreamSequence(key.flowProtocol)
    }

    var templateCount: Int { templates.count }

    func template(_ id: UInt16) -> Template? { templates[id] }

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

    /// Keeps a plan with its template.
    func store(_ plan: FlowPlan, for variant: PlanVariant, of template: Template, bytes: Int) {
        template.store(plan, for: variant, bytes: bytes)
        // The template may have been forgotten meanwhile.
        if templates[template.id] === template { storedBytes += bytes }
    }

    /// Forgets plans that know less than the exporter has told since.
    func updatePlans(of template: Template) {
        let before = template.byteCount
        template.update(learned: options.learned.version)
        if templates[template.id] === template { storedBytes += template.byteCount - before }
    }

    /// How records of a template are shown inside structured data.
    func members(of template: Template) -> [InnerMember] {
        let before = template.byteCount
        let members = template.members
        storedBytes += template.byteCount - before
        return members
    }

    func removeAllTemplates() {
        templates.removeAll()
        storedBytes = 0
    }
}
