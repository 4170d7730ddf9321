import Core

/// Compiles the fields of a template to the columns of the normalized schema.
///
/// Every column reads the record's bytes where the exporter put them: in the row when all fields
/// have fixed lengths, through slots otherwise.
struct ShapeCompiler {
    let layout: TemplateLayout
    let variant: PlanVariant
    let options: ShapeOptions
    let elements: [Element]
    private let places: [Column.Place?]
    private let rowLength: Int
    /// Fields of an element, in template order, those of length 0 left out.
    var fields: [ElementKey: [Int]] = [:]
    var isConsumed: [Bool]
    /// Slots behind the fields, by the column of the number that the name belongs to.
    var nameSlots: [String: (column: String, offset: Int)] = [:]
    /// Fields of the other address family, which are only of interest when set.
    var isVariant: Set<Int> = []
    /// The element behind a column made so far, for counterparts and flags.
    var chosen: [String: ElementKey] = [:]
    var columns: [Column] = []

    init(
        _ layout: TemplateLayout, _ variant: PlanVariant, _ learned: [ElementKey: Element],
        _ options: ShapeOptions
    ) {
        self.layout = layout
        self.variant = variant
        self.options = options
        let registry = ElementRegistry.shared
        elements = layout.fields.map {
            options.defined[$0.element] ?? learned[$0.element]
                ?? registry.element($0.element, of: layout.flowProtocol)
        }
        isConsumed = Array(repeating: false, count: layout.fields.count)
        var places: [Column.Place?] = []
        var offset = 0
        let usesSlots = layout.usesSlots
        for (index, field) in layout.fields.enumerated() {
            if field.length == 0 {
                places.append(nil)
                continue
            }
            places.append(
                usesSlots
                    ? .slot(offset: offset) : .row(offset: offset, length: Int(field.length)))
            offset += usesSlots ? Slot.byteCount : Int(field.length)
            fields[field.element, default: []].append(index)
        }
        self.places = places
        for name in NamedField.all(of: layout) where variant.names.contains(name.kind) {
            nameSlots[name.number] = (name.column, offset)
            offset += Slot.byteCount
        }
        rowLength = offset
    }

    mutating func compile() -> Shape {
        let exported = addHeader()
        if !layout.isOptions {
            addTimes(exported: exported)
            for rule in ColumnRule.all { apply(rule) }
        }
        addElements()
        return .known(
            columns: columns, rowLength: rowLength,
            hasVariablePart: layout.usesSlots || !nameSlots.isEmpty,
            constantsLength: variant.isNamed
                ? FlowConstants.namedByteCount : FlowConstants.byteCount,
            timeColumn: exported)
    }

    // MARK: Parts

    /// - Returns: the column of the export time.
    private mutating func addHeader() -> Int {
        add(.literal("record_type", text: recordType))
        add(.literal("flow_type", text: layout.flowProtocol.name))
        add(Column("time_received", .nanoseconds, FlowConstants.received))
        let exported = add(Column("time_exported", .nanoseconds, FlowConstants.exported))
        addSampler()
        add(Column("peer_address", .address, FlowConstants.peer))
        add(Column("peer_port", .unsigned, FlowConstants.peerPort, zeroIsNull: true))
        if layout.flowProtocol.hasDomain {
            add(Column("observation_domain_id", .unsigned, FlowConstants.domain))
        }
        if variant.isMediated, let field = first(ExporterElements.originalDomain) {
            take(field)
            add(column("original_domain_id", field))
        }
        if layout.flowProtocol.namesTemplate {
            add(Column("template_id", .unsigned, FlowConstants.templateID))
        }
        if layout.flowProtocol.hasSequence {
            add(Column("sequence_num", .unsigned, FlowConstants.sequence))
        }
        return exported
    }

    /// Who metered the flow: behind a mediator, the first address that the record tells, else what
    /// options data told.
    private mutating func addSampler() {
        let told = variant.isMediated ? ExporterElements.addresses.compactMap(first) : []
        if let shown = told.first {
            take(shown)
            isVariant.formUnion(told.dropFirst())
            var candidates = told.map { addHidden($0, zeroIsNull: true) }
            candidates.append(
                add(Column("exporter", .address, FlowConstants.exporter, hidden: true)))
            add(Column("sampler_address", .address, .derived(.first(candidates))))
        } else {
            add(Column("sampler_address", .address, FlowConstants.exporter))
        }
        if variant.isNamed { add(Column("sampler_name", .paddedText, FlowConstants.name)) }
    }

    private var recordType: String {
        if layout.isOptions { return "options" }
        if has(1) { return "flow" }
        if has(233) || has(40005) { return "fw_event" }
        return has(230) || impliedEvent != nil ? "nat_event" : "flow"
    }

    /// The natEvent of translations without element 230, as Nokia sends them: those that only tell
    /// their start were created, those that only tell their end were deleted.
    var impliedEvent: UInt8? {
        let translations: [ElementKey] = [225, 226, 227, 228, 281, 282, 361]
        let counters: [ElementKey] = [1, 2, 23, 24, 85, 86, 231, 298]
        guard !has(230), translations.contains(where: has), !counters.contains(where: has) else {
            return nil
        }
        let starts = TimeElements.start.contains(where: has)
        let ends = TimeElements.end.contains(where: has)
        return starts == ends ? nil : starts ? 1 : 2
    }

    private mutating func addTimes(exported: Int) {
        var start = addTime("time_flow_start", TimeElements.start)
        var end = addTime("time_flow_end", TimeElements.end)
        var source: StaticString = start != nil || end != nil ? "absolute" : "export"
        if start == nil,
            let made = addUptime(
                "time_flow_start", TimeElements.startTicks, exported: exported)
        {
            start = made
            source = "uptime"
        }
        if end == nil,
            let made = addUptime(
                "time_flow_end", TimeElements.endTicks, exported: exported)
        {
            end = made
            source = "uptime"
        }
        if start == nil {
            start = addBeforeExport("time_flow_start", TimeElements.startDelta, exported: exported)
        }
        if end == nil {
            end = addBeforeExport("time_flow_end", TimeElements.endDelta, exported: exported)
        }
        if end == nil, let field = TimeElements.observed.lazy.compactMap(first).first {
            end = add(column("time_flow_end", field, zeroIsNull: true))
            if start == nil { start = add(column("time_flow_start", field, zeroIsNull: true)) }
            source = "absolute"
        }
        add(.literal("time_source", text: "\(source)"))
        if let start, let end {
            add(
                Column(
                    "duration_ms", .unsigned,
                    .derived(.elapsedMilliseconds(from: start, to: end))))
        } else if let field = first(TimeElements.durationMilliseconds) {
            take(field)
            add(column("duration_ms", field))
        } else if let start = first(TimeElements.startTicks), let end = first(TimeElements.endTicks)
        {
            // Nothing dates them, but their distance needs no date.
            add(
                Column(
                    "duration_ms", .unsigned,
                    .derived(.elapsedTicks(from: addHidden(start), to: addHidden(end)))))
        }
    }

    private mutating func addTime(_ name: String, _ candidates: [ElementKey]) -> Int? {
        guard let field = candidates.lazy.compactMap(first).first else { return nil }
        take(field)
        return add(column(name, field, zeroIsNull: true))
    }

    /// A time from elements 21 and 22: uptime in the header of v5 and v9, time of start in IPFIX.
    private mutating func addUptime(_ name: String, _ ticks: ElementKey, exported: Int) -> Int? {
        guard let field = first(ticks) else { return nil }
        let bootField = first(TimeElements.boot)
        let derivation: Derivation
        if let bootField {
            let boot = addHidden(bootField)
            take(bootField)
            derivation = .sinceBoot(ticks: addHidden(field), boot: boot, exported: exported)
        } else if layout.flowProtocol != .ipfix {
            let uptime = add(Column("uptime", .unsigned, FlowConstants.uptime, hidden: true))
            let clock = add(Column("clock", .nanoseconds, FlowConstants.clock, hidden: true))
            derivation = .uptime(ticks: addHidden(field), uptime: uptime, exported: clock)
        } else if variant.isBootTimeKnown {
            let boot = add(Column("boot", .milliseconds, FlowConstants.bootTime, hidden: true))
            derivation = .sinceBoot(ticks: addHidden(field), boot: boot, exported: exported)
        } else {
            return nil
        }
        take(field)
        return add(Column(name, .nanoseconds, .derived(derivation)))
    }

    private mutating func addBeforeExport(
        _ name: String, _ element: ElementKey, exported: Int
    ) -> Int? {
        guard let field = first(element) else { return nil }
        take(field)
        let microseconds = addHidden(field)
        return add(
            Column(
                name, .nanoseconds,
                .derived(.beforeExport(microseconds: microseconds, exported: exported))))
    }

    /// Everything that has no column of its own, under its registered name.
    private mutating func addElements() {
        let padding: ElementKey = 210
        var seen: Set<ElementKey> = []
        var members: [Column] = []
        for (index, field) in layout.fields.enumerated() {
            guard let all = fields[field.element], seen.insert(field.element).inserted else {
                continue
            }
            let isTaken = all.count == 1 && isConsumed[index] || field.element == padding
            if isTaken && !options.repeatsConsumed { continue }
            if all.count == 1 {
                let isUnsetWhenZero =
                    isVariant.contains(index) || elements[index].encoding.isAbsoluteTime
                members.append(
                    column(
                        "ie", member: elements[index].name, index, zeroIsNull: isUnsetWhenZero))
            } else {
                let arguments = all.map { addHidden($0) }
                members.append(
                    Column(
                        "ie", member: elements[index].name, .nested, .derived(.list(arguments))))
            }
        }
        columns += members
    }

    // MARK: Columns

    func has(_ element: ElementKey) -> Bool { fields[element] != nil }

    /// The first field of an element.
    func first(_ element: ElementKey) -> Int? { fields[element]?.first }

    mutating func take(_ field: Int) { isConsumed[field] = true }

    @discardableResult
    mutating func add(_ column: Column) -> Int {
        columns.append(column)
        return columns.count - 1
    }

    mutating func addHidden(_ field: Int, zeroIsNull: Bool = false) -> Int {
        add(column(elements[field].name, field, hidden: true, zeroIsNull: zeroIsNull))
    }

    /// The column of a field; times of clocks that are ahead are set right.
    mutating func column(
        _ name: String, member: String? = nil, _ field: Int, hidden: Bool = false,
        zeroIsNull: Bool = false
    ) -> Column {
        guard let place = places[field] else { preconditionFailure("the field has no bytes") }
        let encoding = elements[field].encoding
        guard variant.clockOffset != 0, encoding.isAbsoluteTime else {
            return Column(
                name, member: member, encoding, place, hidden: hidden, zeroIsNull: zeroIsNull)
        }
        let sent = add(Column(name, encoding, place, hidden: true, zeroIsNull: zeroIsNull))
        return Column(
            name, member: member, .nanoseconds,
            .derived(
                .shifted(
                    time: sent, nanoseconds: Int64(variant.clockOffset) * -1_000_000_000)),
            hidden: hidden)
    }
}

extension Encoding {
    /// A time of all zeros was never set, in whatever epoch.
    fileprivate var isAbsoluteTime: Bool {
        switch self {
        case .seconds, .milliseconds, .ntpMicroseconds, .ntpNanoseconds: true
        default: false
        }
    }
}
