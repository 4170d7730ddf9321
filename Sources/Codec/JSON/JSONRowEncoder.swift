import Core

/// Writes the fields of one row by the steps of its plan.
///
/// Agrees with `RecordText`, which says the same over `Row.value`. Offsets of fixed values were
/// proved by `Shape`, lengths of rows and constants by the batch; slots are checked here.
@safe
struct JSONRowEncoder {
    typealias Step = JSONPlan.Step

    /// Rendered blocks: their texts back to back, and where each ends.
    @safe
    struct Blocks {
        // Borrowed from the writer for the call.
        let texts: UnsafeRawPointer
        let ends: UnsafePointer<Int>?

        init(_ texts: UnsafeRawPointer, ends: UnsafePointer<Int>?) {
            unsafe self.texts = texts
            unsafe self.ends = ends
        }
    }

    // Borrowed from the plan, which the writer keeps alive.
    let columns: UnsafePointer<Step>?
    let arguments: UnsafePointer<Int32>?
    let texts: UnsafeRawPointer
    let literals: ByteSource
    let constants: ByteSource
    let rowLength: Int
    let time: TimeWriter
    let names: NameTexts
    let received: Int64

    init(
        columns: UnsafePointer<Step>?, arguments: UnsafePointer<Int32>?, texts: UnsafeRawPointer,
        literals: ByteSource, constants: ByteSource, rowLength: Int, time: TimeWriter,
        names: NameTexts, received: Int64
    ) {
        unsafe self.columns = columns
        unsafe self.arguments = arguments
        unsafe self.texts = texts
        self.literals = literals
        self.constants = constants
        self.rowLength = rowLength
        self.time = time
        self.names = names
        self.received = received
    }

    /// Follows the steps for one row; a comma stands before each field.
    @inline(__always)
    func write(
        _ steps: UnsafeBufferPointer<Step>, row: ByteSource, blocks: Blocks, _ start: TextCursor
    ) -> TextCursor {
        var cursor = start
        var opened = start
        var members = start
        for index in 0..<steps.count {
            // Read where it lies; the loop stays inside the buffer.
            let step = unsafe steps.baseAddress.unsafelyUnwrapped + index
            switch unsafe step.pointee.code {
            case .block:
                unsafe putBlock(blocks, Int(step.pointee.a), &cursor)
            case .open:
                opened = cursor
                unsafe putKey(step, &cursor)
                members = cursor
            case .close:
                if cursor.isAt(members) {
                    cursor = opened
                } else {
                    members.overwrite(UInt8(ascii: "{"))
                    cursor.put(UInt8(ascii: "}"))
                }
            default:
                let before = cursor
                unsafe putKey(step, &cursor)
                let key = cursor
                cursor = unsafe putValue(step, row, cursor)
                // A null wrote nothing: its key goes, too.
                if cursor.isAt(key) { cursor = before }
            }
        }
        return cursor
    }

    @inline(__always)
    private func putKey(_ step: UnsafePointer<Step>, _ cursor: inout TextCursor) {
        // The key lies in `texts`, which has slack.
        unsafe cursor.putBlocks(
            texts + Int(step.pointee.keyStart), count: Int(step.pointee.keyCount))
    }

    @inline(__always)
    private func putBlock(_ blocks: Blocks, _ index: Int, _ cursor: inout TextCursor) {
        // The writer rendered all blocks of the plan before the first row; they have slack.
        let ends = unsafe blocks.ends.unsafelyUnwrapped
        let from = unsafe index == 0 ? 0 : ends[index &- 1]
        let end = unsafe ends[index]
        if end > from { unsafe cursor.putBlocks(blocks.texts + from, count: end &- from) }
    }

    @inline(__always)
    private func source(_ part: Step.Part, _ row: ByteSource) -> ByteSource {
        switch part {
        case .row: row
        case .constants: constants
        case .literals: literals
        }
    }

    /// Writes a value; writes nothing when it is null.
    @inline(__always)
    private func putValue(
        _ pointer: UnsafePointer<Step>, _ row: ByteSource, _ start: TextCursor
    ) -> TextCursor {
        var cursor = start
        // A step of the plan.
        let step = unsafe pointer.pointee
        let offset = Int(step.offset)
        switch step.code {
        case .unsigned8:
            let number = source(step.part, row).byte(offset)
            if number == 0, step.zeroIsNull { return cursor }
            cursor.put(decimal: UInt64(number))
        case .unsigned16:
            let number = source(step.part, row).uint16(offset)
            if number == 0, step.zeroIsNull { return cursor }
            cursor.put(decimal: UInt64(number))
        case .unsigned32:
            let number = source(step.part, row).uint32(offset)
            if number == 0, step.zeroIsNull { return cursor }
            cursor.put(decimal: UInt64(number))
        case .unsigned64:
            let number = source(step.part, row).uint64(offset)
            if number == 0, step.zeroIsNull { return cursor }
            cursor.put(decimal: number)
        case .address4:
            let address = source(step.part, row).uint32(offset)
            if address == 0, step.zeroIsNull { return cursor }
            cursor.put(UInt8(ascii: "\""))
            cursor.put(v4: address)
            cursor.put(UInt8(ascii: "\""))
        case .address16:
            let source = source(step.part, row)
            let high = source.uint64(offset)
            let low = source.uint64(offset &+ 8)
            if high | low == 0, step.zeroIsNull { return cursor }
            cursor.put(UInt8(ascii: "\""))
            cursor = cursor.putting(high: high, low: low)
            cursor.put(UInt8(ascii: "\""))
        case .mac:
            let address = source(step.part, row).unsigned(offset, length: 6)
            if address == 0, step.zeroIsNull { return cursor }
            cursor.put(UInt8(ascii: "\""))
            cursor.put(mac: address)
            cursor.put(UInt8(ascii: "\""))
        case .text:
            guard let text = slot(offset, row) else { return cursor }
            if step.zeroIsNull, text.isAllZero { return cursor }
            cursor.putString(text)
        case .name:
            guard let number = unsigned(step.a, row) else { return cursor }
            return names.put(table: Int(step.b), number, cursor)
        case .bits:
            guard let number = unsigned(step.a, row) else { return cursor }
            cursor.put(decimal: number >> UInt64(step.shift) & step.mask)
        case .elapsed:
            guard let number = elapsed(step, row) else { return cursor }
            cursor.put(decimal: number)
        case .nanoseconds, .milliseconds, .seconds, .uptime, .sinceBoot, .beforeExport:
            guard let moment = moment(step, row) else { return cursor }
            return time.put(moment, cursor)
        default:
            return putRareValue(step, row, cursor)
        }
        return cursor
    }

    @inline(never)
    private func putRareValue(
        _ step: Step, _ row: ByteSource, _ start: TextCursor
    ) -> TextCursor {
        switch step.code {
        case .date:
            return time.put((step.a < 0 ? nil : self.moment(step.a, row)) ?? received, start)
        case .value:
            let bytes = source(step.part, row).part(Int(step.offset), length: Int(step.length))
            return put(bytes, step, start)
        case .slot:
            guard let bytes = slot(Int(step.offset), row) else { return start }
            return put(bytes, step, start)
        case .first:
            for index in 0..<Int(step.b) {
                let end = putColumn(argument(step, index), row, start)
                if !end.isAt(start) { return end }
            }
            return start
        case .list:
            return putList(step, row, start)
        case .only:
            return isNull(step.b, row) ? start : putColumn(step.a, row, start)
        default:
            return start
        }
    }

    private func putList(
        _ step: Step, _ row: ByteSource, _ start: TextCursor
    ) -> TextCursor {
        var cursor = start
        for index in 0..<Int(step.b) {
            let before = cursor
            cursor.put(UInt8(ascii: ","))
            let value = cursor
            cursor = putColumn(argument(step, index), row, cursor)
            if cursor.isAt(value) { cursor = before }
        }
        if cursor.isAt(start) { return start }
        start.overwrite(UInt8(ascii: "["))
        cursor.put(UInt8(ascii: "]"))
        return cursor
    }

    @inline(never)
    private func putColumn(
        _ index: Int32, _ row: ByteSource, _ cursor: TextCursor
    ) -> TextCursor {
        // The plan only has arguments that are columns of the shape.
        unsafe putValue(columns.unsafelyUnwrapped + Int(index), row, cursor)
    }

    @inline(__always)
    private func argument(_ step: Step, _ index: Int) -> Int32 {
        // `b` arguments start at index `a`; with none, nobody asks.
        unsafe arguments.unsafelyUnwrapped[Int(step.a) &+ index]
    }

    /// What a slot of the row points to; `nil` for null and for a corrupt slot.
    @inline(__always)
    private func slot(_ offset: Int, _ row: ByteSource) -> ByteSource? {
        let word = row.uint64(offset)
        let length = Int(word & 0xffff_ffff)
        let start = rowLength &+ Int(word >> 32)
        guard length != 0xffff_ffff, start <= row.count &- length else { return nil }
        return row.part(start, length: length)
    }
}

// MARK: Values read by encoding

extension JSONRowEncoder {
    /// As `FieldValue.read`: bytes of an impossible length print as hex.
    private func put(_ bytes: ByteSource, _ step: Step, _ start: TextCursor) -> TextCursor {
        var cursor = start
        if step.zeroIsNull, bytes.isAllZero { return start }
        let count = bytes.count
        switch step.encoding {
        case .null: return start
        case .boolean:
            guard count == 1 else { return cursor.puttingHex(bytes) }
            cursor.put(boolean: bytes.byte(0) != 0)
        case .ipfixBoolean:
            guard count == 1 else { return cursor.puttingHex(bytes) }
            guard bytes.byte(0) == 1 || bytes.byte(0) == 2 else { return start }
            cursor.put(boolean: bytes.byte(0) == 1)
        case .unsigned where (1...8).contains(count):
            cursor.put(decimal: bytes.unsigned(0, length: count))
        case .signed where (1...8).contains(count):
            cursor.put(decimal: bytes.signed)
        case .float where count == 4:
            return cursor.putting(Double(Float(bitPattern: bytes.uint32(0))))
        case .float where count == 8:
            return cursor.putting(Double(bitPattern: bytes.uint64(0)))
        case .text: cursor.putString(bytes)
        case .paddedText:
            var end = count
            while end > 0, bytes.byte(end &- 1) == 0 { end &-= 1 }
            cursor.putString(bytes.part(0, length: end))
        case .address where count == 4 || count == 16:
            cursor.put(UInt8(ascii: "\""))
            if count == 4 {
                cursor.put(v4: bytes.uint32(0))
            } else {
                cursor = cursor.putting(high: bytes.uint64(0), low: bytes.uint64(8))
            }
            cursor.put(UInt8(ascii: "\""))
        case .mac where count == 6:
            cursor.put(UInt8(ascii: "\""))
            cursor.put(mac: bytes.unsigned(0, length: 6))
            cursor.put(UInt8(ascii: "\""))
        case .nested: return putNested(bytes, depth: 1, cursor)
        default:
            if let moment = Self.moment(bytes, step.encoding) { return time.put(moment, cursor) }
            return count == 0 ? start : cursor.puttingHex(bytes)
        }
        return cursor
    }

    /// Nanoseconds since 1970, when `encoding` is a time's and the length possible.
    private static func moment(_ bytes: ByteSource, _ encoding: Encoding) -> Int64? {
        guard (1...8).contains(bytes.count) else { return nil }
        let number = bytes.unsigned(0, length: bytes.count)
        switch encoding {
        case .nanoseconds: return Int64(bitPattern: number)
        case .milliseconds: return Timestamp(milliseconds: Int64(clamping: number)).nanoseconds
        case .seconds: return Timestamp(seconds: Int64(clamping: number)).nanoseconds
        case .ntpMicroseconds where bytes.count == 8:
            return Timestamp(ntp: number, isMicroseconds: true).nanoseconds
        case .ntpNanoseconds where bytes.count == 8:
            return Timestamp(ntp: number, isMicroseconds: false).nanoseconds
        default: return nil
        }
    }

    /// Writes a tree in the `Nested` form; what is corrupt ends early, too deep parts are null.
    private func putNested(_ bytes: ByteSource, depth: Int, _ start: TextCursor) -> TextCursor {
        var cursor = start
        guard bytes.count > 0, let tag = Nested.Tag(rawValue: bytes.byte(0)) else {
            cursor.put("null")
            return cursor
        }
        let count = bytes.count
        switch tag {
        case .no: cursor.put("false")
        case .yes: cursor.put("true")
        case .unsigned where count >= 9: cursor.put(decimal: bytes.uint64(1))
        case .signed where count >= 9: cursor.put(decimal: Int64(bitPattern: bytes.uint64(1)))
        case .double where count >= 9:
            return cursor.putting(Double(bitPattern: bytes.uint64(1)))
        case .timestamp where count >= 9:
            return time.put(Int64(bitPattern: bytes.uint64(1)), cursor)
        case .text: cursor.putString(bytes.nestedContent)
        case .bytes: return cursor.puttingHex(bytes.nestedContent)
        case .address where count >= 17:
            cursor.put(UInt8(ascii: "\""))
            cursor = cursor.putting(high: bytes.uint64(1), low: bytes.uint64(9))
            cursor.put(UInt8(ascii: "\""))
        case .mac where count >= 7:
            cursor.put(UInt8(ascii: "\""))
            cursor.put(mac: bytes.unsigned(1, length: 6))
            cursor.put(UInt8(ascii: "\""))
        case .array, .map:
            guard depth <= Nested.depthLimit else { fallthrough }
            return putContainer(bytes.nestedContent, isMap: tag == .map, depth: depth, cursor)
        default: cursor.put("null")
        }
        return cursor
    }

    private func putContainer(
        _ content: ByteSource, isMap: Bool, depth: Int, _ start: TextCursor
    ) -> TextCursor {
        var cursor = start
        var offset = 0
        while offset < content.count {
            let before = cursor
            cursor.put(UInt8(ascii: ","))
            if isMap {
                guard offset &+ 4 <= content.count else { return end(before, start, isMap) }
                let length = Int(content.uint32(offset))
                guard offset &+ 4 <= content.count &- length else {
                    return end(before, start, isMap)
                }
                cursor.putString(content.part(offset &+ 4, length: length))
                cursor.put(UInt8(ascii: ":"))
                offset &+= 4 &+ length
            }
            guard let length = content.nestedLength(at: offset) else {
                return end(before, start, isMap)
            }
            cursor = putNested(content.part(offset, length: length), depth: depth + 1, cursor)
            offset &+= length
        }
        return end(cursor, start, isMap)
    }

    /// Puts the brackets around members that each have a comma before them.
    private func end(_ last: TextCursor, _ start: TextCursor, _ isMap: Bool) -> TextCursor {
        var cursor = last
        let isEmpty = cursor.isAt(start)
        start.overwrite(isMap ? UInt8(ascii: "{") : UInt8(ascii: "["))
        if isEmpty { cursor.advance(1) }
        cursor.put(isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        return cursor
    }
}

// MARK: Arguments of derivations

extension JSONRowEncoder {
    @inline(__always)
    private func column(_ index: Int32) -> Step {
        // The plan only has arguments that are columns of the shape.
        unsafe columns.unsafelyUnwrapped[Int(index)]
    }

    /// The bytes of a column that is not derived; `nil` when null by place or by zero.
    private func bytes(_ step: Step, _ row: ByteSource) -> ByteSource? {
        var bytes: ByteSource
        switch step.code {
        case .text, .slot:
            guard let found = slot(Int(step.offset), row) else { return nil }
            bytes = found
        default: bytes = source(step.part, row).part(Int(step.offset), length: Int(step.length))
        }
        return step.zeroIsNull && bytes.isAllZero ? nil : bytes
    }

    /// As `Row.unsigned(at:)`.
    @inline(__always)
    private func unsigned(_ index: Int32, _ row: ByteSource) -> UInt64? {
        let step = column(index)
        let number: UInt64
        switch step.code {
        case .unsigned8: number = UInt64(source(step.part, row).byte(Int(step.offset)))
        case .unsigned16: number = UInt64(source(step.part, row).uint16(Int(step.offset)))
        case .unsigned32: number = UInt64(source(step.part, row).uint32(Int(step.offset)))
        case .unsigned64: number = source(step.part, row).uint64(Int(step.offset))
        default: return rareUnsigned(step, row)
        }
        return number == 0 && step.zeroIsNull ? nil : number
    }

    @inline(never)
    private func rareUnsigned(_ step: Step, _ row: ByteSource) -> UInt64? {
        switch step.code {
        case .value, .slot:
            guard let bytes = bytes(step, row), (1...8).contains(bytes.count) else { return nil }
            switch step.encoding {
            case .unsigned: return bytes.unsigned(0, length: bytes.count)
            case .signed: return UInt64(exactly: bytes.signed)
            default: return nil
            }
        case .bits: return unsigned(step.a, row).map { $0 >> UInt64(step.shift) & step.mask }
        case .elapsed: return elapsed(step, row)
        case .first: return firstArgument(step, row).flatMap { unsigned($0, row) }
        case .only: return isNull(step.b, row) ? nil : unsigned(step.a, row)
        default: return nil
        }
    }

    private func elapsed(_ step: Step, _ row: ByteSource) -> UInt64? {
        guard let from = moment(step.a, row), let to = moment(step.b, row), from <= to else {
            return nil
        }
        let (difference, overflow) = to.subtractingReportingOverflow(from)
        return UInt64(overflow ? .max : difference) / 1_000_000
    }

    /// As `Row.timestamp(at:)`, in nanoseconds since 1970.
    @inline(__always)
    private func moment(_ index: Int32, _ row: ByteSource) -> Int64? {
        moment(column(index), row)
    }

    private func moment(_ step: Step, _ row: ByteSource) -> Int64? {
        switch step.code {
        case .nanoseconds:
            let number = source(step.part, row).uint64(Int(step.offset))
            return number == 0 && step.zeroIsNull ? nil : Int64(bitPattern: number)
        case .milliseconds:
            let number = source(step.part, row).uint64(Int(step.offset))
            if number == 0, step.zeroIsNull { return nil }
            return Timestamp(milliseconds: Int64(clamping: number)).nanoseconds
        case .seconds:
            let number = source(step.part, row).uint32(Int(step.offset))
            return number == 0 && step.zeroIsNull ? nil : Int64(number) &* 1_000_000_000
        case .uptime:
            guard let ticks = unsigned(step.a, row), let uptime = unsigned(step.b, row),
                let exported = moment(step.c, row)
            else { return nil }
            return Derivation.uptimeNanoseconds(ticks: ticks, uptime: uptime, exported: exported)
        case .sinceBoot:
            guard let ticks = unsigned(step.a, row), let boot = moment(step.b, row),
                let exported = moment(step.c, row)
            else { return nil }
            return Derivation.bootNanoseconds(ticks: ticks, boot: boot, exported: exported)
        case .beforeExport:
            guard let microseconds = unsigned(step.a, row), let exported = moment(step.b, row)
            else {
                return nil
            }
            return exported &- Int64(truncatingIfNeeded: microseconds & 0xffff_ffff) &* 1000
        case .first: return firstArgument(step, row).flatMap { moment($0, row) }
        case .only: return isNull(step.b, row) ? nil : moment(step.a, row)
        case .value, .slot: return bytes(step, row).flatMap { Self.moment($0, step.encoding) }
        default: return nil
        }
    }

    private func firstArgument(_ step: Step, _ row: ByteSource) -> Int32? {
        for index in 0..<Int(step.b) where !isNull(argument(step, index), row) {
            return argument(step, index)
        }
        return nil
    }

    /// As `Row.isNull(at:)`.
    private func isNull(_ index: Int32, _ row: ByteSource) -> Bool {
        let step = column(index)
        switch step.code {
        case .null: return true
        case .uptime, .sinceBoot, .beforeExport: return moment(step, row) == nil
        case .elapsed, .bits: return unsigned(index, row) == nil
        case .name:
            return unsigned(step.a, row).map { !names.hasName(table: Int(step.b), $0) } ?? true
        case .first, .list: return firstArgument(step, row) == nil
        case .only: return isNull(step.b, row) || isNull(step.a, row)
        default:
            guard let bytes = bytes(step, row) else { return true }
            switch step.encoding {
            case .null: return true
            case .boolean, .text, .paddedText, .nested: return false
            case .ipfixBoolean:
                return bytes.count == 1 && bytes.byte(0) != 1 && bytes.byte(0) != 2
            default: return bytes.count == 0
            }
        }
    }
}

extension TextCursor {
    @inline(__always)
    fileprivate mutating func put(boolean: Bool) {
        if boolean { put("true") } else { put("false") }
    }
}

extension ByteSource {
    /// Two's complement of 1 to 8 bytes.
    @inline(__always)
    fileprivate var signed: Int64 {
        let shift = UInt64(64 &- count &* 8)
        return Int64(bitPattern: unsigned(0, length: count) << shift) >> Int64(shift)
    }

    /// What follows the tag and the length of a nested text or container.
    fileprivate var nestedContent: ByteSource {
        guard count >= 5 else { return part(0, length: 0) }
        return part(5, length: Swift.min(Int(uint32(1)), count &- 5))
    }

    /// Bytes of the nested value at `offset`; `nil` when it is corrupt.
    fileprivate func nestedLength(at offset: Int) -> Int? {
        guard offset < count, let tag = Nested.Tag(rawValue: byte(offset)) else { return nil }
        let length: Int
        switch tag {
        case .null, .no, .yes: length = 1
        case .unsigned, .signed, .double, .timestamp: length = 9
        case .address: length = 17
        case .mac: length = 7
        case .text, .bytes, .array, .map:
            guard offset &+ 5 <= count else { return nil }
            length = 5 &+ Int(uint32(offset &+ 1))
        }
        return offset &+ length <= count ? length : nil
    }
}
