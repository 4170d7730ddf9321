/// How the fields of two rows become one row: all of the first, and what only the second has.
///
/// Shown fields of the joined shape are those of the first shape in their order, then those of the
/// second. Where both have a field of one name, the first one's is taken, and the second one's in
/// records where the first one's is null; a map is taken whole. The event time is the first
/// shape's, when it has one.
///
/// The first row keeps its bytes as they are; of the second, only what shown fields need is copied.
public struct RowJoin: Sendable {
    /// How to read the joined row.
    public let shape: Shape
    fileprivate let first: Part
    fileprivate let second: Part

    /// What is taken of the rows of one shape.
    fileprivate struct Part: Sendable {
        let rowLength: Int
        let constantsLength: Int
        /// Where the slots lie whose bytes are needed.
        let slots: [Int]

        init(_ shape: Shape, _ columns: [Int]) {
            var usesRow = false
            var usesConstants = false
            var slots: Set<Int> = []
            for index in columns {
                switch shape.columns[index].place {
                case .row: usesRow = true
                case .slot(let offset):
                    usesRow = true
                    slots.insert(offset)
                case .constant: usesConstants = true
                case .literal, .derived: break
                }
            }
            rowLength = usesRow ? shape.rowLength : 0
            constantsLength = usesConstants ? shape.constantsLength : 0
            self.slots = slots.sorted()
        }
    }

    public init(_ first: Shape, _ second: Shape) {
        var draft = Draft(first, second)
        let shown = draft.chooseShown()
        let time = first.timeColumn ?? second.timeColumn.map { $0 + first.columns.count }
        let needed = draft.neededColumns(shown, time: time)
        let firstCount = first.columns.count
        self.first = Part(first, needed.filter { $0 < firstCount })
        let others = firstCount..<firstCount + second.columns.count
        self.second = Part(
            second, needed.filter { others.contains($0) }.map { $0 - firstCount })
        shape = draft.makeShape(
            needed, shown: shown, time: time, firstPart: self.first, secondPart: self.second)
    }

    /// The columns of both shapes, and those that choose between two of them.
    private struct Draft {
        let first: Shape
        let second: Shape
        /// Arguments of derivations speak of this list.
        var columns: [Column]
        /// Indices of `columns` as they will stand in the joined shape.
        var order: [Int] = []

        init(_ first: Shape, _ second: Shape) {
            self.first = first
            self.second = second
            let offset = first.columns.count
            columns = first.columns
            columns += second.columns.map { column in
                var moved = column
                if case .derived(let derivation) = column.place {
                    moved.place = .derived(derivation.mapArguments { $0 + offset })
                }
                return moved
            }
            order = Array(columns.indices)
        }

        /// The columns that are shown.
        mutating func chooseShown() -> Set<Int> {
            var shown = Set(first.columns.indices.filter { !columns[$0].isHidden })
            var names: [String: [Int]] = [:]
            for index in shown { names[columns[index].name, default: []].append(index) }
            let others = first.columns.count..<columns.count
            for index in others where !columns[index].isHidden {
                let name = columns[index].name
                guard let known = names[name] else {
                    shown.insert(index)
                    continue
                }
                guard known.count == 1, let one = known.first, canBeNull(one),
                    columns[one].member == nil, columns[index].member == nil
                else { continue }
                shown.remove(one)
                shown.insert(addChoice(one, index))
                names[name] = []
            }
            return shown
        }

        /// Adds a column that reads `one`, or `other` where that is null; in the place of `one`
        /// unless an argument must stand before it.
        private mutating func addChoice(_ one: Int, _ other: Int) -> Int {
            let added = columns.count
            let hasDerived = columns[one].isDerived || columns[other].isDerived
            columns.append(
                Column(
                    columns[one].name, columns[one].encoding, .derived(.first([one, other]))))
            order.append(added)
            if !hasDerived, let place = order.firstIndex(of: one) {
                order.swapAt(place, order.count - 1)
            }
            return added
        }

        private func canBeNull(_ index: Int) -> Bool {
            let column = columns[index]
            switch column.place {
            case .row, .constant:
                return column.zeroIsNull || column.encoding == .ipfixBoolean
                    || column.encoding == .null
            case .literal: return false
            case .slot, .derived: return true
            }
        }

        /// The shown columns and what they are computed from, in order.
        func neededColumns(_ shown: Set<Int>, time: Int?) -> [Int] {
            var needed: Set<Int> = []
            var open = Array(shown) + (time.map { [$0] } ?? [])
            while let index = open.popLast() {
                guard needed.insert(index).inserted else { continue }
                if case .derived(let derivation) = columns[index].place {
                    open += derivation.arguments
                }
            }
            return order.filter { needed.contains($0) }
        }

        func makeShape(
            _ needed: [Int], shown: Set<Int>, time: Int?, firstPart: Part, secondPart: Part
        ) -> Shape {
            var places: [Int: Int] = [:]
            for (place, index) in needed.enumerated() { places[index] = place }
            let result = needed.map { index in
                var column = columns[index]
                column.isHidden = !shown.contains(index)
                column.place = place(
                    of: index, firstPart: firstPart, secondPart: secondPart, places)
                return column
            }
            return .known(
                columns: result, rowLength: firstPart.rowLength + secondPart.rowLength,
                hasVariablePart: !firstPart.slots.isEmpty || !secondPart.slots.isEmpty,
                constantsLength: firstPart.constantsLength + secondPart.constantsLength,
                timeColumn: time.flatMap { places[$0] })
        }

        private func place(
            of index: Int, firstPart: Part, secondPart: Part, _ places: [Int: Int]
        ) -> Column.Place {
            let isFirst = index < first.columns.count
            switch columns[index].place {
            case .row(let offset, let length):
                return .row(
                    offset: offset + (isFirst ? 0 : firstPart.rowLength), length: length)
            case .slot(let offset):
                return .slot(offset: offset + (isFirst ? 0 : firstPart.rowLength))
            case .constant(let offset, let length):
                return .constant(
                    offset: offset + (isFirst ? 0 : firstPart.constantsLength), length: length)
            case .literal(let bytes): return .literal(bytes)
            case .derived(let derivation):
                return .derived(derivation.mapArguments { places[$0] ?? 0 })
            }
        }
    }
}

extension RecordBatch {
    /// Appends a row of another batch as it is.
    public mutating func append(_ row: Row) {
        continueRun(row.shape, constants: row.constants, RawSpan())
        beginRow(row.bytes, isVariable: row.shape.hasVariablePart)
        endRow(isVariable: row.shape.hasVariablePart)
    }

    /// Appends one row made of two rows of other batches.
    ///
    /// - Parameter join: made for the shapes of the rows.
    public mutating func append(_ first: Row, _ second: Row, joined join: RowJoin) {
        continueRun(
            join.shape,
            constants: first.constants.extracting(0..<join.first.constantsLength),
            second.constants.extracting(0..<join.second.constantsLength))
        let isVariable = join.shape.hasVariablePart
        beginRow(first.bytes.extracting(0..<join.first.rowLength), isVariable: isVariable)
        buffer.append(second.bytes.extracting(0..<join.second.rowLength))
        let rowLength = join.shape.rowLength
        if !join.first.slots.isEmpty {
            let end = first.bytes.byteCount
            buffer.append(first.bytes.extracting(first.shape.rowLength..<end))
        }
        for slot in join.second.slots {
            let target = join.first.rowLength + slot
            guard let range = second.slotRange(at: slot) else {
                storeNullSlot(at: target)
                continue
            }
            let start = appendVariable(second.bytes.extracting(range), rowLength: rowLength)
            storeSlot(at: target, start: start, count: range.count)
        }
        endRow(isVariable: isVariable)
    }

    /// Starts a run unless the last one has this shape and these constants.
    private mutating func continueRun(_ shape: Shape, constants first: RawSpan, _ second: RawSpan) {
        if let last = runs.last, last.shape === shape {
            let known = bytes.extracting(last.constants..<last.constants + shape.constantsLength)
            let isSame =
                known.extracting(0..<first.byteCount).hasSameBytes(as: first)
                && known.extracting(first.byteCount..<known.byteCount).hasSameBytes(as: second)
            if isSame { return }
        }
        let at = buffer.count
        buffer.append(first)
        buffer.append(second)
        runs.append(
            Run(shape: shape, constants: at, start: buffer.count, byteCount: 0, count: 0))
    }

    /// Exchanges the records with those of another batch; tag, time and progress stay.
    public mutating func exchangeRecords(with other: inout RecordBatch) {
        swap(&runs, &other.runs)
        swap(&buffer, &other.buffer)
        swap(&count, &other.count)
        swap(&rowStart, &other.rowStart)
    }
}

/// The joins that somebody needs again and again, made once per pair of shapes.
///
/// Bounded, as `ShapeCache` is.
public struct RowJoinCache {
    private struct Pair: Hashable {
        let first: Shape
        let second: Shape
    }

    private var last: (pair: Pair, join: RowJoin)?
    private var joins: [Pair: RowJoin] = [:]
    /// Columns of all joined shapes held.
    private var columnCount = 0
    private let limit: Int

    /// - Parameter limit: the cache is emptied when it would hold more joins, or more than
    ///   `Shape.heldColumns` columns.
    public init(limit: Int = 512) { self.limit = limit }

    public mutating func join(_ first: Shape, _ second: Shape) -> RowJoin {
        if let last, last.pair.first === first, last.pair.second === second { return last.join }
        let pair = Pair(first: first, second: second)
        if let known = joins[pair] {
            last = (pair, known)
            return known
        }
        let made = RowJoin(first, second)
        columnCount += made.shape.columns.count
        if joins.count >= limit || columnCount > Shape.heldColumns {
            joins.removeAll(keepingCapacity: true)
            columnCount = made.shape.columns.count
        }
        joins[pair] = made
        last = (pair, made)
        return made
    }
}
