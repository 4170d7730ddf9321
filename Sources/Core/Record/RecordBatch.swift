/// A group of records on their way through the pipeline: one tag, one buffer of bytes.
///
/// Records lie in runs: a run is consecutive rows with one shape and one block of constants. A
/// decoder appends to the batch, filters change it in place, the journal stores its runs and bytes
/// as they are. Emptied batches keep their storage.
///
/// Rows of a shape with a variable part are each preceded by their length (u32, big-endian).
public struct RecordBatch: ~Copyable, Sendable {
    /// Consecutive rows read alike.
    public struct Run: Sendable {
        public var shape: Shape
        /// Where the run's constants start in `bytes`; they are `shape.constantsLength` long.
        public var constants: Int
        /// Where the first row starts in `bytes`.
        public var start: Int
        /// Bytes of all rows, length prefixes included.
        public var byteCount: Int
        /// Number of rows.
        public var count: Int

        public init(shape: Shape, constants: Int, start: Int, byteCount: Int, count: Int) {
            self.shape = shape
            self.constants = constants
            self.start = start
            self.byteCount = byteCount
            self.count = count
        }

        /// Takes in one more row.
        mutating func addRow(endingAt end: Int) {
            byteCount = end &- start
            count &+= 1
        }
    }

    /// Bytes of the length before each row of a shape with a variable part.
    @inlinable static var prefixLength: Int { 4 }

    public var tag: String
    /// When the first bytes of the batch were received.
    public var received: Timestamp
    /// How far the batch's sources have been read; empty when they have no place to go back to.
    ///
    /// Stored in the same journal frame as the records; a batch without records may carry it.
    public var progress: [SourceProgress]
    public internal(set) var runs: [Run]
    /// Records in all runs.
    public internal(set) var count: Int
    @usableFromInline var buffer: ByteBuffer
    /// Where the row begun by `beginRow` starts, its length prefix excluded.
    @usableFromInline var rowStart: Int

    public init(tag: String = "") {
        self.tag = tag
        received = Timestamp(nanoseconds: 0)
        progress = []
        runs = []
        count = 0
        buffer = ByteBuffer()
        rowStart = 0
    }

    public var isEmpty: Bool { count == 0 }

    /// Constants and rows of all runs.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { buffer.bytes }
    }

    /// Forgets all records; keeps the tag and at most 4 MiB of storage.
    public mutating func removeAll() {
        runs.removeAll(keepingCapacity: runs.count <= 4096)
        buffer.removeAll(keepingAtMost: 4 << 20)
        count = 0
        progress.removeAll(keepingCapacity: true)
    }
}

// MARK: Appending

extension RecordBatch {
    /// Appends rows that lie back to back, as a flow set does on the wire.
    ///
    /// - Parameters:
    ///   - rows: `count` rows of `shape.rowLength` bytes; longer input is ignored.
    ///   - constants: `shape.constantsLength` bytes.
    public mutating func append(
        rows: RawSpan, count rowCount: Int, shape: Shape, constants: RawSpan
    ) {
        precondition(!shape.hasVariablePart && constants.byteCount == shape.constantsLength)
        let byteCount = rowCount * shape.rowLength
        precondition(rows.byteCount >= byteCount)
        if rowCount == 0 { return }
        let at = buffer.count
        buffer.append(constants)
        buffer.append(rows.extracting(0..<byteCount))
        runs.append(
            Run(
                shape: shape, constants: at, start: at + constants.byteCount,
                byteCount: byteCount, count: rowCount))
        count += rowCount
    }

    /// Starts a run; rows are then added to it with `beginRow` and `endRow`.
    public mutating func beginRun(_ shape: Shape, constants: RawSpan) {
        precondition(constants.byteCount == shape.constantsLength)
        let at = buffer.count
        buffer.append(constants)
        runs.append(
            Run(
                shape: shape, constants: at, start: buffer.count, byteCount: 0, count: 0))
    }

    /// Starts a run of a shape without constants, unless the last run is such a run already.
    @inlinable
    public mutating func continueRun(_ shape: Shape) {
        if let last = runs.last, last.shape === shape, shape.constantsLength == 0 { return }
        startRun(shape)
    }

    @usableFromInline
    mutating func startRun(_ shape: Shape) {
        beginRun(shape, constants: RawSpan())
    }

    /// Starts a row of the last run: zeroed fixed values, null slots must be stored by the caller.
    ///
    /// - Parameter rowLength: the shape's `rowLength`.
    /// - Parameter isVariable: the shape's `hasVariablePart`.
    @inlinable
    public mutating func beginRow(rowLength: Int, isVariable: Bool) {
        let prefix = isVariable ? Self.prefixLength : 0
        buffer.append(repeating: 0, count: prefix &+ rowLength)
        rowStart = buffer.count &- rowLength
    }

    /// Starts a row of the last run whose fixed part is known already.
    ///
    /// - Parameters:
    ///   - fixedPart: the shape's `rowLength` bytes.
    ///   - isVariable: the shape's `hasVariablePart`.
    @inlinable
    public mutating func beginRow(_ fixedPart: RawSpan, isVariable: Bool) {
        if isVariable { buffer.append(bigEndian: UInt32(0)) }
        rowStart = buffer.count
        buffer.append(fixedPart)
    }

    /// Calls `body` with the fixed part of the row being written.
    ///
    /// Bounds are compared with a number that stays in a register: cheaper than as many calls of
    /// `store` (see the case `rfc3164 parse` of the benchmarks).
    @inlinable
    public mutating func withFixedPart(
        rowLength: Int, _ body: (inout MutableRawSpan) -> Void
    ) {
        buffer.withMutableBytes(from: rowStart, count: rowLength, body)
    }

    /// Stores a number into the fixed part of the row being written.
    @inlinable
    public mutating func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        buffer.store(bigEndian: number, at: rowStart &+ offset)
    }

    /// Stores an address (16 bytes) into the fixed part of the row being written.
    @inlinable
    public mutating func store(_ address: IPAddress, at offset: Int) {
        buffer.store(bigEndian: address.high, at: rowStart &+ offset)
        buffer.store(bigEndian: address.low, at: rowStart &+ offset &+ 8)
    }

    /// Appends bytes to the variable part and returns where they start in it.
    @inlinable
    public mutating func appendVariable(_ bytes: RawSpan, rowLength: Int) -> Int {
        let at = buffer.count &- rowStart &- rowLength
        buffer.append(bytes)
        return at
    }

    /// Points a slot at bytes of the variable part.
    @inlinable
    public mutating func storeSlot(at offset: Int, start: Int, count: Int) {
        buffer.store(bigEndian: Slot.pack(offset: start, length: count), at: rowStart &+ offset)
    }

    /// Marks a slot as null.
    @inlinable
    public mutating func storeNullSlot(at offset: Int) {
        buffer.store(bigEndian: Slot.null, at: rowStart &+ offset)
    }

    /// Ends the row begun last.
    public mutating func endRow(isVariable: Bool) {
        if isVariable {
            buffer.store(
                bigEndian: UInt32(truncatingIfNeeded: buffer.count &- rowStart), at: rowStart &- 4)
        }
        runs[runs.count &- 1].addRow(endingAt: buffer.count)
        count &+= 1
    }

    /// Takes over the runs and bytes that a journal stored.
    ///
    /// - Throws: `frameCorrupt` when a run does not lie inside `bytes` or its rows do not add up;
    ///   the batch is empty then.
    public mutating func restore(runs: [Run], bytes: RawSpan) throws(DecodeError) {
        (self.runs, count) = ([], 0)
        buffer.removeAll()
        // Copied before it is walked: so what another thread wrote is fetched in order.
        buffer.append(bytes)
        var total = 0
        for run in runs {
            guard RecordBatch.isSound(run, in: buffer.bytes) else {
                buffer.removeAll()
                throw DecodeError(.frameCorrupt, at: run.start)
            }
            total += run.count
        }
        (self.runs, count) = (runs, total)
    }

    private static func isSound(_ run: Run, in bytes: RawSpan) -> Bool {
        guard run.constants >= 0, run.start >= 0, run.byteCount >= 0, run.count >= 0,
            run.constants <= bytes.byteCount - run.shape.constantsLength,
            run.start <= bytes.byteCount - run.byteCount
        else { return false }
        if !run.shape.hasVariablePart {
            let (needed, overflow) = run.count.multipliedReportingOverflow(by: run.shape.rowLength)
            return !overflow && needed == run.byteCount
        }
        var offset = run.start
        let end = run.start + run.byteCount
        for _ in 0..<run.count {
            guard offset + 4 <= end else { return false }
            let length = Int(bytes.uint32(at: offset))
            guard length >= run.shape.rowLength, offset + 4 <= end - length else { return false }
            offset += 4 + length
        }
        return offset == end
    }
}

// MARK: Reading

extension RecordBatch {
    /// Calls `body` with every record in order, until it throws.
    public borrowing func forEachRow<Failure: Error>(
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        for run in runs {
            try forEachRow(of: run) { (row, _) throws(Failure) in try body(row) }
        }
    }

    /// Calls `body` with every record of a run and the range of its row in `bytes`.
    @inlinable
    public borrowing func forEachRow<Failure: Error>(
        of run: Run, _ body: (Row, Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        let bytes = self.bytes
        let constants = bytes.extracting(
            run.constants..<run.constants + run.shape.constantsLength)
        var offset = run.start
        for _ in 0..<run.count {
            var length = run.shape.rowLength
            if run.shape.hasVariablePart {
                length = Int(bytes.uint32(at: offset))
                offset += 4
            }
            let range = offset..<offset + length
            try body(
                Row(shape: run.shape, bytes: bytes.extracting(range), constants: constants), range)
            offset += length
        }
    }
}
