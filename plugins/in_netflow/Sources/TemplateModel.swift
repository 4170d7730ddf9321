import Core

/// The fields of a template and what was compiled from them: one for all exporters that announce
/// the same.
final class TemplateModel {
    let layout: TemplateLayout
    /// The record in the template set behind the id, to see quickly that nothing changed.
    let definition: [UInt8]
    /// Bytes of a record, or of the shortest record when fields are variable; never 0.
    let recordLength: Int
    let usesSlots: Bool
    let lists: [(field: Int, kind: ListKind)]
    /// Whether records name their sampler or tell a rate in several fields.
    let hasOwnSampling: Bool
    /// The field of a rate that a column can read, by its place in records of fixed length.
    let rate: Range<Int>?
    /// Whether a rate told for an interface may hold for records.
    let hasIngress: Bool
    /// Where records of fixed length have element 160.
    let bootTime: Range<Int>?
    /// Fields that the exporter may tell names for.
    let named: [NamedField]
    let nameKinds: NameKinds
    /// Where records have a rate that may have been sent little-endian.
    let doubtfulRate: Int?
    /// Whether the exporter may tell what some fields are.
    let hasUnknownElements: Bool
    /// Bytes this takes in memory, with what was made for it.
    private(set) var byteCount: Int
    private let memory: ModelMemory?
    /// For exporters that told nothing about their elements.
    private var plans = PlanTable()
    private var innerMembers: [InnerMember]?

    /// - Parameters:
    ///   - layout: with a record length other than 0.
    ///   - memory: takes note of what this takes, as long as it lives.
    init(layout: TemplateLayout, definition: [UInt8] = [], memory: ModelMemory? = nil) {
        self.layout = layout
        self.definition = definition
        self.memory = memory
        byteCount = 256 + definition.count + layout.fields.count * 16
        recordLength = layout.minimumRecordLength
        lists = layout.lists
        usesSlots = layout.hasVariableFields || !lists.isEmpty
        hasOwnSampling =
            !layout.isOptions
            && layout.fields.contains { SamplerFields.elements.contains($0.element) }
        rate = layout.isOptions ? nil : layout.first(SamplerFields.rates).map(layout.place)
        hasIngress =
            !layout.isOptions
            && layout.fields.contains { SamplerFields.ingress.contains($0.element) }
        bootTime =
            layout.isOptions || usesSlots
            ? nil : layout.first([TimeElements.boot]).map(layout.place)
        named = NamedField.all(of: layout)
        nameKinds = named.reduce(into: []) { $0.formUnion($1.kind) }
        doubtfulRate = usesSlots || hasOwnSampling ? nil : layout.doubtfulRate
        hasUnknownElements =
            layout.flowProtocol == .ipfix
            && !layout.fields.allSatisfy { ElementRegistry.shared.isKnown($0.element) }
        precondition(recordLength > 0)
        memory?.byteCount += byteCount
    }

    deinit { memory?.byteCount -= byteCount }

    private func grow(by bytes: Int) {
        byteCount += bytes
        memory?.byteCount += bytes
    }

    func plan(for variant: PlanVariant) -> FlowPlan? { plans[variant] }

    func store(_ plan: FlowPlan, for variant: PlanVariant) {
        plans[variant] = plan
        grow(by: plan.byteCount)
    }

    /// How records are shown inside structured data; made at first use.
    ///
    /// - Parameter defined: elements that the user named, the same in all calls.
    func members(_ defined: [ElementKey: Element]) -> [InnerMember] {
        if let innerMembers { return innerMembers }
        let made = InnerMember.all(of: layout, defined)
        innerMembers = made
        grow(by: made.reduce(0) { $0 + 128 + $1.name.utf8.count })
        return made
    }
}

/// Bytes of memory that all models of a decoder take.
final class ModelMemory {
    fileprivate(set) var byteCount = 0
}

/// The models in use, found by what was announced.
struct TemplateModels {
    private struct Key: Hashable {
        var flowProtocol: FlowProtocol
        var isOptions: Bool
        var definition: [UInt8]
    }

    /// A model lives as long as a template has it.
    private struct Entry {
        weak var model: TemplateModel?
    }

    let memory = ModelMemory()
    private var entries: [Key: Entry] = [:]
    /// Entries at which those without a model are taken out.
    private var sweepCount = 1024

    /// The model that other templates have, or a new one.
    mutating func model(for layout: TemplateLayout, definition: [UInt8]) -> TemplateModel {
        let key = Key(
            flowProtocol: layout.flowProtocol, isOptions: layout.isOptions, definition: definition)
        if let known = entries[key]?.model { return known }
        if entries.count >= sweepCount {
            entries = entries.filter { $0.value.model != nil }
            sweepCount = Swift.max(1024, entries.count * 2)
        }
        let made = TemplateModel(layout: layout, definition: definition, memory: memory)
        entries[key] = Entry(model: made)
        return made
    }
}

/// The plans of a template by what was told outside its fields: mostly one, few in any case.
struct PlanTable {
    private var plans: [(variant: PlanVariant, plan: FlowPlan)] = []

    subscript(variant: PlanVariant) -> FlowPlan? {
        get { plans.first { $0.variant == variant }?.plan }
        set {
            plans.removeAll { $0.variant == variant }
            if let newValue { plans.append((variant, newValue)) }
        }
    }

    mutating func removeAll() { plans = [] }
}
