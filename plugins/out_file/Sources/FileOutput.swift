import Codec
public import Core
import System

/// Writes records into files, exactly once: the `file` output.
///
/// Records are encoded into memory by `write` and reach the files in `commit`, or before it where
/// a restart would cut them off again. Compressed files end a gzip member or zstd frame at every
/// commit, so the committed length is always a whole file.
/// A rotation is decided in one commit, saved with its state, and carried out by the next one:
/// whichever state a restart begins from, it can tell what has been done.
public final class FileOutput: Output {
    public static let info = PluginInfo(
        kind: .output, name: "file", summary: "Writes records into local files",
        options: FileSettings.options)

    let settings: FileSettings
    let clock: () -> Timestamp
    var log = Log.silent
    private var writer: JSONLinesWriter
    private var router: FileRouter
    var packer: Packer
    var files: [String: DestinationFile] = [:]
    var openFiles: OpenFiles
    var lastFile: DestinationFile?
    /// Files with records that wait for the next commit.
    var dirty: [DestinationFile] = []
    var renames: [FileState.Rename] = []
    private var saidGone: Set<String> = []
    private var isFirstOpen = true
    private var uses = 0
    /// Encoded bytes of one file that are held in memory before the commit.
    var holdLimit = 256 << 10

    public convenience init(settings: PluginSettings) throws(SettingsError) {
        try self.init(settings: settings, clock: { .now() })
    }

    /// - Parameter clock: the wall clock, for rotation.
    init(settings: PluginSettings, clock: @escaping () -> Timestamp) throws(SettingsError) {
        let settings = try FileSettings(settings)
        self.settings = settings
        self.clock = clock
        writer = JSONLinesWriter(dateKey: settings.dateKey)
        router = FileRouter(settings.template, fileExtension: settings.fileExtension)
        packer = Packer(settings.compression, keptLength: 1 << 20)
        openFiles = OpenFiles(limit: settings.openLimit, isDurable: settings.isDurable)
    }

    // MARK: State

    public func open(resuming state: [UInt8], log: Log) throws(OperationError) {
        close()
        self.log = log
        try packer.open()
        if isFirstOpen, settings.compression == .gzip, let remark = GzipEncoder.remark {
            log.info(remark)
        }
        isFirstOpen = false
        guard let state = FileState(state) else {
            log.error("the saved state of the files is not readable; appending to what is there")
            return
        }
        var renamed: Set<String> = []
        for rename in state.renames where try complete(rename) { renamed.insert(rename.path) }
        for file in state.files where !renamed.contains(file.path) {
            if try isGone(file.path) {
                sayGone(file.path, length: file.length)
                continue
            }
            let known = DestinationFile(
                path: file.path, length: file.length, period: file.period)
            try openFiles.open(known, log: log)
            known.isKnown = true
            files[file.path] = known
        }
        closeUnused()
    }

    /// Finishes a rotation that the saved state had decided.
    ///
    /// - Returns: whether the file under the old name, if any, is a new one without committed bytes.
    private func complete(_ rename: FileState.Rename) throws(OperationError) -> Bool {
        if FileSystem.kind(of: rename.target) != nil {
            // Done before; what is under the old name now was never committed.
            if FileSystem.kind(of: rename.path) != nil { try FileSystem.remove(rename.path) }
            return true
        }
        if try isGone(rename.path) {
            sayGone(rename.path, length: rename.length)
            return true
        }
        let file = DestinationFile(path: rename.path, length: rename.length, period: 0)
        try file.open(isDurable: settings.isDurable, log: log)
        try carryOut(rename)
        return true
    }

    /// Whether somebody removed a file that the state lists.
    ///
    /// - Throws: when nobody can tell, because its directory is away, as a disk may be that is not
    ///   mounted: the file may come back with it.
    private func isGone(_ path: String) throws(OperationError) -> Bool {
        if FileSystem.kind(of: path) != nil { return false }
        guard FileSystem.isAbsent(path) else {
            _ = try FileDescriptor.open(path, .write)
            return false
        }
        if path.hasPrefix(settings.template.root + "/") { try makeRoot(for: path) }
        return true
    }

    private func sayGone(_ path: String, length: Int) {
        // Starting over after an error finds it gone again.
        guard length > 0, saidGone.insert(path).inserted else { return }
        log.error("\(path): is gone with \(length) bytes delivered into it")
    }

    public func plan() -> [UInt8]? {
        let unknown = dirty.filter { !$0.isKnown }
        if unknown.isEmpty { return nil }
        do throws(OperationError) {
            for file in unknown { try findLength(of: file) }
        } catch {
            // The commit throws it again: a plan that guesses would cut a file that comes back.
            return nil
        }
        for file in unknown { file.isKnown = true }
        return state.encoded()
    }

    var state: FileState {
        var state = FileState()
        let listed = files.values.filter(\.isKnown).sorted { $0.path < $1.path }
        state.files = listed.map {
            FileState.File(path: $0.path, length: $0.length, period: $0.period)
        }
        state.renames = renames
        return state
    }

    // MARK: Writing

    public func write(_ batch: borrowing RecordBatch) throws(OperationError) {
        if router.ignoresRecords {
            let file = file(router.path(tag: batch.tag))
            writer.append(batch, to: &file.pending)
            try writeEarly(file)
            return
        }
        for run in batch.runs where run.count > 0 {
            if router.isRunConstant(run.shape) {
                var path: String?
                var first = run
                first.count = 1
                batch.forEachRow(of: first) { row, _ in
                    path = router.path(of: row, tag: batch.tag, received: batch.received)
                }
                guard let path else { continue }
                let file = file(path)
                writer.append(run, of: batch, to: &file.pending)
                try writeEarly(file)
            } else {
                try writeByRow(run, of: batch)
            }
        }
    }

    /// Neighbouring rows of one path are encoded together.
    private func writeByRow(
        _ run: RecordBatch.Run, of batch: borrowing RecordBatch
    ) throws(OperationError) {
        let prefix = run.shape.hasVariablePart ? 4 : 0
        var part = run
        part.count = 0
        part.byteCount = 0
        var parts: [(run: RecordBatch.Run, path: String)] = []
        var current = ""
        batch.forEachRow(of: run) { row, range in
            let path = router.path(of: row, tag: batch.tag, received: batch.received)
            if part.count > 0, path != current {
                parts.append((part, current))
                part.start += part.byteCount
                part.count = 0
                part.byteCount = 0
            }
            current = path
            part.count += 1
            part.byteCount += range.count + prefix
        }
        if part.count > 0 { parts.append((part, current)) }
        for (run, path) in parts {
            let file = file(path)
            writer.append(run, of: batch, to: &file.pending)
            try writeEarly(file)
        }
    }

    /// Writes what waits for a file before its commit, so that little is held in memory.
    ///
    /// Only into a file that the saved state knows: whatever lies behind its committed length is
    /// cut off when a restart comes first. Compressed files get one member per commit, as a whole.
    private func writeEarly(_ file: DestinationFile) throws(OperationError) {
        guard file.pending.count >= holdLimit, settings.compression == .none, file.isKnown,
            file.isOpen
        else { return }
        try file.write(contentsOf: file.pending)
        file.pending.removeAll()
    }

    /// The file at `path`, marked as one to commit.
    private func file(_ path: String) -> DestinationFile {
        if let lastFile, lastFile.path == path, lastFile.isDirty { return lastFile }
        let file: DestinationFile
        if let known = files[path] {
            file = known
        } else {
            // A file that no state knows holds what others, or an earlier agent, wrote.
            file = DestinationFile(path: path, length: 0, period: period)
            files[path] = file
        }
        if !file.isDirty { dirty.append(file) }
        file.isDirty = true
        uses += 1
        file.lastUse = uses
        lastFile = file
        return file
    }

    public func destination(of row: Row, tag: String, received: Timestamp) -> String {
        router.path(of: row, tag: tag, received: received)
    }
}
