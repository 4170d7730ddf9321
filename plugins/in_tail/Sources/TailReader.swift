import Core
import Parsers
import System

/// Follows files, step by step: looks for them, reads each in turn, submits what it read.
///
/// Waits for nothing but the sink; `TailLoop` decides when the steps are due.
final class TailReader {
    private let settings: TailSettings
    private let sink: any BatchSink
    private let log: Log
    private let search: FileSearch
    private let openFiles: OpenFiles
    private let batch: TailBatch
    private let lines: LineReader
    private(set) var table = FileTable()
    /// Files that were renamed or removed, until they are read to their end.
    private var departed: [TailedFile] = []
    /// Files with a group of lines that waits for more.
    private var grouping: [TailedFile] = []
    private var isFirstScan = true
    /// The sink took nothing: the agent is stopping, and this reader is where it was.
    private(set) var isOver = false

    init(
        settings: TailSettings, parser: any LineParser, sink: any BatchSink,
        openLimit: Int? = nil
    ) {
        self.settings = settings
        self.sink = sink
        log = sink.log
        openFiles =
            openLimit.map { OpenFiles(limit: $0, log: sink.log) } ?? OpenFiles(log: sink.log)
        let containers = settings.makeContainerReader()
        batch = TailBatch(settings: settings, containers: containers, sink: sink)
        lines = LineReader(settings: settings, batch: batch, log: sink.log)
        search = FileSearch(
            settings: settings, parser: parser, containers: containers, openFiles: openFiles,
            sink: sink)
    }

    /// Whether a file waits for its turn.
    var hasWork: Bool { table.readyCount > 0 }

    var openCount: Int { openFiles.count }

    // MARK: Looking for files

    /// Finds new files, and those that were renamed or removed.
    ///
    /// - Parameter now: on the monotonic clock, as everywhere here.
    func scan(now: Int64) {
        let found = search.find()
        var seen: Set<FileIdentity> = []
        for item in found { take(item, &seen) }
        if isFirstScan {
            takeUpRecovered(besides: found, now: now)
            notePatterns()
            isFirstScan = false
            if table.count == 0 {
                let paths = settings.patterns.included.joined(separator: ", ")
                log.warning("no file fits \(paths) yet; waiting for one")
            }
        }
        for file in Array(table.all) where file.departure == nil && !seen.contains(file.identity) {
            if hasLeft(file) { depart(file, now: now) }
        }
    }

    private func take(_ found: FileSearch.Found, _ seen: inout Set<FileIdentity>) {
        let identity = FileIdentity(found.status)
        let isNewHere = seen.insert(identity).inserted
        guard let file = table[identity] else {
            if isNewHere { follow(found) }
            return
        }
        if isNewHere || file.path == found.path {
            table.rename(
                file, to: found.path, linkTarget: FileSystem.target(ofLink: found.path))
        }
        if file.departure != nil {
            file.departure = nil
            departed.removeAll { $0 === file }
        }
        if file.hasFailed || file.differs(from: found.status) { table.markReady(file) }
    }

    private func follow(_ found: FileSearch.Found) {
        guard let file = search.follow(found, isFirst: isFirstScan) else { return }
        log.debug("following \(file.path) from byte \(file.offset)")
        table.insert(file)
        table.markReady(file)
        // A later start then knows that the file was there.
        if file.offset > 0 || file.isComplete { batch.note(file) }
    }

    /// The files of an earlier process that were renamed since are read to their end.
    private func takeUpRecovered(besides found: [FileSearch.Found], now: Int64) {
        let named = Set(found.map { FileIdentity($0.status) })
        for (identity, place) in search.recovered where !named.contains(identity) {
            // Of a directory that is not there, nobody knows what it holds.
            let directory = FileSystem.directory(of: place.path)
            guard FileSystem.kind(of: directory) == .directory else { continue }
            if let file = search.followRenamed(identity, place) {
                log.info("going on with \(place.path) under its new name \(file.path)")
                table.insert(file)
                depart(file, now: now)
            } else {
                search.dropRecovered(identity)
                batch.forget(identity)
            }
        }
    }

    /// Lets a later start tell new files from those that were there before.
    private func notePatterns() {
        let patterns = Set(settings.patterns.included)
        for pattern in patterns.subtracting(search.knownPatterns).sorted() {
            batch.note(.pattern(pattern), place: [1])
        }
        for pattern in search.knownPatterns.subtracting(patterns).sorted() {
            batch.note(.pattern(pattern), place: [])
        }
    }

    private func depart(_ file: TailedFile, now: Int64) {
        if file.isComplete { return remove(file) }
        log.debug("\(file.path) was renamed or removed; reading the rest")
        if file.descriptor == nil, !findAgain(file) { return }
        file.departure = now
        departed.append(file)
        table.markReady(file)
    }

    /// Whether the file's path leads to no file, or another one; not when nobody can tell.
    private func hasLeft(_ file: TailedFile) -> Bool {
        guard let status = FileSystem.status(of: file.path) else {
            return FileSystem.isAbsent(file.path)
        }
        return FileIdentity(status) != file.identity
    }

    /// Looks for the new name of a file that is not open.
    ///
    /// - Returns: `false` when it has none; then it is not followed any more.
    private func findAgain(_ file: TailedFile) -> Bool {
        guard let path = search.path(of: file.identity, near: file.linkTarget ?? file.path) else {
            log.warning("\(file.path) is gone; it may have been longer than what was read")
            remove(file)
            return false
        }
        table.rename(file, to: path, linkTarget: nil)
        return true
    }

    private func remove(_ file: TailedFile) {
        endGroups(of: file)
        openFiles.close(file)
        table.remove(file)
        departed.removeAll { $0 === file }
        batch.forget(file.identity)
    }

    // MARK: What happened

    /// Something happened to the file with this path, if that is one.
    ///
    /// - Returns: whether it is.
    @discardableResult
    func markChanged(path: String) -> Bool {
        guard let file = table.file(named: path) else { return false }
        table.markReady(file)
        return true
    }

    /// Anything may have happened.
    func markAllChanged() {
        for file in Array(table.all) { table.markReady(file) }
    }

    /// Looks which files changed without being told.
    func poll() {
        for file in Array(table.all) where file.departure == nil {
            guard let status = FileSystem.status(of: file.path) else { continue }
            if file.differs(from: status) { table.markReady(file) }
        }
    }

    /// Directories where something can happen.
    func directories() -> [String] {
        var found = Set(settings.patterns.directories())
        for file in table.all {
            found.insert(FileSystem.directory(of: file.path))
            if let target = file.linkTarget { found.insert(FileSystem.directory(of: target)) }
        }
        return found.sorted()
    }

    // MARK: Reading

    /// Gives every file that has something to read one turn, and submits what that gave.
    func readOnce(now: Int64) {
        for file in departed { table.markReady(file) }
        for file in table.takeReady() where table[file.identity] === file {
            if isOver { return }
            takeTurn(file, isLast: isDue(file, now: now), now: now)
            if batch.isFull { submit() }
        }
        for file in grouping where file.joiner?.deadline.map({ $0 <= now }) ?? true {
            endGroups(of: file, dueBy: now)
        }
        submit()
    }

    /// Takes what stands behind the last line ends for lines, and waiting groups for whole.
    func finish(now: Int64) {
        for file in Array(table.all) where !isOver && !file.isComplete {
            takeTurn(file, isLast: true, now: now)
            if batch.isFull { submit() }
        }
        submit()
    }

    /// Whether a renamed or removed file was given time enough.
    private func isDue(_ file: TailedFile, now: Int64) -> Bool {
        file.departure.map { now - $0 >= settings.rotateWait } ?? false
    }

    private func takeTurn(_ file: TailedFile, isLast: Bool, now: Int64) {
        file.isReady = false
        do throws(OperationError) {
            guard try openFiles.open(file) else {
                // Under another name by now, or gone: the next scan tells of those that it knows.
                if file.departure != nil, findAgain(file) { table.markReady(file) }
                return
            }
            if file.isCompressed, !openFiles.mayDecompress(file) { return table.markReady(file) }
            let before = file.offset
            let outcome = try lines.read(file, isLast: isLast)
            file.hasFailed = false
            noteGroups(of: file, now: now)
            if outcome == .hasMore {
                table.markReady(file)
                if file.departure != nil { file.departure = now }
            } else if file.isComplete {
                file.departure == nil ? openFiles.close(file) : remove(file)
            } else if file.departure != nil {
                if file.offset != before, !isLast { file.departure = now }
                if isLast { remove(file) }
            }
        } catch {
            fail(file, error, isLast: isLast)
        }
    }

    private func fail(_ file: TailedFile, _ error: OperationError, isLast: Bool) {
        if !file.hasFailed { log.error("\(error)") }
        file.hasFailed = true
        file.counters.count(error.code)
        if isLast { remove(file) }
    }

    private func noteGroups(of file: TailedFile, now: Int64) {
        guard let joiner = file.joiner else { return }
        joiner.noteTurn(now: now)
        if joiner.start != nil, !grouping.contains(where: { $0 === file }) {
            grouping.append(file)
        }
    }

    /// - Parameter now: leaves groups that wait longer; `nil` leaves none.
    private func endGroups(of file: TailedFile, dueBy now: Int64? = nil) {
        if file.joiner?.start != nil {
            batch.begin()
            batch.flushGroups(of: file, dueBy: now)
            batch.note(file)
            batch.end(file)
        }
        if file.joiner?.start == nil { grouping.removeAll { $0 === file } }
    }

    private func submit() {
        if !batch.submit() { isOver = true }
    }

    /// When a step is due although nothing happened; `nil` when none is.
    func deadline(now: Int64) -> Int64? {
        let group = grouping.compactMap { $0.joiner?.deadline }.min()
        // Nobody tells about a file that left its directory.
        let poll = departed.isEmpty ? nil : now + 100_000_000
        return [group, poll].compactMap { $0 }.min()
    }
}
