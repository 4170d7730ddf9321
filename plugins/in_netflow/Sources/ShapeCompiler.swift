import Core

/// Compiles the fields of a template to the columns of the normalized schema.
///
/// Every column reads the record's bytes where the exporter put them: in the row when all fields
/// have fixed lengths, through slots otherwise.
struct ShapeCompiler {
    private let layout: TemplateLayout
    private let variant: PlanVariant
    private let options: ShapeOptions
    private let elements: [Element]
    private let places: [Column.Place?]
    private let rowLength: Int
    /// Fields of an element, in template order, those of length 0 left out.
    private var fields: [ElementKey: [Int]] = [:]
    private var isConsumed: [Bool]
    /// Slots behind the fields, by the column of the number that the name belongs to.
    private var nameSlots: [String: (column: String, offset: Int)] = [:]
    /// Fields of the other address family, which are only of interest when set.
    private var isVariant: Set<Int> = []
    /// The element behind a column made so far, for counterparts and flags.
    private var chosen: [String: ElementKey] = [:]
    private var columns: [Column] = []

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
    private var impliedEvent: UInt8? {
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

    // MARK: Rules

    private mutating func apply(_ rule: ColumnRule) {
        if rule.column == "sampling_rate" { return addSampling(rule) }
        let found = rule.sources.compactMap { first($0) }
        if found.isEmpty {
            if rule.column == "etype" { addEtherType() }
            if rule.column == "nat_event", let event = impliedEvent { addImplied(rule, event) }
            return
        }
        switch rule.reading {
        case .first:
            // A rule before this one may have taken the element, as bytes takes 23.
            guard let field = found.first(where: { !isConsumed[$0] }) else { return }
            choose(field, for: rule)
            addNotes(rule, field)
        case .firstUnlessZero:
            choose(found[0], for: rule, zeroIsNull: true)
        case .family, .familyUnlessZero:
            // Tunnels have both: what stands first in the template belongs together.
            let inOrder = found.sorted()
            take(inOrder[0])
            isVariant.formUnion(inOrder.dropFirst())
            addFirstNotZero(rule.column, inOrder, lastIsNull: rule.zeroIsUnknown)
        case .firstNotZero:
            take(found[0])
            addFirstNotZero(rule.column, found, lastIsNull: false)
        case .named(let table):
            take(found[0])
            let number = addHidden(found[0])
            add(Column(rule.column, .text, .derived(.name(of: number, table: table))))
        case .withName(let table, let name):
            let number = choose(found[0], for: rule)
            add(Column(name, .text, .derived(.name(of: number, table: table))))
        case .highByte, .lowByte:
            addByte(rule, found[0])
        case .counterpart(let column):
            addCounterpart(rule, of: column)
        case .labels:
            addLabels(rule, found)
        }
        if rule.column == ColumnRule.protocolNumber.column, let number = columns.indices.last {
            add(
                Column(
                    "transport", .text, .derived(.name(of: number, table: .transport))))
        }
        if let name = nameSlots[rule.column] {
            add(Column(name.column, .text, .slot(offset: name.offset)))
        }
    }

    private mutating func addImplied(_ rule: ColumnRule, _ event: UInt8) {
        guard case .withName(let table, let name) = rule.reading else { return }
        let number = add(Column(rule.column, .unsigned, .literal([event])))
        add(Column(name, .text, .derived(.name(of: number, table: table))))
    }

    @discardableResult
    private mutating func choose(
        _ field: Int, for rule: ColumnRule, zeroIsNull: Bool = false
    ) -> Int {
        take(field)
        chosen[rule.column] = layout.fields[field].element
        return add(column(rule.column, field, zeroIsNull: zeroIsNull))
    }

    /// What a reader of counters must know about them.
    private mutating func addNotes(_ rule: ColumnRule, _ field: Int) {
        switch (rule.column, layout.fields[field].element) {
        case ("bytes", 85): add(.literal("counter_kind", text: "total"))
        case ("packets", 86) where chosen["bytes"] != 85:
            add(.literal("counter_kind", text: "total"))
        case ("bytes", 352): add(Column("bytes_l2", .boolean, .literal([1])))
        default: break
        }
    }

    private mutating func addFirstNotZero(_ name: String, _ found: [Int], lastIsNull: Bool) {
        if found.count == 1 {
            add(column(name, found[0], zeroIsNull: lastIsNull))
            return
        }
        let arguments = found.enumerated().map { position, field in
            addHidden(field, zeroIsNull: lastIsNull || position < found.count - 1)
        }
        add(Column(name, elements[found[0]].encoding, .derived(.first(arguments))))
    }

    private mutating func addByte(_ rule: ColumnRule, _ field: Int) {
        let isHigh = if case .highByte = rule.reading { true } else { false }
        // Elements 176 to 179 say the same and come first.
        guard !columns.contains(where: { $0.name == rule.column && !$0.isHidden }) else { return }
        take(field)
        let whole = addHidden(field)
        add(
            Column(
                rule.column, .unsigned,
                .derived(.bits(of: whole, shift: isHigh ? 8 : 0, mask: 0xff))))
    }

    private mutating func addCounterpart(_ rule: ColumnRule, of column: String) {
        guard let forward = chosen[column],
            let sources = ColumnRule.all.first(where: { $0.column == column })?.sources,
            let position = sources.firstIndex(of: forward), position < rule.sources.count,
            let field = first(rule.sources[position])
        else { return }
        choose(field, for: rule)
    }

    private mutating func addLabels(_ rule: ColumnRule, _ found: [Int]) {
        let labels = found.filter { layout.fields[$0].length == 3 }
        guard !labels.isEmpty else { return }
        let arguments = labels.map { field -> Int in
            take(field)
            var entry = column(rule.column, field, hidden: true, zeroIsNull: true)
            entry.encoding = .unsigned
            let whole = add(entry)
            return add(
                Column(
                    rule.column, .unsigned,
                    .derived(.bits(of: whole, shift: 4, mask: 0xf_ffff)), hidden: true))
        }
        add(Column(rule.column, .nested, .derived(.list(arguments))))
    }

    private mutating func addSampling(_ rule: ColumnRule) {
        let field = rule.sources.lazy.compactMap(first).first
        let rate: Int
        switch variant.sampling {
        case .unknown: return
        case .field:
            guard let field else { return }
            rate = choose(field, for: rule, zeroIsNull: true)
        case .record, .options, .header, .config, .default:
            // What the record says stays visible where it is not what is shown.
            if let field, variant.sampling == .record, !variant.isRateRepaired { take(field) }
            rate = add(Column("sampling_rate", .unsigned, FlowConstants.samplingRate))
        }
        add(.literal("sampling_source", text: variant.sampling.name))
        if options.estimates { addEstimates(rate: rate) }
    }

    /// Counters multiplied by the sampling rate, beside those that were sent.
    private mutating func addEstimates(rate: Int) {
        for (name, estimate) in [("bytes", "bytes_est"), ("packets", "packets_est")] {
            let counter = columns.firstIndex {
                $0.name == name && $0.member == nil && !$0.isHidden
            }
            guard let counter else { continue }
            add(Column(estimate, .unsigned, .derived(.product(of: counter, by: rate))))
        }
    }

    /// 0x0800 or 0x86dd when the template has addresses of one family only.
    private mutating func addEtherType() {
        let hasIPv4 = has(8) || has(12)
        guard hasIPv4 != (has(27) || has(28)) else { return }
        add(Column("etype", .unsigned, .literal(hasIPv4 ? [0x08, 0x00] : [0x86, 0xdd])))
    }

    // MARK: Columns

    private func has(_ element: ElementKey) -> Bool { fields[element] != nil }

    /// The first field of an element.
    private func first(_ element: ElementKey) -> Int? { fields[element]?.first }

    private mutating func take(_ field: Int) { isConsumed[field] = true }

    @discardableResult
    private mutating func add(_ column: Column) -> Int {
        columns.append(column)
        return columns.count - 1
    }

    private mutating func addHidden(_ field: Int, zeroIsNull: Bool = false) -> Int {
        add(column(elements[field].name, field, hidden: true, zeroIsNull: zeroIsNull))
    }

    /// The column of a field; times of clocks that are ahead are set right.
    private mutating func column(
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

extension ColumnRule {
    fileprivate var zeroIsUnknown: Bool {
        if case .familyUnlessZero = reading { true } else { false }
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
