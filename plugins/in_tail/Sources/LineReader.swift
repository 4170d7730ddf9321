import Core
import Parsers
import System

/// Reads one file for one turn: some bytes, cut into lines.
final class LineReader {
    /// Bytes of a turn.
    static let readSize = 256 << 10

    enum Outcome {
        /// Another turn will find more.
        case hasMore
        /// Everything that the file holds by now was read.
        case isAtEnd
    }

    private let settings: TailSettings
    private let batch: TailBatch
    private let log: Log
    private var buffer = ByteBuffer()

    init(settings: TailSettings, batch: TailBatch, log: Log) {
        self.settings = settings
        self.batch = batch
        self.log = log
    }

    /// Reads the next bytes of an open file.
    ///
    /// - Parameter isLast: nothing will be added to the file any more, so that what stands behind
    ///   the last line end is a line.
    func read(_ file: TailedFile, isLast: Bool) throws(OperationError) -> Outcome {
        guard let open = file.descriptor else { return .isAtEnd }
        batch.begin()
        defer { batch.end(file) }
        let status = try open.file.status(target: file.path)
        file.seen = (status.size, status.modified)
        try examine(file, open, status)
        if file.isComplete { return .isAtEnd }
        let before = file.place
        defer {
            let place = file.place
            let hasMoved = place.offset != before.offset || place.lanes != before.lanes
            if hasMoved || file.isComplete { batch.note(file) }
        }
        let outcome: Outcome
        if file.isCompressed {
            outcome = try readCompressed(file, open, isLast: isLast)
        } else {
            outcome = try readPlain(file, open, size: status.size, isLast: isLast)
        }
        if outcome == .isAtEnd, isLast || file.isComplete { batch.flushGroups(of: file) }
        return outcome
    }

    // MARK: The head

    /// The first bytes of a file, up to what a fingerprint needs.
    static func readHead(
        _ open: OpenFile, _ path: String, into buffer: inout ByteBuffer
    ) throws(OperationError) {
        buffer.removeAll()
        _ = try open.file.read(into: &buffer, at: 0, count: Fingerprint.limit, target: path)
    }

    /// Whether the file's first bytes are those of gzip (RFC 1952 §2.3.1).
    static func isCompressed(_ head: RawSpan) -> Bool {
        head.byteCount >= 2 && head.uint16(at: 0) == 0x1f8b
    }

    /// Notices that the file was cut or written anew, and starts over.
    private func examine(
        _ file: TailedFile, _ open: OpenFile, _ status: FileStatus
    ) throws(OperationError) {
        try Self.readHead(open, file.path, into: &buffer)
        let used = file.isCompressed ? file.gzip?.compressedOffset ?? 0 : file.offset
        if status.size < used || !buffer.withBytes(file.fingerprint.fits) {
            log.info("\(file.path) was cut or written anew; reading it from its start")
            file.counters.count(.fileTruncated)
            batch.flushGroups(of: file)
            file.restart()
            batch.note(file)
        }
        if file.fingerprint.length != buffer.count {
            file.fingerprint = buffer.withBytes { Fingerprint(of: $0) }
        }
        file.isCompressed = buffer.withBytes(Self.isCompressed)
    }

    // MARK: Plain text

    private func readPlain(
        _ file: TailedFile, _ open: OpenFile, size: Int, isLast: Bool
    ) throws(OperationError) -> Outcome {
        if !isLast {
            if try isStillUnfinished(file, open, size: size) { return .isAtEnd }
        }
        buffer.removeAll()
        var searched = 0
        var isAtEnd = false
        while true {
            let count = min(Self.readSize, size - file.offset - buffer.count)
            let got = try open.file.read(
                into: &buffer, at: file.offset + buffer.count, count: max(count, 0),
                target: file.path)
            isAtEnd = got < Self.readSize
            let hasLine = hasLineEnd(from: searched)
            if isAtEnd || hasLine || buffer.count > settings.lineLimit { break }
            searched = buffer.count
        }
        let isEnd = isLast && isAtEnd
        let used = buffer.withBytes { cut($0, of: file, isAtEnd: isEnd) }
        file.offset += used
        file.unfinished = isAtEnd ? buffer.count - used : 0
        return isAtEnd ? .isAtEnd : .hasMore
    }

    /// Looks for a line end in what was added to a long line that had none, so that a line that
    /// grows slowly is not read from its start each time.
    private func isStillUnfinished(
        _ file: TailedFile, _ open: OpenFile, size: Int
    ) throws(OperationError) -> Bool {
        let known = file.offset + file.unfinished
        let added = size - known
        guard file.unfinished > 4096, added < Self.readSize,
            size - file.offset <= settings.lineLimit
        else { return false }
        buffer.removeAll()
        _ = try open.file.read(into: &buffer, at: known, count: max(added, 0), target: file.path)
        if hasLineEnd(from: 0) { return false }
        file.unfinished += buffer.count
        return true
    }

    private func hasLineEnd(from start: Int) -> Bool {
        buffer.withBytes { $0.firstIndex(of: UInt8(ascii: "\n"), from: start) != nil }
    }

    // MARK: Compressed text

    private func readCompressed(
        _ file: TailedFile, _ open: OpenFile, isLast: Bool
    ) throws(OperationError) -> Outcome {
        let gzip: GzipText
        if let known = file.gzip {
            gzip = known
        } else {
            gzip = try GzipText()
            file.gzip = gzip
        }
        var hasMore = false
        var isBroken = false
        do throws(OperationError) {
            hasMore = try gzip.fill(from: open, path: file.path)
        } catch {
            guard error.code == .compressionFailed else { throw error }
            log.error("\(file.path): \(error.reason); the rest is left out")
            file.counters.count(.compressionFailed)
            isBroken = true
        }
        // Text that became records before the restart.
        gzip.drop(min(max(file.offset - gzip.textOffset, 0), gzip.count))
        let isWhole = isBroken || !hasMore && gzip.isAtMemberEnd
        if gzip.textOffset == file.offset {
            let isAtEnd = isWhole || isLast && !hasMore
            gzip.use { text in
                let used = cut(text, of: file, isAtEnd: isAtEnd)
                file.offset += used
                return used
            }
        }
        if isWhole { file.isComplete = true }
        return hasMore ? .hasMore : .isAtEnd
    }

    // MARK: Lines

    /// - Returns: bytes that became records.
    private func cut(_ bytes: RawSpan, of file: TailedFile, isAtEnd: Bool) -> Int {
        var cutter = LineCutter(
            limit: settings.lineLimit, isInsideLongLine: file.isInsideLongLine)
        let start = file.offset
        let used = cutter.cut(bytes, isAtEnd: isAtEnd) { line, position, isPiece in
            batch.add(line, at: start + position, of: file, isPiece: isPiece)
        }
        file.isInsideLongLine = cutter.isInsideLongLine
        return used
    }
}
