import Core
import TestKit

/// Shapes of every encoding, place and derivation, and rows that are not always sound.
struct RandomRecords {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    mutating func shape() -> Shape {
        let hasVariablePart = Bool.random(using: &random)
        let rowLength = Int.random(in: 8...96, using: &random)
        let constantsLength = Int.random(in: 0...64, using: &random)
        var columns: [Column] = []
        for _ in 0..<Int.random(in: 0...14, using: &random) {
            let encoding = Encoding.allCases.randomElement(using: &random) ?? .text
            let place = place(
                encoding, columns: columns, rowLength: rowLength,
                constantsLength: constantsLength, hasVariablePart: hasVariablePart)
            var member: String?
            var name = "field_\(columns.count)"
            if chance(25) {
                member =
                    chance(10) ? "a \"very\" long member name that takes more than 32 bytes" : "m"
                name = "group\(Int.random(in: 0...1, using: &random))"
            }
            columns.append(
                Column(
                    name, member: member, encoding, place, hidden: chance(10),
                    zeroIsNull: chance(20)))
        }
        if chance(30) { columns = Self.computedFirst(columns) }
        let times = columns.indices.filter { columns[$0].encoding == .milliseconds }
        return .known(
            columns: columns, rowLength: rowLength, hasVariablePart: hasVariablePart,
            constantsLength: constantsLength, timeColumn: times.randomElement(using: &random))
    }

    /// What is computed from plain columns may stand before them, as a filter may put it.
    private static func computedFirst(_ columns: [Column]) -> [Column] {
        let order =
            columns.indices.filter { columns[$0].isDerived }
            + columns.indices.filter { !columns[$0].isDerived }
        var places = Array(repeating: 0, count: columns.count)
        for (place, index) in order.enumerated() { places[index] = place }
        return order.map { index in
            var column = columns[index]
            if case .derived(let derivation) = column.place {
                column.place = .derived(derivation.mapArguments { places[$0] })
            }
            return column
        }
    }

    private mutating func place(
        _ encoding: Encoding, columns: [Column], rowLength: Int, constantsLength: Int,
        hasVariablePart: Bool
    ) -> Column.Place {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .literal(bytes(for: encoding, at: length(for: encoding)))
        case 1, 2:
            let length = Swift.min(length(for: encoding), constantsLength)
            return .constant(
                offset: Int.random(in: 0...constantsLength - length, using: &random),
                length: length)
        case 3 where !columns.isEmpty: return .derived(derivation(columns.count))
        case 5 where hasVariablePart:
            return .slot(offset: Int.random(in: 0...rowLength - 8, using: &random))
        default:
            let length = Swift.min(length(for: encoding), rowLength)
            return .row(
                offset: Int.random(in: 0...rowLength - length, using: &random), length: length)
        }
    }

    private mutating func derivation(_ count: Int) -> Derivation {
        func any(_ random: inout SeededRandom) -> Int { Int.random(in: 0..<count, using: &random) }
        switch Int.random(in: 0..<13, using: &random) {
        case 0: return .uptime(ticks: any(&random), uptime: any(&random), exported: any(&random))
        case 1: return .sinceBoot(ticks: any(&random), boot: any(&random), exported: any(&random))
        case 2: return .beforeExport(microseconds: any(&random), exported: any(&random))
        case 3: return .elapsedMilliseconds(from: any(&random), to: any(&random))
        case 4: return .bits(of: any(&random), shift: 2, mask: 0x3f)
        case 5:
            return .name(
                of: any(&random),
                table: NameTable.allCases.randomElement(using: &random) ?? .severity)
        case 6: return .first((0..<3).map { _ in any(&random) })
        case 7: return .product(of: any(&random), by: any(&random))
        case 8:
            return .shifted(
                time: any(&random), nanoseconds: Int64.random(in: .min ... .max, using: &random))
        case 9: return .elapsedNanoseconds(from: any(&random), to: any(&random))
        case 10: return .elapsedTicks(from: any(&random), to: any(&random))
        case 11: return .epochNanoseconds(of: any(&random))
        default:
            return .list((0..<Int.random(in: 0...3, using: &random)).map { _ in any(&random) })
        }
    }

    private mutating func length(for encoding: Encoding) -> Int {
        if chance(10) { return Int.random(in: 0...20, using: &random) }
        switch encoding {
        case .null, .boolean, .ipfixBoolean: return 1
        case .unsigned, .signed: return Int.random(in: 1...8, using: &random)
        case .float: return chance(50) ? 4 : 8
        case .address: return chance(50) ? 4 : 16
        case .mac: return 6
        case .nanoseconds, .milliseconds, .ntpMicroseconds, .ntpNanoseconds: return 8
        case .seconds: return 4
        default: return Int.random(in: 0...40, using: &random)
        }
    }

    /// Bytes that make sense for `encoding` more often than chance would.
    mutating func bytes(for encoding: Encoding, at count: Int) -> [UInt8] {
        if chance(10) { return Array(repeating: 0, count: count) }
        switch encoding {
        case .text, .paddedText: return text(count)
        case .nested: return tree()
        default:
            return (0..<count).map { _ in
                chance(40) ? 0 : UInt8.random(in: 0...255, using: &random)
            }
        }
    }

    /// Text with escapes, characters of all lengths, and broken ones.
    mutating func text(_ count: Int) -> [UInt8] {
        let parts: [[UInt8]] = [
            Array("plain".utf8), Array("\"".utf8), [0x5c], [0x0a], [0x01], [0x7f], Array("ä".utf8),
            Array("€".utf8), Array("🦊".utf8), [0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80],
            [0xf0, 0x9f, 0xa6], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe0, 0x80, 0x80],
            Array("a long piece without anything special inside".utf8), Array("ГОСТ".utf8),
        ]
        var text: [UInt8] = []
        while text.count < count { text += parts.randomElement(using: &random) ?? [] }
        return Array(text.prefix(count))
    }

    /// A nested value, sometimes cut short or with a flipped bit.
    mutating func tree() -> [UInt8] {
        var writer = NestedWriter()
        write(into: &writer, depth: 0)
        var bytes = writer.bytes.copy()
        if chance(20) {
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        }
        if chance(20), !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
        }
        return bytes
    }

    private mutating func write(into writer: inout NestedWriter, depth: Int) {
        switch Int.random(in: 0..<(depth < 4 ? 12 : 9), using: &random) {
        case 0: writer.null()
        case 1: writer.boolean(Bool.random(using: &random))
        case 2: writer.unsigned(random.next() >> UInt64.random(in: 0..<64, using: &random))
        case 3: writer.signed(Int64(bitPattern: random.next()))
        case 4: writer.double(Double.random(in: -1e9...1e9, using: &random))
        case 5: writer.timestamp(Timestamp(nanoseconds: Int64(bitPattern: random.next())))
        case 6: writer.address(IPAddress(high: random.next(), low: random.next()))
        case 7, 8: text(12).withBytes { writer.text($0) }
        case 9:
            writer.beginArray()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                write(into: &writer, depth: depth + 1)
            }
            writer.end()
        default:
            writer.beginMap()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                text(Int.random(in: 0...6, using: &random)).withBytes { writer.key($0) }
                write(into: &writer, depth: depth + 1)
            }
            writer.end()
        }
    }

    /// Appends a run of `count` rows.
    mutating func appendRun(_ shape: Shape, count: Int, to batch: inout RecordBatch) {
        var constants = fixedPart(shape, length: shape.constantsLength, isConstants: true)
        constants.withBytes { batch.beginRun(shape, constants: $0) }
        for _ in 0..<count {
            constants = fixedPart(shape, length: shape.rowLength, isConstants: false)
            batch.beginRow(rowLength: shape.rowLength, isVariable: shape.hasVariablePart)
            for (offset, byte) in constants.enumerated() { batch.store(byte, at: offset) }
            for column in shape.columns {
                guard case .slot(let offset) = column.place else { continue }
                if chance(10) {
                    batch.storeNullSlot(at: offset)
                } else if !chance(5) {
                    let value = bytes(for: column.encoding, at: length(for: column.encoding))
                    value.withBytes {
                        let start = batch.appendVariable($0, rowLength: shape.rowLength)
                        batch.storeSlot(at: offset, start: start, count: value.count)
                    }
                }
            }
            batch.endRow(isVariable: shape.hasVariablePart)
        }
    }

    private mutating func fixedPart(_ shape: Shape, length: Int, isConstants: Bool) -> [UInt8] {
        var part = Array(repeating: UInt8(0), count: length)
        for column in shape.columns {
            let range: Range<Int>
            switch column.place {
            case .row(let offset, let length) where !isConstants: range = offset..<offset + length
            case .constant(let offset, let length) where isConstants:
                range = offset..<offset + length
            default: continue
            }
            let value = bytes(for: column.encoding, at: range.count).prefix(range.count)
            part.replaceSubrange(range.lowerBound..<range.lowerBound + value.count, with: value)
        }
        return part
    }
}

extension RawSpan {
    func copy() -> [UInt8] { (0..<byteCount).map { byte(at: $0) } }

    /// The bytes as text, for expectations.
    var lines: [String] {
        makeString().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
