import Core

/// Turns batches into frames.
///
/// Every frame holds the shapes of its rows, so that it can be read without any other.
///
/// A frame has two parts: what the encoder writes, and bytes of the batch that need no copy because
/// they lie in the frame's order already.
struct FrameEncoder: ~Copyable {
    /// The first part.
    private(set) var head = ByteBuffer()
    /// Whether all bytes of the batch are the second part; otherwise there is none.
    private(set) var isFollowedByBatch = false
    /// Bytes of both parts.
    private(set) var frameLength = 0
    /// Whether frames carry checksums; in memory nothing but a bug could damage them.
    private let hasChecksums: Bool
    /// Shapes as bytes, by shape: written out once, copied into many frames.
    private var encodedShapes: [Shape: [UInt8]] = [:]
    /// Numbers of the shapes of the frame in the making.
    private var numbers = ShapeCache<UInt32>(limit: .max)
    private var shapeCount: UInt32 = 0

    /// Shapes remembered; records with free fields make any number of them.
    private static let shapeLimit = 4096

    init(hasChecksums: Bool) { self.hasChecksums = hasChecksums }

    /// Makes the frame of a batch.
    ///
    /// Body: tag (u16 length), places of sources (u32 count; each source and place with u16
    /// length), shapes (u32 count; each with u32 length), runs (u32 count; each u32 index of the
    /// shape, constants offset, rows offset, rows bytes, row count), payload (u32 length).
    ///
    /// - Parameter progress: what the frame tells of its sources.
    mutating func encode(
        _ batch: borrowing RecordBatch, progress: [SourceProgress], firstRecord: UInt64,
        salt: UInt64
    ) {
        head.removeAll(keepingAtMost: 4 << 20)
        head.append(bigEndian: Frame.magic)
        head.append(bigEndian: UInt32(0))
        head.append(bigEndian: salt)
        head.append(bigEndian: UInt32(0))
        head.append(bigEndian: UInt32(batch.count))
        head.append(bigEndian: firstRecord)
        head.append(bigEndian: batch.received.nanoseconds)

        head.append(short: batch.tag)
        head.append(bigEndian: UInt32(progress.count))
        for step in progress {
            head.append(short: step.source)
            head.append(short: step.place)
        }
        let runs = batch.runs
        isFollowedByBatch = Self.isDense(runs, count: batch.bytes.byteCount)
        appendRuns(runs, appendShapes(of: runs))
        if !isFollowedByBatch { appendPayload(of: runs, in: batch) }

        frameLength = head.count + (isFollowedByBatch ? batch.bytes.byteCount : 0)
        head.store(bigEndian: UInt32(frameLength - Frame.headerLength), at: 16)
        guard hasChecksums else { return }
        var crc = Frame.checksum(head.bytes.extracting(Frame.checkedFrom..<head.count))
        if isFollowedByBatch { crc = Frame.checksum(batch.bytes, continuing: crc) }
        head.store(bigEndian: crc, at: 4)
    }

    /// Whether constants and rows of all runs lie one behind the other, with nothing between them.
    private static func isDense(_ runs: [RecordBatch.Run], count: Int) -> Bool {
        var end = 0
        for run in runs {
            guard run.constants == end else { return false }
            end += run.shape.constantsLength
            guard run.start == end else { return false }
            end += run.byteCount
        }
        return end == count
    }

    /// - Returns: the number of each run's shape in the head.
    private mutating func appendShapes(of runs: [RecordBatch.Run]) -> [UInt32] {
        let countAt = head.count
        head.append(bigEndian: UInt32(0))
        numbers = ShapeCache(limit: .max)
        shapeCount = 0
        let result = runs.map { number(of: $0.shape) }
        head.store(bigEndian: shapeCount, at: countAt)
        return result
    }

    private mutating func number(of shape: Shape) -> UInt32 {
        let next = shapeCount
        let number = numbers.value(for: shape) { _ in next }
        if number == next {
            shapeCount += 1
            appendShape(shape)
        }
        return number
    }

    private mutating func appendShape(_ shape: Shape) {
        if let known = encodedShapes[shape] {
            return known.withBytes { head.append($0) }
        }
        var encoded = ByteBuffer()
        encoded.append(bigEndian: UInt32(0))
        shape.encode(into: &encoded)
        encoded.store(bigEndian: UInt32(encoded.count - 4), at: 0)
        if encodedShapes.count >= Self.shapeLimit { encodedShapes.removeAll() }
        encodedShapes[shape] = encoded.bytes.makeArray()
        head.append(contentsOf: encoded)
    }

    /// Writes the run table with offsets into the payload, where each run's constants stand before
    /// its rows unless it shares those of the run before.
    private mutating func appendRuns(_ runs: [RecordBatch.Run], _ numbers: [UInt32]) {
        head.append(bigEndian: UInt32(runs.count))
        var offset = 0
        var previous: (source: Int, target: Int)?
        for (run, number) in zip(runs, numbers) {
            let constants: Int
            if let previous, previous.source == run.constants {
                constants = previous.target
            } else {
                constants = offset
                offset += run.shape.constantsLength
            }
            previous = (run.constants, constants)
            head.append(bigEndian: number)
            head.append(bigEndian: UInt32(constants))
            head.append(bigEndian: UInt32(offset))
            head.append(bigEndian: UInt32(run.byteCount))
            head.append(bigEndian: UInt32(run.count))
            offset += run.byteCount
        }
        head.append(bigEndian: UInt32(offset))
    }

    private mutating func appendPayload(
        of runs: [RecordBatch.Run], in batch: borrowing RecordBatch
    ) {
        let bytes = batch.bytes
        var previous: Int?
        for run in runs {
            if previous != run.constants {
                let end = run.constants + run.shape.constantsLength
                head.append(bytes.extracting(run.constants..<end))
            }
            previous = run.constants
            head.append(bytes.extracting(run.start..<run.start + run.byteCount))
        }
    }
}

extension ByteBuffer {
    /// Appends bytes preceded by their number as 16 bits.
    fileprivate mutating func append(short bytes: [UInt8]) {
        precondition(bytes.count <= Int(UInt16.max))
        append(bigEndian: UInt16(bytes.count))
        bytes.withBytes { append($0) }
    }
}
