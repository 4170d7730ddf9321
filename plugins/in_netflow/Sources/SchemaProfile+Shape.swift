import Core

extension SchemaProfile {
    private static let rulesByColumn: [SchemaProfile: [String: [ProfileRule]]] =
        Dictionary(
            uniqueKeysWithValues: allCases.map {
                ($0, Dictionary(grouping: $0.rules, by: \.column))
            })

    /// The same records under the profile's names.
    ///
    /// The order of the columns stays, and so do the event time and hidden columns.
    func apply(to shape: Shape) -> Shape {
        guard self != .flat, let rules = Self.rulesByColumn[self] else { return shape }
        // New columns speak of the flat shape's indices until all have their place.
        var flat = shape.columns
        let hasFactor = flat.contains { needsFactor($0, rules) }
        if hasFactor { flat.append(Self.nanosecondsPerMillisecond) }
        var places: [Int] = []
        var columns: [Column] = []
        for (index, column) in flat.enumerated() {
            places.append(columns.count)
            columns += renamed(column, at: index, factor: shape.columns.count, rules)
        }
        for index in columns.indices {
            guard case .derived(let derivation) = columns[index].place else { continue }
            columns[index].place = .derived(derivation.mapArguments { places[$0] })
        }
        return shape.replacingColumns(columns, timeColumn: shape.timeColumn.map { places[$0] })
    }

    private static let nanosecondsPerMillisecond = Column(
        "factor", .unsigned, .literal([0x0f, 0x42, 0x40]), hidden: true)

    private func needsFactor(_ column: Column, _ rules: [String: [ProfileRule]]) -> Bool {
        if column.isHidden { return false }
        if case .derived(.elapsedMilliseconds) = column.place { return false }
        return rules[column.name]?.contains {
            if case .durationNanoseconds = $0.change { true } else { false }
        } ?? false
    }

    /// - Returns: the column, shown or not, and behind it what is made of it.
    private func renamed(
        _ column: Column, at index: Int, factor: Int, _ rules: [String: [ProfileRule]]
    ) -> [Column] {
        if column.isHidden { return [column] }
        var first = column
        first.name = name(of: column.name)
        var made: [Column] = []
        if column.member == nil {
            for rule in rules[column.name] ?? [] {
                change(&first, rule, at: index, factor: factor, &made)
            }
        }
        return [first] + made
    }

    private func change(
        _ column: inout Column, _ rule: ProfileRule, at index: Int, factor: Int,
        _ made: inout [Column]
    ) {
        switch rule.change {
        case .name: break
        case .capitals:
            if case .literal(let text) = column.place {
                column.place = .literal(text.map(Self.capital))
            }
        case .epochNanoseconds:
            column.isHidden = true
            made.append(Column(rule.name, .unsigned, .derived(.epochNanoseconds(of: index))))
        case .durationNanoseconds:
            if case .derived(.elapsedMilliseconds(let from, let to)) = column.place {
                column.place = .derived(.elapsedNanoseconds(from: from, to: to))
            } else {
                column.isHidden = true
                made.append(
                    Column(rule.name, .unsigned, .derived(.product(of: index, by: factor))))
            }
        case .nameOfNumber(let table):
            made.append(Column(rule.name, .text, .derived(.name(of: index, table: table))))
        case .text(let texts, let otherwise):
            guard case .literal(let text) = column.place else { return }
            let own = String(decoding: text, as: UTF8.self)
            made.append(.literal(rule.name, text: texts[own] ?? otherwise))
        }
    }

    private static func capital(_ letter: UInt8) -> UInt8 {
        (0x61...0x7a).contains(letter) ? letter - 0x20 : letter
    }
}
