import Core

/// What an exporter told about itself in options records: state, not flows.
struct OptionsTables {
    struct InterfaceNames: Equatable {
        var name: String?
        var description: String?
    }

    /// Samplers and interfaces kept per domain; further ones are not learned.
    static let limit = 4096
    /// samplerId, selectorId.
    static let samplerIDs: [ElementKey] = [48, 302]
    private static let interfaceScopes: [ElementKey] = [.scope(2), 10, 14, 252]

    /// 1-in-N by sampler id.
    private(set) var samplers: [UInt64: UInt32] = [:]
    /// 1-in-N told without a sampler id; 0 when never told.
    private(set) var generalRate: UInt32 = 0
    private(set) var interfaces: [UInt64: InterfaceNames] = [:]
    /// systemInitTimeMilliseconds; 0 when never told.
    private(set) var bootTime: UInt64 = 0

    /// The sampling rate for records that name their sampler, or do not; 0 when it is not known.
    func rate(forSampler id: UInt64?) -> UInt32 {
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
        var sampler: UInt64?
        var interface: UInt64?
        var names = InterfaceNames()
        for (field, range) in zip(layout.fields, ranges) where !range.isEmpty {
            let bytes = record.extracting(range)
            if field.element == 82 { names.name = Self.text(bytes) }
            if field.element == 83 { names.description = Self.text(bytes) }
            guard range.count <= 8 else { continue }
            let number = bytes.unsigned()
            if Self.samplerIDs.contains(field.element) {
                sampler = number
            } else if Self.interfaceScopes.contains(field.element) {
                interface = interface ?? number
            } else if field.element == TimeElements.boot {
                bootTime = number
            } else {
                values.take(number, of: field.element, length: range.count)
            }
        }
        if values.rate != 0 { learn(rate: values.rate, ofSampler: sampler) }
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

/// The ways to say 1-in-N (RFC 5477 §8.2 and NetFlow v9).
private struct SamplerFields {
    private var interval: UInt64 = 0
    private var randomInterval: UInt64 = 0
    private var taken: UInt64 = 0
    private var skipped: UInt64 = 0
    private var size: UInt64 = 0
    private var population: UInt64 = 0
    private var probability = 0.0

    mutating func take(_ number: UInt64, of element: ElementKey, length: Int) {
        switch element {
        case 34: interval = number
        case 50: randomInterval = number
        case 305: taken = number
        case 306: skipped = number
        case 309: size = number
        case 310: population = number
        case 311:
            probability =
                length == 4
                ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: number)))
                : Double(bitPattern: number)
        default: break
        }
    }

    /// 0 when nothing usable was said. 305 alone is no rate: it counts packets taken in a row.
    var rate: UInt32 {
        if interval != 0 { return UInt32(clamping: interval) }
        if randomInterval != 0 { return UInt32(clamping: randomInterval) }
        if taken != 0, skipped != 0 {
            let (sum, overflow) = taken.addingReportingOverflow(skipped)
            return overflow ? 0 : UInt32(clamping: sum / taken)
        }
        if size != 0, population != 0 { return UInt32(clamping: population / size) }
        // Also false for NaN.
        if probability > 1e-9, probability <= 1 { return UInt32((1 / probability).rounded()) }
        return 0
    }
}
