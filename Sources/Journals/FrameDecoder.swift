package import Core

/// Turns frames back into batches.
package struct FrameDecoder {
    /// A shape with the bytes it was read from.
    private struct KnownShape {
        var bytes: [UInt8]
        var shape: Shape
    }

    /// The shapes of the frame read last; the next frame mostly has the same.
    private var current: [KnownShape] = []
    /// Shapes of earlier frames by checksum: reading one costs more than comparing it.
    private var known: [UInt32: KnownShape] = [:]

    private static let shapeLimit = 4096

    package init() {}

    /// Fills `batch` from a whole frame whose checksum is right.
    ///
    /// - Throws: `frameCorrupt` or `shapeCorrupt`, at an offset of the frame.
    package mutating func decode(
        _ frame: RawSpan, _ header: Frame.Header, into batch: inout RecordBatch
    ) throws(DecodeError) {
        var reader = ByteReader(frame)
        _ = reader.skip(Frame.headerLength)
        guard let tag = reader.readShort() else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        batch.removeAll()
        // Most frames of a journal have the same tag: keep the string.
        if !tag.isText(batch.tag) { batch.tag = tag.makeString() }
        try Self.readProgress(&reader, into: &batch.progress)
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

    /// What a frame tells of its sources.
    static func progress(in frame: RawSpan) throws(DecodeError) -> [SourceProgress] {
        var reader = ByteReader(frame)
        _ = reader.skip(Frame.headerLength)
        guard reader.readShort() != nil else { throw DecodeError(.frameCorrupt, at: reader.offset) }
        var progress: [SourceProgress] = []
        try readProgress(&reader, into: &progress)
        return progress
    }

    private static func readProgress(
        _ reader: inout ByteReader, into progress: inout [SourceProgress]
    ) throws(DecodeError) {
        guard let count = reader.readUInt32() else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        for _ in 0..<count {
            guard let source = reader.readShort(), let place = reader.readShort() else {
                throw DecodeError(.frameCorrupt, at: reader.offset)
            }
            progress.append(SourceProgress(source: source.makeArray(), place: place.makeArray()))
        }
    }

    private mutating func readShapes(_ reader: inout ByteReader) throws(DecodeError) {
        guard let count = reader.readUInt32(), Int(count) <= reader.remaining / 4 else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        for index in 0..<Int(count) {
            guard let length = reader.readUInt32(), let bytes = reader.read(count: Int(length))
            else { throw DecodeError(.frameCorrupt, at: reader.offset) }
            if index < current.count, current[index].bytes.withBytes({ $0.hasSameBytes(as: bytes) })
            {
                continue
            }
            let shape = try shape(of: bytes)
            if index < current.count { current[index] = shape } else { current.append(shape) }
        }
        current.removeLast(current.count - Int(count))
    }

    private mutating func shape(of bytes: RawSpan) throws(DecodeError) -> KnownShape {
        let key = Frame.checksum(bytes)
        if let found = known[key], found.bytes.withBytes({ $0.hasSameBytes(as: bytes) }) {
            return found
        }
        var reader = ByteReader(bytes)
        let made = KnownShape(bytes: bytes.makeArray(), shape: try Shape.decode(from: &reader))
        if known.count >= Self.shapeLimit { known.removeAll() }
        known[key] = made
        return made
    }

    private func readRuns(_ reader: inout ByteReader) throws(DecodeError) -> [RecordBatch.Run] {
        guard let count = reader.readUInt32(), Int(count) <= reader.remaining / 20 else {
            throw DecodeError(.frameCorrupt, at: reader.offset)
        }
        var runs: [RecordBatch.Run] = []
        runs.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let number = reader.readUInt32(), let constants = reader.readUInt32(),
                let start = reader.readUInt32(), let byteCount = reader.readUInt32(),
                let rows = reader.readUInt32()
            else { throw DecodeError(.frameCorrupt, at: reader.offset) }
            guard number < current.count else {
                throw DecodeError(.shapeCorrupt, at: reader.offset)
            }
            runs.append(
                RecordBatch.Run(
                    shape: current[Int(number)].shape, constants: Int(constants),
                    start: Int(start), byteCount: Int(byteCount), count: Int(rows)))
        }
        return runs
    }
}
