import Core
import Parsers
import System

/// A file that is followed, whatever it is called by now.
final class TailedFile {
    let identity: FileIdentity
    /// The name under which it was found last.
    var path: String
    /// Where `path` leads when it is a link.
    var linkTarget: String?
    let decoder: LineDecoder
    let counters: SourceCounters
    /// Lines that may belong together; `nil` when every line stands alone.
    let joiner: LineJoiner?

    /// The next byte to cut lines from; of a compressed file, in its text.
    var offset: Int
    var isInsideLongLine: Bool
    /// Where the piece of a long line ended that was dropped last.
    var droppedEnd = -1
    /// Bytes behind `offset` that are known to hold no line end.
    var unfinished = 0
    /// Whether nothing can follow: a compressed file that was read to its end.
    var isComplete: Bool
    var fingerprint: Fingerprint
    /// Whether it begins as gzip files do.
    var isCompressed = false

    /// `nil` while other files need the descriptor.
    var descriptor: OpenFile?
    /// Set while a compressed file is being read.
    var gzip: GzipText?
    /// Size and time of change when the file was read last.
    var seen: (size: Int, modified: Timestamp)?
    /// When it was found to have been renamed or removed, or was read last since; on the
    /// monotonic clock.
    var departure: Int64?
    /// Whether it waits for its turn.
    var isReady = false
    /// Whether the last turn failed, which was logged.
    var hasFailed = false

    init(
        identity: FileIdentity, path: String, place: FilePlace, decoder: LineDecoder,
        counters: SourceCounters, joiner: LineJoiner?
    ) {
        self.identity = identity
        self.path = path
        self.decoder = decoder
        self.counters = counters
        self.joiner = joiner
        offset = place.offset
        isInsideLongLine = place.isInsideLongLine
        isComplete = place.isComplete
        fingerprint = place.fingerprint
    }

    /// Behind the last line that became a record.
    var place: FilePlace {
        var place = FilePlace()
        place.offset = joiner?.start ?? offset
        place.lanes = joiner?.places(at: offset) ?? []
        place.isInsideLongLine = isInsideLongLine && joiner?.start == nil
        place.isComplete = isComplete
        place.fingerprint = fingerprint
        place.path = linkTarget ?? path
        return place
    }

    var progress: SourceProgress {
        SourceProgress(source: SourceName.file(identity).bytes, place: place.bytes)
    }

    /// Whether the file changed since it was read last.
    func differs(from status: FileStatus) -> Bool {
        guard let seen else { return true }
        return seen != (status.size, status.modified)
    }

    /// Goes back to the start of a file that was cut or written anew.
    func restart() {
        offset = 0
        joiner?.forgetPlaces()
        isInsideLongLine = false
        unfinished = 0
        isComplete = false
        gzip = nil
    }

    func close() {
        descriptor = nil
        gzip = nil
    }
}

/// A descriptor that a class can hold on to and let go.
final class OpenFile {
    let file: FileDescriptor

    init(_ path: String) throws(OperationError) { file = try .open(path, .read) }
}
