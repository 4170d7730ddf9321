import Core

/// Turns batches into frames of one segment.
///
/// Shapes are written out in the frame that uses them first in a segment and referred to by number
/// after that, so a segment can be read without any other.
struct FrameEncoder: ~Copyable {
    private(set) var frame = ByteBuffer()
    /// Whether frames carry checksums; in memory nothing but a bug could damage them.
    private let hasChecksums: Bool
    private var shapeNumbers: [Shape: UInt32] = [:]
    private var lastShape: (shape: Shape, number: UInt32)?

    init(hasChecksums: Bool) { self.hasChecksums = hasChecksums }

    /// Forgets the shapes written so far: a new segment begins.
    mutating func beginSegment() {
        shapeNumbers.removeAll(keepingCapacity: true)
        lastShape = nil
    }

    /// Fills `frame` with the batch.
    ///
    /// Body: tag (u16 length), position (u16 length), shapes (u32 count; each u32 number and the
    /// shape), runs (u32 count; each u32 shape, constants offset, rows offset, rows bytes, row
    /// count), payload (u32 length).
    mutating func encode(_ batch: borrowing RecordBatch, firstRecord: UInt64) {
        frame.removeAll(keepingAtMost: 4 << 20)
        frame.append(bigEndian: Frame.magic)
        frame.append(repeating: 0, count: Frame.headerLength - 4)
        frame.append(short: batch.tag)
        frame.append(bigEndian: UInt16(batch.position.count))
        for byte in batch.position { frame.append(byte) }

        let runs = batch.runs
        let countAt = frame.count
        frame.append(bigEndian: UInt32(0))
        var newShapes: UInt32 = 0
        let numbers = runs.map { number(of: $0.shape, newShapes: &newShapes) }
        frame.store(bigEndian: newShapes, at: countAt)

        appendRuns(runs, numbers)
        appendPayload(of: runs, in: batch)

        frame.store(bigEndian: UInt32(frame.count - Frame.headerLength), at: 8)
        frame.store(bigEndian: UInt32(batch.count), at: 12)
        frame.store(bigEndian: firstRecord, at: 16)
        frame.store(bigEndian: batch.received.nanoseconds, at: 24)
        guard hasChecksums else { return }
        let crc = Frame.checksum(frame.bytes.extracting(8..<frame.count))
        frame.store(bigEndian: crc, at: 4)
    }

    private mutating func number(of shape: Shape, newShapes: inout UInt32) -> UInt32 {
        if let lastShape, lastShape.shape === shape { return lastShape.number }
        if let known = shapeNumbers[shape] {
            lastShape = (shape, known)
            return known
        }
        let made = UInt32(shapeNumbers.count)
        shapeNumbers[shape] = made
        lastShape = (shape, made)
        newShapes += 1
        frame.append(bigEndian: made)
        shape.encode(into: &frame)
        return made
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
