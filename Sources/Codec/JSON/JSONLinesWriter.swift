public import Core

/// Writes records as JSON Lines: one object per record, each ended by a line feed (RFC 8259).
///
/// Null fields are left out. Members of a map field are grouped under its name. Times are RFC 3339
/// in UTC with 3, 6 or 9 fraction digits, addresses RFC 5952 text (IPv4-mapped as IPv4), MAC
/// addresses and octets lower-case hex; text that is not UTF-8 gets U+FFFD, numbers that JSON lacks
/// become `null`. Nulls inside nested arrays and maps are written.
public struct JSONLinesWriter: ~Copyable {
    private let dateKey: String?
    private var plans = ShapeCache<JSONPlan>()
    private let clock = ClockText()
    /// Texts of the blocks of the run being written, and where each ends.
    private var blocks = ByteBuffer(capacity: 1024)
    private var blockEnds: [Int] = []

    /// - Parameter dateKey: when set, each object begins with this key and the record's event time,
    ///   or the time its batch was received.
    public init(dateKey: String? = nil) { self.dateKey = dateKey }

    /// Appends all records of a batch.
    public mutating func append(
        _ batch: borrowing RecordBatch, to output: inout ByteBuffer
    ) {
        for run in batch.runs { append(run, of: batch, to: &output) }
    }

    /// Appends the records of one run of a batch.
    public mutating func append(
        _ run: RecordBatch.Run, of batch: borrowing RecordBatch, to output: inout ByteBuffer
    ) {
        let bytes = batch.bytes
        let shape = run.shape
        precondition(
            run.constants >= 0 && run.start >= 0 && run.byteCount >= 0
                && run.constants <= bytes.byteCount - shape.constantsLength
                && run.start <= bytes.byteCount - run.byteCount)
        let received = batch.received
        // The pointer is used inside the closure only. A batch keeps its bytes in a ByteBuffer,
        // so the slack behind them may be read.
        unsafe bytes.withUnsafeBytes { memory in
            guard let base = memory.baseAddress else { return }
            let all = unsafe ByteSource(
                base, count: memory.count, readable: memory.count + ByteBuffer.slack)
            append(
                rows: all.part(run.start, length: run.byteCount), count: run.count, shape: shape,
                constants: all.part(run.constants, length: shape.constantsLength),
                isPrefixed: shape.hasVariablePart, received: received, to: &output)
        }
    }

    /// Appends one record; for callers that decide record by record where it goes.
    public mutating func append(
        _ row: Row, received: Timestamp, to output: inout ByteBuffer
    ) {
        let shape = row.shape
        // A row that lost bytes of its fixed part reads as nulls there, which the plan cannot.
        guard row.bytes.byteCount >= shape.rowLength,
            row.constants.byteCount >= shape.constantsLength
        else {
            output.append(RecordText.json(row, received: received, dateKey: dateKey))
            output.append(UInt8(ascii: "\n"))
            return
        }
        // The pointers are used inside the closures only; nothing is known of any slack.
        unsafe row.bytes.withUnsafeBytes { bytes in
            unsafe row.constants.withUnsafeBytes { constants in
                let empty = unsafe UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
                append(
                    rows: unsafe ByteSource(
                        bytes.baseAddress ?? empty, count: bytes.count, readable: bytes.count),
                    count: 1, shape: shape,
                    constants: unsafe ByteSource(
                        constants.baseAddress ?? empty, count: constants.count,
                        readable: constants.count),
                    isPrefixed: false, received: received, to: &output)
            }
        }
    }

    /// - Parameter isPrefixed: whether each row has its length before it.
    private mutating func append(
        rows: ByteSource, count: Int, shape: Shape, constants: ByteSource, isPrefixed: Bool,
        received: Timestamp, to output: inout ByteBuffer
    ) {
        let dateKey = self.dateKey
        let plan = plans.value(for: shape) { JSONPlan($0, dateKey: dateKey) }
        // What is borrowed here lives until this call returns: `plan` is a local, the clock's text
        // belongs to self.
        let encoder = unsafe JSONRowEncoder(
            columns: plan.columns.baseAddress, arguments: plan.arguments.baseAddress,
            texts: plan.texts,
            literals: ByteSource(
                plan.literals, count: plan.literalsCount,
                readable: plan.literalsCount + ByteBuffer.slack),
            constants: constants, rowLength: shape.rowLength, time: clock.writer,
            names: NameTexts.shared, received: received.nanoseconds)
        renderBlocks(of: plan, with: encoder)
        Self.write(
            rows: rows, count: count, isPrefixed: isPrefixed, plan: plan, encoder: encoder,
            blocks: blocks, blockEnds: blockEnds, to: &output)
    }

    /// Renders what is the same for all rows of the run.
    private mutating func renderBlocks(of plan: JSONPlan, with encoder: JSONRowEncoder) {
        blocks.removeAll()
        blockEnds.removeAll(keepingCapacity: true)
        if plan.blocks.isEmpty { return }
        // The plan's bound holds for all blocks together.
        unsafe blocks.appendUnsafely(atMost: plan.blocksBound) { start in
            let first = unsafe TextCursor(start)
            var cursor = first
            for block in plan.blocks {
                cursor = unsafe encoder.write(
                    plan.blockProgram.extracting(block), main: encoder.constants,
                    blocks: JSONRowEncoder.Blocks(plan.texts, ends: nil), cursor)
                blockEnds.append(cursor.distance(from: first))
            }
            return cursor.distance(from: first)
        }
    }

    private static func write(
        rows: ByteSource, count: Int, isPrefixed: Bool, plan: JSONPlan, encoder: JSONRowEncoder,
        blocks: borrowing ByteBuffer, blockEnds: [Int], to output: inout ByteBuffer
    ) {
        // The blocks are borrowed for the whole call.
        unsafe blocks.withUnsafeBytes { texts in
            unsafe blockEnds.withUnsafeBufferPointer { ends in
                let blocks = unsafe JSONRowEncoder.Blocks(
                    texts.baseAddress ?? plan.texts, ends: ends.baseAddress)
                let bound = plan.rowBound + texts.count
                if isPrefixed {
                    var offset = 0
                    for _ in 0..<count {
                        precondition(offset &+ 4 <= rows.count)
                        let length = Int(rows.uint32(offset))
                        offset &+= 4
                        precondition(
                            length >= encoder.rowLength && length <= rows.count &- offset)
                        let row = rows.part(offset, length: length)
                        write(
                            row, count: 1, stride: 0, bound: bound + slotsBound(row, plan),
                            plan, encoder, blocks, to: &output)
                        offset &+= length
                    }
                    return
                }
                // As many rows at a time as fit 32 KiB for sure.
                let isFixed = plan.slots.isEmpty && !plan.shape.hasVariablePart
                let stride = isFixed ? encoder.rowLength : rows.count
                let step = isFixed ? Swift.max(1, 32_768 / bound) : 1
                precondition(isFixed ? stride * count <= rows.count : count <= 1)
                var done = 0
                while done < count {
                    let some = Swift.min(step, count - done)
                    let part = rows.part(done * stride, length: some * stride)
                    write(
                        part, count: some, stride: stride,
                        bound: some * bound + slotsBound(part, plan), plan, encoder, blocks,
                        to: &output)
                    done += some
                }
            }
        }
    }

    /// Upper bound of the text of all slots of a row.
    @inline(__always)
    private static func slotsBound(_ row: ByteSource, _ plan: JSONPlan) -> Int {
        let slots = plan.slots.count
        if slots == 0 { return 0 }
        let most = 6 * row.count * slots
        if most <= 65_536 { return most + 64 * slots }
        var sum = 64 * slots
        // Corrupt slots are null; none can claim more than the row.
        for offset in plan.slots {
            sum += 6 * Swift.min(Int(row.uint32(offset &+ 4)), row.count)
        }
        return sum
    }

    /// Writes `count` rows of `stride` bytes that take no more than `bound` together.
    @inline(__always)
    private static func write(
        _ rows: ByteSource, count: Int, stride: Int, bound: Int, _ plan: JSONPlan,
        _ encoder: JSONRowEncoder, _ blocks: JSONRowEncoder.Blocks, to output: inout ByteBuffer
    ) {
        // `bound` was added up from the plan and the rows' slots.
        unsafe output.appendUnsafely(atMost: bound) { pointer in
            let first = unsafe TextCursor(pointer)
            var cursor = first
            for index in 0..<count {
                let row =
                    count == 1 ? rows : rows.part(index &* stride, length: stride)
                let start = cursor
                cursor = unsafe encoder.write(plan.program, main: row, blocks: blocks, cursor)
                if cursor.isAt(start) {
                    cursor.put("{}\n")
                } else {
                    start.overwrite(UInt8(ascii: "{"))
                    cursor.put("}\n")
                }
            }
            return cursor.distance(from: first)
        }
    }
}
