import Core

/// What an exporter told about itself in options records: state, not flows.
struct OptionsTables {
    /// Samplers, and interfaces with a rate, kept per domain; further ones are not learned.
    static let limit = 4096

    /// 1-in-N by sampler id.
    private(set) var samplers: [UInt64: UInt32] = [:]
    /// 1-in-N by the interface that packets come in at.
    private var interfaceRates: [UInt64: UInt32] = [:]
    /// 1-in-N told without a sampler id; 0 when never told.
    private(set) var generalRate: UInt32 = 0
    /// systemInitTimeMilliseconds; 0 when never told.
    private(set) var bootTime: UInt64 = 0
    /// exporterIPv4Address or exporterIPv6Address: whose records a mediator passes on.
    private(set) var exporter: IPAddress?
    var names = LearnedNames()
    private(set) var learned = LearnedElements()

    /// Bytes of memory that grow with what exporters say, roughly.
    var byteCount: Int { names.byteCount }

    /// Whether any rate was told.
    var tellsSampling: Bool {
        generalRate != 0 || !samplers.isEmpty || !interfaceRates.isEmpty
    }

    /// Whether rates differ by interface.
    var hasInterfaceRates: Bool { !interfaceRates.isEmpty }

    /// The sampling of records that name their sampler and interface, or do not.
    func sampling(forSampler id: UInt64?, ingress: UInt64?) -> Sampling {
        Sampling(rate: rate(forSampler: id, ingress: ingress), source: .options)
    }

    private func rate(forSampler id: UInt64?, ingress: UInt64?) -> UInt32 {
        if let id, let rate = samplers[id] { return rate }
        if let ingress, let rate = interfaceRates[ingress] { return rate }
        if generalRate != 0 { return generalRate }
        if let rate = samplers[0] { return rate }
        // The only rate ever told is meant for records that point to none.
        guard id == nil, samplers.count + interfaceRates.count == 1 else { return 0 }
        if let only = samplers.first { return only.value }
        return ingress == nil ? interfaceRates.first?.value ?? 0 : 0
    }

    /// Takes what is of use from one options record.
    ///
    /// - Parameter ranges: where each field of `layout` lies in `record`.
    mutating func learn(from record: RawSpan, ranges: [Range<Int>], layout: TemplateLayout) {
        var sampler = SamplerFields()
        var naming = LearnedNames.Description()
        var description = LearnedElements.Description()
        for (field, range) in zip(layout.fields, ranges) where !range.isEmpty {
            let bytes = record.extracting(range)
            naming.take(bytes, of: field.element)
            description.take(bytes, of: field.element)
            if ExporterElements.addresses.contains(field.element),
                let address = IPAddress(bytes), address != .any,
                address != IPAddress(high: 0, low: 0)
            {
                exporter = address
            }
            guard range.count <= 8 else { continue }
            if field.element == TimeElements.boot {
                bootTime = bytes.unsigned()
            } else {
                sampler.take(bytes, of: field.element)
            }
        }
        if sampler.rate != 0 { learn(sampler) }
        if layout.flowProtocol == .ipfix { learned.learn(description) }
        names.learn(naming)
    }

    private mutating func learn(_ sampler: SamplerFields) {
        if let interface = sampler.ingress {
            Self.store(sampler.rate, interface, in: &interfaceRates)
        }
        if let id = sampler.id { Self.store(sampler.rate, id, in: &samplers) }
        if sampler.ingress == nil, sampler.id == nil { generalRate = sampler.rate }
    }

    private static func store(_ rate: UInt32, _ id: UInt64, in rates: inout [UInt64: UInt32]) {
        if rates.count < limit || rates[id] != nil { rates[id] = rate }
    }

    mutating func removeNames() { names = LearnedNames() }
}
