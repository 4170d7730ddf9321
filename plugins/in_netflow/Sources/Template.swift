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

/// A template as an exporter announced it.
final class Template {
    let id: UInt16
    let model: TemplateModel
    /// Decoder tick of the last data or refresh.
    var lastUsed: UInt64 = 0
    /// Whether an earlier process had it and the exporter has not announced it since.
    private(set) var isRestored: Bool
    private(set) var life: TemplateLife
    /// For an exporter that told something about its elements.
    private var ownPlans = PlanTable()
    private var ownPlanBytes = 0
    /// The version of what the exporter told that the own plans know of.
    private var learnedVersion = 0

    init(
        id: UInt16, model: TemplateModel,
        life: TemplateLife = TemplateLife(lastSeen: 0, message: 0),
        isRestored: Bool = false
    ) {
        self.id = id
        self.model = model
        self.life = life
        self.isRestored = isRestored
    }

    /// Takes note that it was announced again, without a change.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - message: the stream's messages so far.
    func repeated(at now: Int64, message: UInt64) {
        life.repeated(at: now, message: message)
        isRestored = false
    }

    var stored: StoredStream.Announcement {
        StoredStream.Announcement(
            isOptions: layout.isOptions, lastSeen: life.lastSeen,
            definition: [UInt8(id >> 8), UInt8(truncatingIfNeeded: id)] + model.definition)
    }

    /// Whether a data set can be made of such records: what is left over is at most padding.
    func fits(_ body: RawSpan) -> Bool {
        var offset = 0
        if layout.hasVariableFields {
            while body.byteCount - offset >= recordLength {
                guard let length = layout.recordLength(in: body, from: offset) else { return false }
                offset += length
            }
        } else {
            offset = body.byteCount / recordLength * recordLength
        }
        return offset > 0 && body.byteCount - offset < 4 && body.isZero(from: offset)
    }

    var layout: TemplateLayout { model.layout }
    var recordLength: Int { model.recordLength }
    var usesSlots: Bool { model.usesSlots }
    var hasOwnSampling: Bool { model.hasOwnSampling }
    var hasUnknownElements: Bool { model.hasUnknownElements }

    /// Bytes this takes in memory beside its model.
    var byteCount: Int { 128 + ownPlanBytes }

    func plan(for variant: PlanVariant) -> FlowPlan? {
        learnedVersion == 0 ? model.plan(for: variant) : ownPlans[variant]
    }

    func store(_ plan: FlowPlan, for variant: PlanVariant) {
        if learnedVersion == 0 { return model.store(plan, for: variant) }
        ownPlans[variant] = plan
        ownPlanBytes += plan.byteCount
    }

    /// Forgets the plans made before the exporter told more about its elements.
    ///
    /// - Parameter version: 0 as long as it told nothing.
    func update(learned version: Int) {
        if version == learnedVersion { return }
        learnedVersion = version
        ownPlanBytes = 0
        ownPlans.removeAll()
    }
}
