import Core
import Parsers

/// The records that wait to be submitted, and how far that takes each file.
final class TailBatch {
    /// Bytes after which a batch is submitted.
    static let fullSize = 256 << 10

    private let settings: TailSettings
    private let sink: any BatchSink
    private var batch: RecordBatch
    private var source: PayloadSource
    /// Where each record's line starts, when there is a field for that.
    private var offsets: [UInt64] = []
    /// Files whose place is another than the journal knows.
    private var moved: [FileIdentity: TailedFile] = [:]
    /// Other news for the journal; an empty place forgets.
    private var others: [SourceName: [UInt8]] = [:]
    private var shapes: [Int: ShapeCache<Shape>] = [:]
    /// The first run of the file whose turn it is.
    private var firstRun = 0

    /// Reads the lines of containers; `nil` when files hold plain lines.
    private let containers: ContainerReader?

    init(settings: TailSettings, containers: ContainerReader? = nil, sink: any BatchSink) {
        self.settings = settings
        self.containers = containers
        self.sink = sink
        batch = RecordBatch(tag: sink.tag)
        source = PayloadSource(
            peer: Endpoint(address: .any, port: 0), transport: .file,
            received: Timestamp(nanoseconds: 0))
    }

    var isFull: Bool { Self.size(of: batch) >= TailBatch.fullSize }

    private static func size(of batch: borrowing RecordBatch) -> Int { batch.bytes.byteCount }

    /// Begins the turn of a file.
    func begin() {
        source.received = .now()
        containers?.received = source.received
        if batch.isEmpty { batch.received = source.received }
        firstRun = batch.runs.count
    }

    /// Ends the turn of a file.
    func end(_ file: TailedFile) {
        guard let key = settings.pathKey, batch.runs.count > firstRun else { return }
        let path = Array(file.path.utf8)
        path.withBytes { bytes in
            batch.addConstants(bytes, toRunsFrom: firstRun) { shape in
                shapes[path.count, default: ShapeCache()].value(for: shape) { shape in
                    .known(
                        columns: shape.columns + [
                            Column(
                                key, .text,
                                .constant(offset: shape.constantsLength, length: path.count))
                        ], rowLength: shape.rowLength, hasVariablePart: shape.hasVariablePart,
                        constantsLength: shape.constantsLength + path.count,
                        timeColumn: shape.timeColumn)
                }
            }
        }
    }

    /// Takes a line as it was cut.
    ///
    /// - Parameter offset: where it starts in the file.
    /// - Parameter isPiece: it is part of a line that is too long.
    func add(_ line: RawSpan, at offset: Int, of file: TailedFile, isPiece: Bool) {
        if isPiece {
            flushGroups(of: file)
            keep(line, at: offset, of: file)
        } else if let joiner = file.joiner {
            joiner.add(
                line, at: offset, text: { decode($0, at: $1, of: file) },
                record: { append($0, at: $1, of: file) })
        } else {
            decode(line, at: offset, of: file)
        }
    }

    /// Takes what the file's joiner holds.
    ///
    /// - Parameter now: leaves groups that wait longer; `nil` leaves none.
    func flushGroups(of file: TailedFile, dueBy now: Int64? = nil) {
        file.joiner?.flush(
            dueBy: now, text: { decode($0, at: $1, of: file) },
            record: { append($0, at: $1, of: file) })
    }

    private func append(_ containers: ContainerReader, at offset: Int, of file: TailedFile) {
        if containers.isEmptyLine, settings.skipsEmptyLines { return }
        containers.append(to: &batch)
        file.counters.count(payloadBytes: containers.textCount, records: 1)
        if settings.offsetKey != nil { offsets.append(UInt64(offset)) }
    }

    private func decode(_ line: RawSpan, at offset: Int, of file: TailedFile) {
        if line.byteCount == 0, settings.skipsEmptyLines { return }
        file.decoder.decode(line, from: source, into: &batch)
        if settings.offsetKey != nil { offsets.append(UInt64(offset)) }
    }

    private func keep(_ piece: RawSpan, at offset: Int, of file: TailedFile) {
        if settings.skipsLongLines {
            // Once for all pieces of a line.
            if offset != file.droppedEnd { file.counters.count(.parserLineTooLong) }
            file.droppedEnd = offset + piece.byteCount
            return
        }
        file.decoder.keep(piece, because: .parserLineTooLong, from: source, into: &batch)
        if settings.offsetKey != nil { offsets.append(UInt64(offset)) }
    }

    // MARK: Places

    /// Remembers that the file's place changed.
    func note(_ file: TailedFile) {
        moved[file.identity] = file
        // Its number may have been that of a file that is gone.
        others[.file(file.identity)] = nil
    }

    /// Lets the journal forget a file that is done with.
    func forget(_ identity: FileIdentity) {
        moved[identity] = nil
        note(.file(identity), place: [])
    }

    /// Lets the journal remember anything else, or forget it.
    func note(_ name: SourceName, place: [UInt8]) {
        others[name] = place
    }

    // MARK: Submitting

    /// Hands everything over.
    ///
    /// - Returns: `false` when the agent is stopping and took nothing.
    func submit() -> Bool {
        if batch.isEmpty, moved.isEmpty, others.isEmpty { return true }
        addOffsets()
        batch.progress =
            moved.values.map(\.progress)
            + others.map { SourceProgress(source: $0.key.bytes, place: $0.value) }
        moved.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        firstRun = 0
        return sink.submit(&batch)
    }

    private func addOffsets() {
        guard let key = settings.offsetKey, !offsets.isEmpty else { return }
        var next = 0
        let offsets = self.offsets
        batch.widen(
            by: 8, column: { Column(key, .unsigned, .row(offset: $0, length: 8)) },
            fill: { _, buffer in
                buffer.append(bigEndian: offsets[next])
                next += 1
            })
        self.offsets.removeAll(keepingCapacity: true)
    }
}
