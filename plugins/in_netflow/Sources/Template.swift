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

    /// The field of the first of some elements that there is one of.
    func first(_ elements: [ElementKey]) -> Int? {
        for element in elements {
            if let field = fields.firstIndex(where: { $0.element == element }) { return field }
        }
        return nil
    }

    /// Where a field lies in records of fixed length.
    func place(of field: Int) -> Range<Int> {
        let start = fields[..<field].reduce(0) { $0 + Int($1.length) }
        return start..<start + Int(fields[field].length)
    }

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
    /// The field of a rate that a column can read, by its place in records of fixed length.
    let rate: Range<Int>?
    /// Whether a rate told for an interface may hold for records.
    let hasIngress: Bool
    /// Fields that the exporter may tell names for.
    let named: [NamedField]
    let nameKinds: NameKinds
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
    /// Few: of how records differ in what is known about them.
    private var plans: [(variant: PlanVariant, plan: FlowPlan)] = []
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
        rate =
            layout.isOptions ? nil : layout.first(SamplerFields.rates).map(layout.place)
        hasIngress =
            !layout.isOptions
            && layout.fields.contains { SamplerFields.ingress.contains($0.element) }
        named = NamedField.all(of: layout)
        nameKinds = named.reduce(into: []) { $0.formUnion($1.kind) }
        doubtfulRate = usesSlots || hasOwnSampling ? nil : layout.doubtfulRate
        hasUnknownElements =
            layout.flowProtocol == .ipfix
            && !layout.fields.allSatisfy { ElementRegistry.shared.isKnown($0.element) }
        byteCount = 256 + definition.count + layout.fields.count * 16
        precondition(recordLength > 0)
    }

    func plan(for variant: PlanVariant) -> FlowPlan? {
        for known in plans where known.variant == variant { return known.plan }
        return nil
    }

    /// - Parameter bytes: memory that the plan takes, 0 when others have it too.
    func store(_ plan: FlowPlan, for variant: PlanVariant, bytes: Int) {
        plans.append((variant, plan))
        byteCount += bytes
        planBytes += bytes
    }

    /// Forgets the plans made before the exporter told more about its elements.
    func update(learned version: Int) {
        if version == learnedVersion { return }
        learnedVersion = version
        byteCount -= planBytes
        planBytes = 0
        plans.removeAll()
    }

    /// How records of this template are shown inside structured data; made at first use.
    ///
    /// - Parameter defined: elements that the user named.
    func members(_ defined: [ElementKey: Element]) -> [InnerMember] {
        if let innerMembers { return innerMembers }
        let made = InnerMember.all(of: layout, defined)
        innerMembers = made
        byteCount += made.reduce(0) { $0 + 128 + $1.name.utf8.count }
        return made
    }
}
