import Core
import Parsers
import System

/// Finds files and decides where each is read from.
final class FileSearch {
    /// What a name of a pattern stands for.
    struct Found {
        var path: String
        var pattern: Int
        var status: FileStatus
    }

    private let settings: TailSettings
    private let ledger: SourceLedger
    private let log: Log
    private let parser: any LineParser
    private let multiline: MultilineMatcher?
    private let containers: ContainerReader?
    private let openFiles: OpenFiles
    /// Places that an earlier process had come to, of files that were not found yet.
    private(set) var recovered: [FileIdentity: FilePlace] = [:]
    /// Patterns of an earlier process.
    private(set) var knownPatterns: Set<String> = []
    /// Paths that could not be opened, which was logged.
    private var refused: Set<String> = []
    private var buffer = ByteBuffer()

    init(
        settings: TailSettings, parser: any LineParser, containers: ContainerReader?,
        openFiles: OpenFiles, sink: any BatchSink
    ) {
        self.settings = settings
        self.parser = parser
        self.openFiles = openFiles
        ledger = sink.ledger
        log = sink.log
        self.containers = containers
        multiline = settings.multiline.flatMap { plan in
            plan.rules.isEmpty ? nil : MultilineMatcher(plan.rules)
        }
        for step in sink.recoveredPlaces.all {
            switch SourceName(step.source) {
            case .file(let identity): recovered[identity] = FilePlace(step.place)
            case .pattern(let pattern): knownPatterns.insert(pattern)
            case nil: break
            }
        }
    }

    /// What the patterns fit now.
    func find() -> [Found] {
        settings.patterns.expand().compactMap { path, pattern in
            guard let status = FileSystem.status(of: path), status.kind == .file else {
                return nil
            }
            return Found(path: path, pattern: pattern, status: status)
        }
    }

    /// Begins to follow a file that is not followed yet.
    ///
    /// - Parameter isFirst: it was there when the input started.
    /// - Returns: `nil` when it cannot be read, or is not to be read, for now.
    func follow(_ found: Found, isFirst: Bool) -> TailedFile? {
        let identity = FileIdentity(found.status)
        let known = recovered[identity]
        let skipsContent =
            isFirst && known == nil && !settings.readsFromHead
            && !knownPatterns.contains(settings.patterns.included[found.pattern])
        if known == nil, !skipsContent, isTooOld(found.status) { return nil }
        do throws(OperationError) {
            let open = try openFiles.openFile(found.path)
            let status = try open.file.status(target: found.path)
            // Replaced since it was found: the next search will tell.
            guard FileIdentity(status) == identity else { return nil }
            try LineReader.readHead(open, found.path, into: &buffer)
            var place = start()
            if let known {
                place = resume(known, path: found.path, status)
            } else if skipsContent {
                place = try end(of: open, found.path, status)
            }
            recovered[identity] = nil
            refused.remove(found.path)
            let file = make(identity, found.path, place)
            file.isCompressed = buffer.withBytes(LineReader.isCompressed)
            openFiles.adopt(open, for: file)
            if file.isComplete { openFiles.close(file) }
            return file
        } catch {
            if refused.insert(found.path).inserted {
                log.error("\(error); looking again at each refresh")
            }
            return nil
        }
    }

    private func isTooOld(_ status: FileStatus) -> Bool {
        guard let limit = settings.ageLimit else { return false }
        return Timestamp.now().nanoseconds(since: status.modified) > limit
    }

    private func make(_ identity: FileIdentity, _ path: String, _ place: FilePlace) -> TailedFile {
        let counters = ledger.counters(for: path)
        let file = TailedFile(
            identity: identity, path: path, place: place,
            decoder: LineDecoder(parser: parser, counters: counters), counters: counters,
            joiner: makeJoiner(place))
        file.linkTarget = FileSystem.target(ofLink: path)
        return file
    }

    private func makeJoiner(_ place: FilePlace) -> LineJoiner? {
        if settings.multiline == nil { return nil }
        return LineJoiner(
            containers: containers, matcher: multiline, limit: settings.lineLimit,
            resumed: place.lanes)
    }

    // MARK: Where to read from; `buffer` holds the file's head

    /// The place of an earlier process, when this is still the file that it read.
    private func resume(
        _ known: FilePlace, path: String, _ status: FileStatus
    ) -> FilePlace {
        let isCompressed = buffer.withBytes(LineReader.isCompressed)
        let isSame =
            buffer.withBytes(known.fingerprint.fits)
            && (isCompressed || known.offset <= status.size)
        if !isSame { log.info("\(path) is not the file that was read before; reading all of it") }
        return isSame ? known : start()
    }

    private func start() -> FilePlace {
        var place = FilePlace()
        place.fingerprint = buffer.withBytes { Fingerprint(of: $0) }
        return place
    }

    /// Behind the last line end; a compressed file is done with.
    private func end(
        of open: OpenFile, _ path: String, _ status: FileStatus
    ) throws(OperationError) -> FilePlace {
        var place = start()
        if buffer.withBytes(LineReader.isCompressed) {
            place.isComplete = true
            return place
        }
        let reach = min(status.size, 64 << 10)
        var tail = ByteBuffer()
        _ = try open.file.read(into: &tail, at: status.size - reach, count: reach, target: path)
        var lineStart = 0
        while let end = tail.bytes.firstIndex(of: UInt8(ascii: "\n"), from: lineStart) {
            lineStart = end + 1
        }
        // A line without an end in reach began long ago: what follows is its rest.
        place.isInsideLongLine = lineStart == 0 && reach < status.size
        place.offset = place.isInsideLongLine ? status.size : status.size - reach + lineStart
        return place
    }

    // MARK: Files that have other names now

    /// Looks for a file of an earlier process that the patterns do not fit any more.
    ///
    /// - Returns: `nil` when it is gone, or was read to its end.
    func followRenamed(_ identity: FileIdentity, _ place: FilePlace) -> TailedFile? {
        guard !place.isComplete, let path = path(of: identity, near: place.path),
            let status = FileSystem.status(of: path)
        else { return nil }
        return follow(Found(path: path, pattern: 0, status: status), isFirst: false)
    }

    /// Where a file is that had the name `path`, in the same directory.
    func path(of identity: FileIdentity, near path: String) -> String? {
        let directory = FileSystem.directory(of: path)
        guard let names = try? FileSystem.list(directory) else { return nil }
        return names.lazy.map { directory + "/" + $0 }.first { path in
            FileSystem.status(of: path).map { FileIdentity($0) == identity } ?? false
        }
    }

    /// Gives up on a place of an earlier process.
    func dropRecovered(_ identity: FileIdentity) { recovered[identity] = nil }
}
