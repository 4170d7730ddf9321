import Core

/// What an exporter told about itself in options records: state, not flows.
struct OptionsTables {
    struct InterfaceNames: Equatable {
        var name: String?
        var description: String?
    }

    /// Samplers and interfaces kept per domain; further ones are not learned.
    static let limit = 4096
    private static let interfaceScopes: [ElementKey] = [.scope(2), 10, 14, 252]

    /// 1-in-N by sampler id.
    private(set) var samplers: [UInt64: UInt32] = [:]
    /// 1-in-N told without a sampler id; 0 when never told.
    private(set) var generalRate: UInt32 = 0
    private(set) var interfaces: [UInt64: InterfaceNames] = [:]
    /// systemInitTimeMilliseconds; 0 when never told.
    private(set) var bootTime: UInt64 = 0
    private(set) var learned = LearnedElements()

    /// The sampling of records that name their sampler, or do not.
    func sampling(forSampler id: UInt64?) -> Sampling {
        Sampling(rate: rate(forSampler: id), source: .options)
    }

    private func rate(forSampler id: UInt64?) -> UInt32 {
        if let id { return samplers[id] ?? generalRate }
        if generalRate != 0 { return generalRate }
        guard samplers.count == 1, let only = samplers.first else { return 0 }
        return only.value
    }

    /// Takes what is of use from one options record.
    ///
    /// - Parameter ranges: where each field of `layout` lies in `record`.
    mutating func learn(from record: RawSpan, ranges: [Range<Int>], layout: TemplateLayout) {
        var values = SamplerFields()
        var interface: UInt64?
        var names = InterfaceNames()
        var description = LearnedElements.Description()
        for (field, range) in zip(layout.fields, ranges) where !range.isEmpty {
            let bytes = record.extracting(range)
            if field.element == 82 { names.name = Self.text(bytes) }
            if field.element == 83 { names.description = Self.text(bytes) }
            description.take(bytes, of: field.element)
            guard range.count <= 8 else { continue }
            let number = bytes.unsigned()
            if Self.interfaceScopes.contains(field.element) {
                interface = interface ?? number
            } else if field.element == TimeElements.boot {
                bootTime = number
            } else {
                values.take(bytes, of: field.element)
            }
        }
        if values.rate != 0 { learn(rate: values.rate, ofSampler: values.id) }
        if layout.flowProtocol == .ipfix { learned.learn(description) }
        if let interface, names != InterfaceNames() {
            if interfaces.count < Self.limit || interfaces[interface] != nil {
                interfaces[interface] = names
            }
        }
    }

    private mutating func learn(rate: UInt32, ofSampler id: UInt64?) {
        guard let id else {
            generalRate = rate
            return
        }
        if samplers.count < Self.limit || samplers[id] != nil { samplers[id] = rate }
    }

    private static func text(_ bytes: RawSpan) -> String {
        var end = bytes.byteCount
        while end > 0, bytes.byte(at: end - 1) == 0 { end -= 1 }
        return bytes.extracting(0..<end).makeString()
    }
}
