import Core

/// The fields of a shape while rules change them.
///
/// Shown fields point at nodes; a node is a column of the old shape or a new one. A node that is
/// no longer shown stays as a hidden column while a derivation or the event time needs it.
struct Layout {
    private struct Field: Equatable {
        var name: String
        var member: String?
        var node: Int
    }

    private let shape: Shape
    /// Derivations in nodes speak of nodes that come before, or of old columns.
    private var nodes: [Column]
    private var fields: [Field] = []
    private let original: [Field]

    init(_ shape: Shape) {
        self.shape = shape
        nodes = shape.columns
        for (index, column) in nodes.enumerated() where !column.isHidden {
            fields.append(Field(name: column.name, member: column.member, node: index))
        }
        original = fields
    }

    // MARK: Changes

    mutating func remove(where isGone: (String) -> Bool) {
        fields.removeAll { isGone($0.name) }
    }

    mutating func set(_ key: String, _ value: String) {
        remove { $0 == key }
        fields.append(Field(name: key, node: literal(value)))
    }

    /// Where the field is there but null in a record, that record gets the value.
    mutating func add(_ key: String, _ value: String) {
        if !has(key) {
            fields.append(Field(name: key, node: literal(value)))
        } else if let field = plainField(key), canBeNull(fields[field].node) {
            fields[field].node = first(fields[field].node, literal(value))
        }
    }

    mutating func rename(_ key: String, to new: String) {
        guard key != new, has(key) else { return }
        if !has(new) {
            renameAll(key, to: new)
        } else if let source = plainField(key), let target = plainField(new),
            canBeNull(fields[target].node)
        {
            let (from, to) = (fields[source].node, fields[target].node)
            fields[target].node = first(to, from)
            fields[source].node = derived(.only(value: from, whenSet: to), like: from)
        }
    }

    mutating func hardRename(_ key: String, to new: String) {
        guard key != new, has(key) else { return }
        let value = replacement(from: key, to: new)
        remove { $0 == new }
        if let value, let source = plainField(key) { fields[source].node = value }
        renameAll(key, to: new)
    }

    mutating func copy(_ key: String, to new: String) {
        guard key != new, isUnique(key) else { return }
        if !has(new) {
            insertCopy(of: key, as: new, node: nil)
        } else if let source = plainField(key), let target = plainField(new),
            canBeNull(fields[target].node)
        {
            fields[target].node = first(fields[target].node, fields[source].node)
        }
    }

    mutating func hardCopy(_ key: String, to new: String) {
        guard key != new, isUnique(key), !has(new) || isUnique(new) else { return }
        let value = replacement(from: key, to: new)
        remove { $0 == new }
        insertCopy(of: key, as: new, node: value)
    }

    /// Moves fields to one end; their order among each other stays.
    mutating func move(toStart: Bool, where isMoved: (String) -> Bool) {
        let moved = fields.filter { isMoved($0.name) }
        let others = fields.filter { !isMoved($0.name) }
        fields = toStart ? moved + others : others + moved
    }

    // MARK: Fields

    private func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    /// The only field with this name, when it is not a map spread over columns.
    private func plainField(_ name: String) -> Int? {
        let found = fields.indices.filter { fields[$0].name == name }
        return found.count == 1 && fields[found[0]].member == nil ? found[0] : nil
    }

    /// Whether there is one field or one map with this name.
    private func isUnique(_ name: String) -> Bool {
        has(name)
            && (plainField(name) != nil
                || fields.allSatisfy { $0.name != name || $0.member != nil })
    }

    private mutating func renameAll(_ key: String, to new: String) {
        for index in fields.indices where fields[index].name == key { fields[index].name = new }
    }

    /// What a field that replaces another reads: the old target where the source is null.
    private mutating func replacement(from key: String, to new: String) -> Int? {
        guard let source = plainField(key), let target = plainField(new),
            canBeNull(fields[source].node)
        else { return nil }
        return first(fields[source].node, fields[target].node)
    }

    private mutating func insertCopy(of key: String, as new: String, node: Int?) {
        guard let last = fields.lastIndex(where: { $0.name == key }) else { return }
        var copies = fields.filter { $0.name == key }
        for index in copies.indices {
            copies[index].name = new
            if let node { copies[index].node = node }
        }
        fields.insert(contentsOf: copies, at: last + 1)
    }

    // MARK: Nodes

    private mutating func literal(_ text: String) -> Int {
        nodes.append(.literal("", text: text))
        return nodes.count - 1
    }

    private mutating func first(_ one: Int, _ other: Int) -> Int {
        derived(.first([one, other]), like: one)
    }

    private mutating func derived(_ derivation: Derivation, like node: Int) -> Int {
        nodes.append(Column("", nodes[node].encoding, .derived(derivation)))
        return nodes.count - 1
    }

    private func canBeNull(_ node: Int) -> Bool {
        let column = nodes[node]
        switch column.place {
        case .literal: return column.encoding == .null
        case .slot, .derived: return true
        case .row(_, let length), .constant(_, let length):
            let isOptional = [.null, .ipfixBoolean, .nested].contains(column.encoding)
            return isOptional || column.zeroIsNull || length == 0
        }
    }

    // MARK: Result

    /// The shape that shows the fields; the old shape itself when nothing changed.
    func makeShape() -> Shape {
        if fields == original { return shape }
        let hidden = hiddenNodes()
        var places: [Int: Int] = [:]
        for (index, field) in fields.enumerated() where !nodes[field.node].isDerived {
            places[field.node] = hidden.count + index
        }
        for (index, node) in hidden.enumerated() { places[node] = index }
        var columns: [Column] = []
        columns.reserveCapacity(hidden.count + fields.count)
        for node in hidden {
            var column = placed(node, places)
            column.isHidden = true
            columns.append(column)
        }
        for field in fields {
            var column = placed(field.node, places)
            column.name = field.name
            column.member = field.member
            column.isHidden = false
            columns.append(column)
        }
        let time = shape.timeColumn.flatMap { time in
            places[time] ?? fields.firstIndex { $0.node == time }.map { hidden.count + $0 }
        }
        return shape.replacingColumns(columns, timeColumn: time)
    }

    /// Nodes that something needs and no shown column can stand for, in order.
    private func hiddenNodes() -> [Int] {
        let shown = Set(fields.map(\.node))
        var needed: Set<Int> = []
        var open = Array(shown)
        if let time = shape.timeColumn, !shown.contains(time) {
            needed.insert(time)
            open.append(time)
        }
        while let node = open.popLast() {
            guard case .derived(let derivation) = nodes[node].place else { continue }
            for argument in derivation.arguments where needed.insert(argument).inserted {
                open.append(argument)
            }
        }
        // A derived argument must come before its users; the others may stand anywhere.
        return needed.filter { nodes[$0].isDerived || !shown.contains($0) }.sorted()
    }

    private func placed(_ node: Int, _ places: [Int: Int]) -> Column {
        var column = nodes[node]
        if case .derived(let derivation) = column.place {
            column.place = .derived(
                derivation.mapArguments { argument in
                    guard let place = places[argument] else {
                        preconditionFailure("every argument is hidden or shown")
                    }
                    return place
                })
        }
        return column
    }
}
