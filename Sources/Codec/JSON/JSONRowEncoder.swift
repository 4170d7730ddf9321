import Core

/// Writes the fields of one row by the steps of its plan.
///
/// Agrees with `RecordText`, which says the same over `Row.value`. Offsets of fixed values were
/// proved by `Shape`, lengths of rows and constants by the batch; slots are checked here.
@safe
struct JSONRowEncoder {
    typealias Step = StepReference

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
    let columns: UnsafePointer<JSONPlan.Step>?
    let arguments: UnsafePointer<Int32>?
    let texts: UnsafeRawPointer
    let literals: ByteSource
    let constants: ByteSource
    let rowLength: Int
    let time: TimeWriter
    let names: NameTexts
    let received: Int64

    init(
        columns: UnsafePointer<JSONPlan.Step>?, arguments: UnsafePointer<Int32>?,
        texts: UnsafeRawPointer,
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
    ///
    /// - Parameter main: the row, or the constants when the steps are those of blocks.
    @inline(__always)
    func write(
        _ steps: UnsafeBufferPointer<JSONPlan.Step>, main: ByteSource, blocks: Blocks,
        _ start: TextCursor
    ) -> TextCursor {
        var cursor = start
        var opened = start
        var members = start
        for index in 0..<steps.count {
            // The loop stays inside the buffer.
            let step = unsafe Step(steps.baseAddress.unsafelyUnwrapped + index)
            let source = step.part == .literals ? literals : main
            let offset = step.offset
            // Nulls are found before their keys are written: most records have several.
            switch step.code {
            case .block: putBlock(blocks, Int(step.a), &cursor)
            case .open:
                opened = cursor
                putKey(of: step, &cursor)
                members = cursor
            case .close:
                if cursor.isAt(members) {
                    cursor = opened
                } else {
                    members.overwrite(UInt8(ascii: "{"))
                    cursor.put(UInt8(ascii: "}"))
                }
            case .unsigned8: put(UInt64(source.byte(offset)), step, &cursor)
            case .unsigned16: put(UInt64(source.uint16(offset)), step, &cursor)
            case .unsigned32: put(UInt64(source.uint32(offset)), step, &cursor)
            case .unsigned64: put(source.uint64(offset), step, &cursor)
            case .address4:
                let address = source.uint32(offset)
                if address == 0, step.zeroIsNull { continue }
                putKey(of: step, &cursor)
                cursor.put(UInt8(ascii: "\""))
                cursor.put(v4: address)
                cursor.put(UInt8(ascii: "\""))
            case .address16:
                let high = source.uint64(offset)
                let low = source.uint64(offset &+ 8)
                if high | low == 0, step.zeroIsNull { continue }
                putKey(of: step, &cursor)
                cursor.put(UInt8(ascii: "\""))
                cursor.put(high: high, low: low)
                cursor.put(UInt8(ascii: "\""))
            case .mac:
                let address =
                    UInt64(source.uint16(offset)) << 32 | UInt64(source.uint32(offset &+ 2))
                if address == 0, step.zeroIsNull { continue }
                putKey(of: step, &cursor)
                cursor.put(UInt8(ascii: "\""))
                cursor.put(mac: address)
                cursor.put(UInt8(ascii: "\""))
            case .ipfixBoolean:
                let byte = source.byte(offset)
                guard byte == 1 || byte == 2 else { continue }
                putKey(of: step, &cursor)
                cursor.put(boolean: byte == 1)
            case .text:
                guard let text = slot(offset, main), !step.zeroIsNull || !text.isAllZero else {
                    continue
                }
                putKey(of: step, &cursor)
                cursor.putString(text)
            case .fixedBits:
                guard let number = fixedBits(step, main) else { continue }
                putKey(of: step, &cursor)
                cursor.put(decimal: number)
            case .fixedName:
                guard let number = fixedBits(step, main) else { continue }
                let before = cursor
                putKey(of: step, &cursor)
                let key = cursor
                cursor = names.put(table: Int(step.b), number, cursor)
                if cursor.isAt(key) { cursor = before }
            case .nested:
                guard let value = slot(offset, main) else { continue }
                putKey(of: step, &cursor)
                cursor = putNested(value, depth: 1, cursor)
            case .nanoseconds:
                let number = source.uint64(offset)
                if number == 0, step.zeroIsNull { continue }
                putKey(of: step, &cursor)
                cursor = time.put(Int64(bitPattern: number), cursor)
            case .milliseconds, .seconds, .uptime, .sinceBoot, .beforeExport:
                guard let moment = moment(step, main) else { continue }
                putKey(of: step, &cursor)
                cursor = time.put(moment, cursor)
            default:
                let before = cursor
                putKey(of: step, &cursor)
                let key = cursor
                cursor = putAny(step, main, cursor)
                // A null wrote nothing: its key goes, too.
                if cursor.isAt(key) { cursor = before }
            }
        }
        return cursor
    }

    @inline(__always)
    private func putKey(of step: Step, _ cursor: inout TextCursor) {
        // The key lies in `texts`, which has slack.
        unsafe cursor.putShort(texts + step.keyStart, count: step.keyCount)
    }

    @inline(__always)
    private func put(_ number: UInt64, _ step: Step, _ cursor: inout TextCursor) {
        if number == 0, step.zeroIsNull { return }
        putKey(of: step, &cursor)
        cursor.put(decimal: number)
    }

    /// The bits of the number at the step's own place.
    @inline(__always)
    private func fixedBits(_ step: Step, _ row: ByteSource) -> UInt64? {
        let number = row.unsigned(step.offset, length: step.length)
        return number == 0 && step.zeroIsNull ? nil : number >> step.shift & step.mask
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
    func source(_ part: JSONPlan.Step.Part, _ row: ByteSource) -> ByteSource {
        switch part {
        case .row: row
        case .constants: constants
        case .literals: literals
        }
    }

    /// Writes the value of any step; writes nothing when it is null.
    @inline(never)
    private func putAny(_ step: Step, _ row: ByteSource, _ start: TextCursor) -> TextCursor {
        var cursor = start
        switch step.code {
        case .block, .open, .close, .null, .fixedBits, .fixedName, .nested: return start
        case .date:
            return time.put((step.a < 0 ? nil : moment(step.a, row)) ?? received, start)
        case .name:
            guard let number = unsigned(step.a, row) else { return start }
            return names.put(table: Int(step.b), number, start)
        case .bits, .elapsed, .ticks, .epoch, .product:
            guard let number = rareUnsigned(step, row) else { return start }
            cursor.put(decimal: number)
            return cursor
        case .uptime, .sinceBoot, .beforeExport, .shifted:
            guard let moment = moment(step, row) else { return start }
            return time.put(moment, start)
        case .first:
            for index in 0..<Int(step.b) {
                let end = putColumn(argument(step, index), row, start)
                if !end.isAt(start) { return end }
            }
            return start
        case .list: return putList(step, row, start)
        case .only: return isNull(step.b, row) ? start : putColumn(step.a, row, start)
        case .text, .slot:
            guard let bytes = slot(step.offset, row) else { return start }
            return put(bytes, step, start)
        default:
            let bytes = source(step.part, row).part(step.offset, length: step.length)
            return put(bytes, step, start)
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

    private func putColumn(
        _ index: Int32, _ row: ByteSource, _ cursor: TextCursor
    ) -> TextCursor {
        putAny(column(index), row, cursor)
    }

    @inline(__always)
    func argument(_ step: Step, _ index: Int) -> Int32 {
        // `b` arguments start at index `a`; with none, nobody asks.
        unsafe arguments.unsafelyUnwrapped[Int(step.a) &+ index]
    }

    /// What a slot of the row points to; `nil` for null and for a corrupt slot.
    @inline(__always)
    func slot(_ offset: Int, _ row: ByteSource) -> ByteSource? {
        let word = row.uint64(offset)
        let length = Int(word & 0xffff_ffff)
        let start = rowLength &+ Int(word >> 32)
        guard length != 0xffff_ffff, start <= row.count &- length else { return nil }
        return row.part(start, length: length)
    }
}

/// A step read where it lies: copying one costs more than most steps do.
@safe
struct StepReference {
    // An element of the plan's buffers, which outlive every reference.
    private let pointer: UnsafePointer<JSONPlan.Step>

    @inline(__always)
    init(_ pointer: UnsafePointer<JSONPlan.Step>) { unsafe self.pointer = pointer }

    var code: JSONPlan.Step.Code { unsafe pointer.pointee.code }
    var part: JSONPlan.Step.Part { unsafe pointer.pointee.part }
    var encoding: Encoding { unsafe pointer.pointee.encoding }
    var zeroIsNull: Bool { unsafe pointer.pointee.zeroIsNull }
    var shift: UInt64 { unsafe UInt64(pointer.pointee.shift) }
    var mask: UInt64 { unsafe pointer.pointee.mask }
    var keyStart: Int { unsafe Int(pointer.pointee.keyStart) }
    var keyCount: Int { unsafe Int(pointer.pointee.keyCount) }
    var offset: Int { unsafe Int(pointer.pointee.offset) }
    var length: Int { unsafe Int(pointer.pointee.length) }
    var a: Int32 { unsafe pointer.pointee.a }
    var b: Int32 { unsafe pointer.pointee.b }
    var c: Int32 { unsafe pointer.pointee.c }
}
