import Core

/// Turns batches into frames.
///
/// Every frame holds the shapes of its rows, so that it can be read without any other.
struct FrameEncoder: ~Copyable {
    private(set) var frame = ByteBuffer()
    /// Whether frames carry checksums; in memory nothing but a bug could damage them.
    private let hasChecksums: Bool
    /// Shapes as bytes, by shape: written out once, copied into many frames.
    private var encodedShapes: [Shape: [UInt8]] = [:]
    /// Numbers of the shapes of the frame in the making.
    private var numbers: [Shape: UInt32] = [:]
    private var lastShape: (shape: Shape, number: UInt32)?

    /// Shapes remembered; records with free fields make any number of them.
    private static let shapeLimit = 4096

    init(hasChecksums: Bool) { self.hasChecksums = hasChecksums }

    /// Fills `frame` with the batch.
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
        frame.removeAll(keepingAtMost: 4 << 20)
        frame.append(bigEndian: Frame.magic)
        frame.append(bigEndian: UInt32(0))
        frame.append(bigEndian: salt)
        frame.append(bigEndian: UInt32(0))
        frame.append(bigEndian: UInt32(batch.count))
        frame.append(bigEndian: firstRecord)
        frame.append(bigEndian: batch.received.nanoseconds)

        frame.append(short: batch.tag)
        frame.append(bigEndian: UInt32(progress.count))
        for step in progress {
            frame.append(short: step.source)
            frame.append(short: step.place)
        }
        let runs = batch.runs
        appendRuns(runs, appendShapes(of: runs))
        appendPayload(of: runs, in: batch)

        frame.store(bigEndian: UInt32(frame.count - Frame.headerLength), at: 16)
        guard hasChecksums else { return }
        let crc = Frame.checksum(frame.bytes.extracting(Frame.checkedFrom..<frame.count))
        frame.store(bigEndian: crc, at: 4)
    }

    /// - Returns: the number of each run's shape in the frame.
    private mutating func appendShapes(of runs: [RecordBatch.Run]) -> [UInt32] {
        let countAt = frame.count
        frame.append(bigEndian: UInt32(0))
        numbers.removeAll(keepingCapacity: true)
        lastShape = nil
        let result = runs.map { number(of: $0.shape) }
        frame.store(bigEndian: UInt32(numbers.count), at: countAt)
        return result
    }

    private mutating func number(of shape: Shape) -> UInt32 {
        if let lastShape, lastShape.shape === shape { return lastShape.number }
        if let known = numbers[shape] {
            lastShape = (shape, known)
            return known
        }
        let made = UInt32(numbers.count)
        numbers[shape] = made
        lastShape = (shape, made)
        appendShape(shape)
        return made
    }

    private mutating func appendShape(_ shape: Shape) {
        if let known = encodedShapes[shape] {
            return known.withBytes { frame.append($0) }
        }
        var encoded = ByteBuffer()
        encoded.append(bigEndian: UInt32(0))
        shape.encode(into: &encoded)
        encoded.store(bigEndian: UInt32(encoded.count - 4), at: 0)
        if encodedShapes.count >= Self.shapeLimit { encodedShapes.removeAll() }
        encodedShapes[shape] = encoded.bytes.makeArray()
        frame.append(contentsOf: encoded)
    }

    /// Writes the run table with offsets into the payload, where each run's constants stand before
    /// its rows unless it shares those of the run before.
    private mutating func appendRuns(_ runs: [RecordBatch.Run], _ numbers: [UInt32]) {
        frame.append(bigEndian: UInt32(runs.count))
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
            frame.append(bigEndian: number)
            frame.append(bigEndian: UInt32(constants))
            frame.append(bigEndian: UInt32(offset))
            frame.append(bigEndian: UInt32(run.byteCount))
            frame.append(bigEndian: UInt32(run.count))
            offset += run.byteCount
        }
        frame.append(bigEndian: UInt32(offset))
    }

    private mutating func appendPayload(
        of runs: [RecordBatch.Run], in batch: borrowing RecordBatch
    ) {
        let bytes = batch.bytes
        var previous: Int?
        for run in runs {
            if previous != run.constants {
                let end = run.constants + run.shape.constantsLength
                frame.append(bytes.extracting(run.constants..<end))
            }
            previous = run.constants
            frame.append(bytes.extracting(run.start..<run.start + run.byteCount))
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
