import Core

/// Turns frames of one segment back into batches, in the order they were written.
struct FrameDecoder {
    private var shapes: [UInt32: Shape] = [:]

    /// Forgets the shapes read so far: another segment begins.
    mutating func beginSegment() { shapes.removeAll(keepingCapacity: true) }

    /// Fills `batch` from a frame whose checksum is right.
    ///
    /// - Throws: `frameCorrupt` or `shapeCorrupt`, at an offset of the frame.
    mutating func decode(
        _ frame: borrowing ByteBuffer, _ header: Frame.Header, into batch: inout RecordBatch
    ) throws(DecodeError) {
        var reader = ByteReader(frame.bytes)
        _ = reader.skip(Frame.headerLength)
        guard let tag = reader.readShort(), let position = reader.readShort() else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        batch.removeAll()
        // Most frames of a journal have the same tag: keep the string.
        if !tag.isText(batch.tag) { batch.tag = tag.makeString() }
        for offset in 0..<position.byteCount { batch.position.append(position.byte(at: offset)) }
        try readShapes(&reader)
        let runs = try readRuns(&reader)
        guard let length = reader.readUInt32(), let payload = reader.read(count: Int(length)) else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        batch.received = header.received
        try batch.restore(runs: runs, bytes: payload)
        guard batch.count == header.recordCount else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
    }

    /// Reads only what later frames of the segment need.
    mutating func learnShapes(from frame: borrowing ByteBuffer) throws(DecodeError) {
        var reader = ByteReader(frame.bytes)
        _ = reader.skip(Frame.headerLength)
        guard reader.readShort() != nil, reader.readShort() != nil else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        try readShapes(&reader)
    }

    /// The source position that a frame carries; empty when it has none.
    static func position(in frame: borrowing ByteBuffer) throws(DecodeError) -> [UInt8] {
        var reader = ByteReader(frame.bytes)
        _ = reader.skip(Frame.headerLength)
        guard reader.readShort() != nil, let position = reader.readShort() else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        return position.makeArray()
    }

    private mutating func readShapes(_ reader: inout ByteReader) throws(DecodeError) {
        guard let count = reader.readUInt32() else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        for _ in 0..<count {
            guard let number = reader.readUInt32() else {
                throw DecodeError(.frameCorrupt, at: reader.offset)
            }
            shapes[number] = try Shape.decode(from: &reader)
        }
    }

    private func readRuns(_ reader: inout ByteReader) throws(DecodeError) -> [RecordBatch.Run] {
        guard let count = reader.readUInt32(), Int(count) <= reader.remaining / 20 else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        var runs: [RecordBatch.Run] = []
        runs.reserveCapacity(Int(count))
        var last: (number: UInt32, shape: Shape)?
        for _ in 0..<count {
            guard let number = reader.readUInt32(), let constants = reader.readUInt32(),
                let start = reader.readUInt32(), let byteCount = reader.readUInt32(),
                let rows = reader.readUInt32()
            else { throw DecodeError(.frameCorrupt, at: reader.offset) }
            if last?.number != number {
                guard let shape = shapes[number] else {
                    throw DecodeError(.shapeCorrupt, at: reader.offset)
                }
                last = (number, shape)
            }
            guard let shape = last?.shape else { continue }
            runs.append(
                RecordBatch.Run(
                    shape: shape, constants: Int(constants), start: Int(start),
                    byteCount: Int(byteCount), count: Int(rows)))
        }
        return runs
    }
}
