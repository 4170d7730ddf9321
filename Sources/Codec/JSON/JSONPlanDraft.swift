import Core

/// A `JSONPlan` being drawn up.
struct JSONPlanDraft {
    typealias Step = JSONPlan.Step

    /// No record field needs more; keeps the sums of nested lists from running away.
    private static let boundLimit = 1 << 24

    let shape: Shape
    var program: [Step] = []
    var blockProgram: [Step] = []
    var blocks: [Range<Int>] = []
    var columns: [Step]
    var arguments: [Int32] = []
    var texts: [UInt8] = []
    var literals: [UInt8] = []
    var rowBound = 16
    var blocksBound = 0
    var slots: [Int] = []

    /// Per column: whether it is the same for all rows of a run.
    private var isRunConstant: [Bool]
    /// Per column: longest text without slots, and the slots.
    private var bounds: [Int]
    private var slotUses: [[Int]]

    init(_ shape: Shape) {
        self.shape = shape
        let count = shape.columns.count
        columns = Array(repeating: Step(code: .null), count: count)
        isRunConstant = Array(repeating: true, count: count)
        bounds = Array(repeating: 0, count: count)
        slotUses = Array(repeating: [], count: count)
    }

    mutating func draw(dateKey: String?) {
        // Arguments come before what is computed from them, wherever they stand in the record.
        let indices = shape.columns.indices
        for index in indices where !shape.columns[index].isDerived { readColumn(index) }
        for index in indices where shape.columns[index].isDerived { readColumn(index) }
        if let dateKey {
            var step = Step(code: .date, a: Int32(shape.timeColumn ?? -1))
            render(key: dateKey, into: &step)
            program.append(step)
            rowBound += Int(step.keyCount) + 64
        }
        var shown = shape.columns.indices.filter { !shape.columns[$0].isHidden }[...]
        while let first = shown.first {
            let column = shape.columns[first]
            var group = shown.prefix(1)
            if column.member != nil {
                group = shown.prefix {
                    shape.columns[$0].name == column.name && shape.columns[$0].member != nil
                }
            }
            shown = shown.dropFirst(group.count)
            addField(group.filter { columns[$0].code != .null })
        }
    }

    // MARK: Fields

    /// A plain column, or all members of a map field.
    private mutating func addField(_ members: [Int]) {
        guard let first = members.first else { return }
        let name = shape.columns[first].name
        guard shape.columns[first].member != nil else {
            return addColumns(members)
        }
        var open = Step(code: .open)
        render(key: name, into: &open)
        let bound = Int(open.keyCount) + 8
        if members.allSatisfy({ isRunConstant[$0] }) {
            continueBlock()
            blockProgram.append(open)
            for member in members { addToBlock(member) }
            blockProgram.append(Step(code: .close))
            blocksBound += bound
            endBlock()
            return
        }
        rowBound += bound
        program.append(open)
        addColumns(members)
        program.append(Step(code: .close))
    }

    private mutating func addColumns(_ indices: [Int]) {
        for index in indices {
            if isRunConstant[index] {
                continueBlock()
                addToBlock(index)
                endBlock()
            } else {
                let step = keyed(index)
                program.append(step)
                rowBound = sum(rowBound, Int(step.keyCount) + 16, bounds[index])
                slots += slotUses[index]
            }
        }
    }

    /// A column's step with its key.
    private mutating func keyed(_ index: Int) -> Step {
        var step = shown(columns[index])
        render(key: shape.columns[index].member ?? shape.columns[index].name, into: &step)
        return step
    }

    /// A column's step as it is followed for every row: in as few turns as can be.
    private func shown(_ step: Step) -> Step {
        switch step.code {
        case .slot where step.encoding == .nested && !step.zeroIsNull:
            var direct = step
            direct.code = .nested
            return direct
        case .bits, .name: return flattened(step)
        default: return step
        }
    }

    /// Bits or the name of a number in the row as a step that needs no other.
    private func flattened(_ step: Step) -> Step {
        var flat = step
        var number = columns[Int(step.a)]
        flat.mask = .max
        if step.code == .bits || number.code == .bits {
            let bits = step.code == .bits ? step : number
            (flat.shift, flat.mask) = (bits.shift, bits.mask)
            number = columns[Int(bits.a)]
        }
        switch number.code {
        case .unsigned8, .unsigned16, .unsigned32, .unsigned64:
            guard number.part == .row else { return step }
        default: return step
        }
        flat.code = step.code == .bits ? .fixedBits : .fixedName
        (flat.offset, flat.length) = (number.offset, number.length)
        flat.zeroIsNull = number.zeroIsNull
        return flat
    }

    private mutating func addToBlock(_ index: Int) {
        let step = keyed(index)
        blockProgram.append(step)
        blocksBound = sum(blocksBound, Int(step.keyCount) + 16, bounds[index])
    }

    /// Starts a block unless the step before is one.
    private mutating func continueBlock() {
        if program.last?.code == .block { return }
        program.append(Step(code: .block, a: Int32(blocks.count)))
        blocks.append(blockProgram.count..<blockProgram.count)
    }

    private mutating func endBlock() {
        let last = blocks.count - 1
        blocks[last] = blocks[last].lowerBound..<blockProgram.count
    }

    /// `,"key":`; the comma of an object's first member is overwritten with its brace.
    private mutating func render(key: String, into step: inout Step) {
        step.keyStart = Int32(texts.count)
        texts += Array(",\(JSONText.quoted(key)):".utf8)
        step.keyCount = Int32(texts.count) - step.keyStart
    }

    // MARK: Columns

    private mutating func readColumn(_ index: Int) {
        let column = shape.columns[index]
        var step = Step(code: .null)
        var bound = 64
        var uses: [Int] = []
        var isConstant = true
        switch column.place {
        case .row(let offset, let length):
            step = fixed(column, .row, offset, length)
            bound = sum(64, 6 * length)
            isConstant = false
        case .constant(let offset, let length):
            step = fixed(column, .constants, offset, length)
            bound = sum(64, 6 * length)
        case .literal(let bytes):
            step = fixed(column, .literals, literals.count, bytes.count)
            bound = sum(64, 6 * bytes.count)
            literals += bytes
        case .slot(let offset):
            step = Step(code: column.encoding == .text ? .text : .slot, encoding: column.encoding)
            step.offset = Int32(offset)
            uses = [offset]
            isConstant = false
        case .derived(let derivation):
            step = derived(derivation)
            switch derivation {
            case .first(let columns), .list(let columns):
                bound = sum(64 + columns.count, columns.reduce(0) { sum($0, bounds[$1]) })
                uses = columns.flatMap { slotUses[$0] }
            case .only(let value, _):
                bound = sum(64, bounds[value])
                uses = slotUses[value]
            default: break
            }
            isConstant = derivation.arguments.allSatisfy { isRunConstant[$0] }
        }
        // What is written in the shape, or computed, is meant.
        switch column.place {
        case .row, .slot, .constant: step.zeroIsNull = column.zeroIsNull
        case .literal, .derived: break
        }
        if column.encoding == .null, !column.isDerived { step = Step(code: .null) }
        // Only lists of lists of lists get here, which no protocol makes.
        if bound >= Self.boundLimit, column.isDerived || uses.count > 4096 {
            step = Step(code: .null)
            bound = 0
            uses = []
        }
        columns[index] = step
        bounds[index] = bound
        slotUses[index] = uses
        isRunConstant[index] = isConstant
    }

    private func fixed(_ column: Column, _ part: Step.Part, _ offset: Int, _ length: Int) -> Step {
        let code: Step.Code =
            switch (column.encoding, length) {
            case (.unsigned, 1): .unsigned8
            case (.unsigned, 2): .unsigned16
            case (.unsigned, 4): .unsigned32
            case (.unsigned, 8): .unsigned64
            case (.address, 4): .address4
            case (.address, 16): .address16
            case (.mac, 6): .mac
            case (.nanoseconds, 8): .nanoseconds
            case (.milliseconds, 8): .milliseconds
            case (.seconds, 4): .seconds
            case (.ipfixBoolean, 1): .ipfixBoolean
            default: .value
            }
        return Step(
            code: code, part: part, encoding: column.encoding, offset: Int32(offset),
            length: Int32(length))
    }

    private mutating func derived(_ derivation: Derivation) -> Step {
        let given = derivation.arguments.map { Int32($0) }
        func step(_ code: Step.Code) -> Step {
            Step(
                code: code, a: given[0], b: given.count > 1 ? given[1] : 0,
                c: given.count > 2 ? given[2] : 0)
        }
        switch derivation {
        case .uptime: return step(.uptime)
        case .sinceBoot: return step(.sinceBoot)
        case .beforeExport: return step(.beforeExport)
        case .elapsedMilliseconds, .elapsedNanoseconds:
            var made = step(.elapsed)
            made.mask = 1
            if case .elapsedMilliseconds = derivation { made.mask = 1_000_000 }
            return made
        case .elapsedTicks: return step(.ticks)
        case .epochNanoseconds: return step(.epoch)
        case .bits(_, let shift, let mask):
            var made = step(.bits)
            made.shift = shift
            made.mask = mask
            return made
        case .name(_, let table):
            var made = step(.name)
            made.b = Int32(table.rawValue)
            return made
        case .only: return step(.only)
        case .product: return step(.product)
        case .shifted(_, let nanoseconds):
            var made = step(.shifted)
            made.mask = UInt64(bitPattern: nanoseconds)
            return made
        case .first, .list:
            let start = Int32(arguments.count)
            arguments += given
            var code = Step.Code.list
            if case .first = derivation { code = .first }
            return Step(code: code, a: start, b: Int32(given.count))
        }
    }

    private func sum(_ terms: Int...) -> Int {
        terms.reduce(0) { total, term in
            let (result, overflow) = total.addingReportingOverflow(term)
            return overflow ? .max / 2 : result
        }
    }
}
