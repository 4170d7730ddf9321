import Core

/// The columns between times and `ie`, made by the rules of `ColumnRule`.
extension ShapeCompiler {
    mutating func apply(_ rule: ColumnRule) {
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
}

extension ColumnRule {
    fileprivate var zeroIsUnknown: Bool {
        if case .familyUnlessZero = reading { true } else { false }
    }
}
