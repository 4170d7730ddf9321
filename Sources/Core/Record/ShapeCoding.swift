/// Shapes as bytes, for journals: everything big-endian, strings with a u16 length.
extension Shape {
    /// Appends the shape to `buffer`.
    public func encode(into buffer: inout ByteBuffer) {
        buffer.append(bigEndian: UInt32(rowLength))
        buffer.append(bigEndian: UInt32(constantsLength))
        buffer.append(hasVariablePart ? 1 : 0)
        buffer.append(bigEndian: Int32(timeColumn ?? -1))
        buffer.append(bigEndian: UInt16(columns.count))
        for column in columns { column.encode(into: &buffer) }
    }

    /// Reads a shape written by `encode`.
    ///
    /// - Throws: `shapeCorrupt` with the offset in `reader`.
    public static func decode(from reader: inout ByteReader) throws(DecodeError) -> Shape {
        guard let rowLength = reader.readUInt32(), let constantsLength = reader.readUInt32(),
            let variable = reader.readUInt8(), let time = reader.readUInt32(),
            let count = reader.readUInt16()
        else { throw DecodeError(.shapeCorrupt, at: reader.offset) }
        var columns: [Column] = []
        columns.reserveCapacity(Int(count))
        for _ in 0..<count { columns.append(try Column.decode(from: &reader)) }
        let timeColumn = Int32(bitPattern: time)
        return try Shape(
            columns: columns, rowLength: Int(rowLength), hasVariablePart: variable != 0,
            constantsLength: Int(constantsLength),
            timeColumn: timeColumn < 0 ? nil : Int(timeColumn))
    }
}

extension Column {
    fileprivate func encode(into buffer: inout ByteBuffer) {
        buffer.append(short: name)
        buffer.append(member == nil ? 0 : 1)
        if let member { buffer.append(short: member) }
        buffer.append(encoding.rawValue)
        buffer.append((isHidden ? 1 : 0) | (zeroIsNull ? 2 : 0))
        switch place {
        case .row(let offset, let length):
            buffer.append(UInt8(0))
            buffer.append(bigEndian: UInt32(offset))
            buffer.append(bigEndian: UInt32(length))
        case .slot(let offset):
            buffer.append(UInt8(1))
            buffer.append(bigEndian: UInt32(offset))
        case .constant(let offset, let length):
            buffer.append(UInt8(2))
            buffer.append(bigEndian: UInt32(offset))
            buffer.append(bigEndian: UInt32(length))
        case .literal(let bytes):
            buffer.append(UInt8(3))
            buffer.append(bigEndian: UInt32(bytes.count))
            bytes.withBytes { buffer.append($0) }
        case .derived(let derivation):
            buffer.append(UInt8(4))
            derivation.encode(into: &buffer)
        }
    }

    fileprivate static func decode(from reader: inout ByteReader) throws(DecodeError) -> Column {
        let name = try reader.readName()
        var member: String?
        switch reader.readUInt8() {
        case 0: break
        case 1: member = try reader.readName()
        default: throw DecodeError(.shapeCorrupt, at: reader.offset)
        }
        guard let encoding = reader.readUInt8().flatMap(Encoding.init(rawValue:)),
            let flags = reader.readUInt8(), let kind = reader.readUInt8()
        else { throw DecodeError(.shapeCorrupt, at: reader.offset) }
        let place: Place
        switch kind {
        case 0: place = .row(offset: try reader.readIndex(), length: try reader.readIndex())
        case 1: place = .slot(offset: try reader.readIndex())
        case 2: place = .constant(offset: try reader.readIndex(), length: try reader.readIndex())
        case 3:
            let count = try reader.readIndex()
            guard let bytes = reader.read(count: count) else {
                throw DecodeError(.shapeCorrupt, at: reader.offset)
            }
            place = .literal((0..<count).map { bytes.byte(at: $0) })
        case 4: place = .derived(try Derivation.decode(from: &reader))
        default: throw DecodeError(.shapeCorrupt, at: reader.offset)
        }
        return Column(
            name, member: member, encoding, place, hidden: flags & 1 != 0,
            zeroIsNull: flags & 2 != 0)
    }
}

extension Derivation {
    /// The number of each kind is stored in journals: never reuse one.
    fileprivate var kind: UInt8 {
        switch self {
        case .uptime: 1
        case .sinceBoot: 2
        case .beforeExport: 3
        case .elapsedMilliseconds: 4
        case .bits: 5
        case .name: 6
        case .first: 7
        case .list: 8
        case .only: 9
        case .product: 10
        case .shifted: 11
        case .elapsedNanoseconds: 12
        case .elapsedTicks: 13
        case .epochNanoseconds: 14
        }
    }

    fileprivate func encode(into buffer: inout ByteBuffer) {
        buffer.append(kind)
        let arguments = self.arguments
        buffer.append(bigEndian: UInt16(arguments.count))
        for argument in arguments { buffer.append(bigEndian: UInt32(argument)) }
        switch self {
        case .bits(_, let shift, let mask):
            buffer.append(shift)
            buffer.append(bigEndian: mask)
        case .name(_, let table): buffer.append(table.rawValue)
        case .shifted(_, let nanoseconds): buffer.append(bigEndian: nanoseconds)
        default: break
        }
    }

    fileprivate static func decode(
        from reader: inout ByteReader
    ) throws(DecodeError) -> Derivation {
        guard let kind = reader.readUInt8(), let count = reader.readUInt16() else {
            throw DecodeError(.shapeCorrupt, at: reader.offset)
        }
        var arguments: [Int] = []
        for _ in 0..<count { arguments.append(try reader.readIndex()) }
        switch (kind, arguments.count) {
        case (1, 3):
            return .uptime(ticks: arguments[0], uptime: arguments[1], exported: arguments[2])
        case (2, 3):
            return .sinceBoot(ticks: arguments[0], boot: arguments[1], exported: arguments[2])
        case (3, 2): return .beforeExport(microseconds: arguments[0], exported: arguments[1])
        case (4, 2): return .elapsedMilliseconds(from: arguments[0], to: arguments[1])
        case (5, 1):
            guard let shift = reader.readUInt8(), shift < 64, let mask = reader.readUInt64() else {
                throw DecodeError(.shapeCorrupt, at: reader.offset)
            }
            return .bits(of: arguments[0], shift: shift, mask: mask)
        case (6, 1):
            guard let table = reader.readUInt8().flatMap(NameTable.init(rawValue:)) else {
                throw DecodeError(.shapeCorrupt, at: reader.offset)
            }
            return .name(of: arguments[0], table: table)
        case (7, _): return .first(arguments)
        case (8, _): return .list(arguments)
        case (9, 2): return .only(value: arguments[0], whenSet: arguments[1])
        case (10, 2): return .product(of: arguments[0], by: arguments[1])
        case (11, 1):
            guard let nanoseconds = reader.readUInt64() else {
                throw DecodeError(.shapeCorrupt, at: reader.offset)
            }
            return .shifted(time: arguments[0], nanoseconds: Int64(bitPattern: nanoseconds))
        case (12, 2): return .elapsedNanoseconds(from: arguments[0], to: arguments[1])
        case (13, 2): return .elapsedTicks(from: arguments[0], to: arguments[1])
        case (14, 1): return .epochNanoseconds(of: arguments[0])
        default: throw DecodeError(.shapeCorrupt, at: reader.offset)
        }
    }
}

extension ByteReader {
    fileprivate mutating func readName() throws(DecodeError) -> String {
        guard let bytes = readShort() else { throw DecodeError(.shapeCorrupt, at: offset) }
        return bytes.makeString()
    }

    fileprivate mutating func readIndex() throws(DecodeError) -> Int {
        guard let value = readUInt32(), value <= 0x7fff_ffff else {
            throw DecodeError(.shapeCorrupt, at: offset)
        }
        return Int(value)
    }
}
