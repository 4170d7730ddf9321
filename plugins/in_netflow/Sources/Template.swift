import Core

/// One field of a template: which element, and how many bytes.
struct FieldSpecifier: Hashable, Sendable {
    /// The length that says "the record tells" (RFC 7011 §7).
    static let variableLength: UInt16 = 65_535

    var element: ElementKey
    var length: UInt16

    var isVariable: Bool { length == Self.variableLength }
}

/// What the fields of a template are, without its id: equal for all exporters of one model.
struct TemplateLayout: Hashable, Sendable {
    var flowProtocol: FlowProtocol
    var fields: [FieldSpecifier]
    /// Whether records are about the exporter instead of a flow.
    var isOptions: Bool

    init(flowProtocol: FlowProtocol, fields: [FieldSpecifier], isOptions: Bool) {
        self.flowProtocol = flowProtocol
        self.fields = fields
        self.isOptions = isOptions
    }

    /// The layout of a version without templates.
    init(_ version: FlowProtocol, _ fields: [(element: ElementKey, length: UInt16)]) {
        self.init(
            flowProtocol: version,
            fields: fields.map { FieldSpecifier(element: $0.element, length: $0.length) },
            isOptions: false)
    }

    /// Bytes of the shortest record: a field of variable length takes at least one.
    var minimumRecordLength: Int {
        fields.reduce(0) { $0 + ($1.isVariable ? 1 : Int($1.length)) }
    }

    var hasVariableFields: Bool { fields.contains { $0.isVariable } }

    /// Which fields hold structured data.
    var lists: [(field: Int, kind: ListKind)] {
        fields.indices.compactMap { index in
            ElementRegistry.shared.list(fields[index].element, of: flowProtocol)
                .map { (index, $0) }
        }
    }

    /// Whether rows begin with a slot per field: values do not lie where the template says.
    var usesSlots: Bool { hasVariableFields || !lists.isEmpty }

    mutating func removeEmptyFields() { fields.removeAll { $0.length == 0 } }
}

/// A template as an exporter announced it, with what was compiled from it.
final class Template {
    let id: UInt16
    let layout: TemplateLayout
    /// The record in the template set, to see quickly that nothing changed.
    let definition: [UInt8]
    /// Bytes of a record, or of the shortest record when fields are variable; never 0.
    let recordLength: Int
    let usesSlots: Bool
    let lists: [(field: Int, kind: ListKind)]
    /// Whether records name their sampler or tell a rate in several fields.
    let hasOwnSampling: Bool
    /// Where records have a rate that may have been sent little-endian.
    let doubtfulRate: Int?
    /// Whether the exporter may tell what some fields are.
    let hasUnknownElements: Bool
    /// The version of what the exporter told that the plans know of.
    private var learnedVersion = 0
    /// Decoder tick of the last data or refresh.
    var lastUsed: UInt64 = 0
    /// Bytes this takes in memory, with the plans made for it.
    private(set) var byteCount: Int
    private var plans: [FlowPlan?]
    private var planBytes = 0
    private var innerMembers: [InnerMember]?

    /// - Parameter layout: with a record length other than 0.
    init(id: UInt16, layout: TemplateLayout, definition: [UInt8]) {
        self.id = id
        self.layout = layout
        self.definition = definition
        recordLength = layout.minimumRecordLength
        lists = layout.lists
        usesSlots = layout.hasVariableFields || !lists.isEmpty
        hasOwnSampling =
            !layout.isOptions
            && layout.fields.contains { SamplerFields.elements.contains($0.element) }
        doubtfulRate = usesSlots || hasOwnSampling ? nil : layout.doubtfulRate
        hasUnknownElements =
            layout.flowProtocol == .ipfix
            && !layout.fields.allSatisfy { ElementRegistry.shared.isKnown($0.element) }
        plans = Array(repeating: nil, count: PlanVariant.count)
        byteCount = 256 + definition.count + layout.fields.count * 16
        precondition(recordLength > 0)
    }

    func plan(for variant: PlanVariant) -> FlowPlan? { plans[variant.index] }

    /// - Parameter bytes: memory that the plan takes, 0 when others have it too.
    func store(_ plan: FlowPlan, for variant: PlanVariant, bytes: Int) {
        plans[variant.index] = plan
        byteCount += bytes
        planBytes += bytes
    }

    /// Forgets the plans made before the exporter told more about its elements.
    func update(learned version: Int) {
        if version == learnedVersion { return }
        learnedVersion = version
        byteCount -= planBytes
        planBytes = 0
        for index in plans.indices { plans[index] = nil }
    }

    /// How records of this template are shown inside structured data; made at first use.
    var members: [InnerMember] {
        if let innerMembers { return innerMembers }
        let made = InnerMember.all(of: layout)
        innerMembers = made
        byteCount += made.reduce(0) { $0 + 128 + $1.name.utf8.count }
        return made
    }
}
