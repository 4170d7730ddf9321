import Core

/// All exporters of an input and what they announced, within limits.
///
/// Anyone can forge UDP: beyond the limits, what was not used for longest is forgotten, many at a
/// time so that the search costs little per datagram.
struct ExporterTable {
    struct Limits: Sendable {
        var exporters = 20_000
        var domainsPerExporter = 256
        var templatesPerDomain = 1024
        var fieldsPerTemplate = 512
        /// Bytes of all templates and plans.
        var templateBytes = 256 << 20
    }

    let limits: Limits
    private let ledger: SourceLedger
    private var domains: [DomainKey: ObservationDomain] = [:]
    private var exporters: [IPAddress: [ObservationDomain]] = [:]
    private var last: ObservationDomain?
    private var strangers: (address: IPAddress, counters: SourceCounters)?
    /// Of what templates of several exporters share.
    private let models: ModelMemory
    /// Bytes that domains have for themselves.
    private var ownBytes = 0

    init(limits: Limits, models: ModelMemory, ledger: SourceLedger) {
        self.limits = limits
        self.models = models
        self.ledger = ledger
    }

    var exporterCount: Int { exporters.count }
    var domainCount: Int { domains.count }
    /// Bytes of all templates and plans.
    var storedBytes: Int { ownBytes + models.byteCount }

    /// The state of a stream, made when it is new.
    mutating func domain(_ key: DomainKey) -> ObservationDomain {
        if let last, last.key == key { return last }
        let found = domains[key] ?? insert(key)
        last = found
        return found
    }

    /// Counters for datagrams that belong to no stream.
    mutating func strangerCounters(_ address: IPAddress) -> SourceCounters {
        if let strangers, strangers.address == address { return strangers.counters }
        let counters = ledger.counters(for: "\(address)")
        strangers = (address, counters)
        return counters
    }

    /// What the numbers of an sFlow agent's samples tell, beside those of its datagrams.
    mutating func sampleCounters(of domain: ObservationDomain) -> SourceCounters {
        if let known = domain.sampleCounters { return known }
        let made = ledger.counters(for: domain.key.name + " samples")
        domain.sampleCounters = made
        return made
    }

    private mutating func insert(_ key: DomainKey) -> ObservationDomain {
        if exporters[key.exporter] == nil, exporters.count >= limits.exporters {
            let enough = limits.exporters / 16
            evictExporters(keeping: nil) { _, removed in removed >= enough }
        }
        if let known = exporters[key.exporter], known.count >= limits.domainsPerExporter {
            evictDomains(of: key.exporter, known)
        }
        let counters = ledger.counters(for: key.name)
        let made = ObservationDomain(key: key, counters: counters)
        domains[key] = made
        exporters[key.exporter, default: []].append(made)
        return made
    }

    /// Notes that templates or plans of `domain` took or gave back memory.
    mutating func charge(_ domain: ObservationDomain, bytes: Int) {
        ownBytes += bytes
        guard storedBytes > limits.templateBytes else { return }
        let enough = limits.templateBytes / 4 * 3
        evictExporters(keeping: domain.key.exporter) { stored, _ in stored <= enough }
        guard storedBytes > limits.templateBytes else { return }
        for own in exporters[domain.key.exporter] ?? [] {
            ownBytes -= own.storedBytes
            own.removeAllTemplates()
            own.counters.count(.flowTemplateLimit)
        }
    }

    /// Forgets exporters, the one not heard for longest first, until `isEnough` of stored bytes
    /// and exporters removed; at least one, when there is another one.
    private mutating func evictExporters(
        keeping kept: IPAddress?, until isEnough: (Int, Int) -> Bool
    ) {
        let byAge = exporters.map { address, domains in
            (address: address, lastUsed: domains.reduce(0) { Swift.max($0, $1.lastUsed) })
        }.sorted { $0.lastUsed < $1.lastUsed }
        var removed = 0
        for candidate in byAge where candidate.address != kept {
            for domain in exporters[candidate.address] ?? [] { forget(domain) }
            exporters[candidate.address] = nil
            removed += 1
            if isEnough(storedBytes, removed) { break }
        }
        last = nil
    }

    private mutating func evictDomains(of exporter: IPAddress, _ known: [ObservationDomain]) {
        let byAge = known.sorted { $0.lastUsed < $1.lastUsed }
        let count = Swift.max(1, limits.domainsPerExporter / 16)
        for domain in byAge.prefix(count) { forget(domain) }
        exporters[exporter] = Array(byAge.dropFirst(count))
        last = nil
    }

    private mutating func forget(_ domain: ObservationDomain) {
        domains[domain.key] = nil
        ownBytes -= domain.storedBytes
        domain.counters.count(.flowExporterLimit)
    }
}
