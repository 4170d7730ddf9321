import Codec
public import Core
import Glibc
import System

extension FileOutput {
    public func commit() throws(OperationError) -> [UInt8] {
        // The state that decided them has been saved by now.
        for rename in renames { try carryOut(rename) }
        renames.removeAll()
        lastFile = nil
        try checkPlan()
        for file in dirty {
            do throws(OperationError) {
                try deliver(file)
            } catch {
                throw refusal(error, of: file.path)
            }
        }
        if settings.isDurable {
            for file in dirty { try file.synchronize() }
        }
        dirty.removeAll(keepingCapacity: true)
        decideRotations()
        closeUnused()
        return state.encoded()
    }

    /// Nothing may be written before a plan is saved that lists every file.
    ///
    /// - Throws: why `plan` could not tell the length of one.
    private func checkPlan() throws(OperationError) {
        for file in dirty where !file.isKnown {
            do throws(OperationError) {
                try findLength(of: file)
            } catch {
                throw refusal(error, of: file.path)
            }
        }
        guard let file = dirty.first(where: { !$0.isKnown }) else { return }
        throw OperationError(
            .fileOpenFailed, call: "open", target: file.path,
            reason: "it could not be opened a moment ago", canRetry: true)
    }

    /// Puts a file's waiting records into it.
    private func deliver(_ file: DestinationFile) throws(OperationError) {
        if file.isOpen, FileSystem.kind(of: file.path) == nil {
            log.error("\(file.path): somebody removed it; starting it again")
            if file.earlyLength > 0 {
                // A part of the commit went with it: starting over brings its records again.
                throw OperationError(
                    .fileWriteFailed, call: "write", target: file.path,
                    reason: "the file is gone", canRetry: true)
            }
            openFiles.close(file)
            file.length = 0
        }
        if !file.isOpen {
            try makeDirectory(for: file.path)
            try openFiles.open(file, log: log)
        }
        if file.length == 0 { file.period = period }
        if !file.pending.isEmpty {
            try packer.pack(file.pending) { bytes throws(OperationError) in try file.write(bytes) }
        }
        file.confirm()
        // Storage for the next round, but not much of it when there are many files.
        file.pending.removeAll(keepingAtMost: files.count > 16 ? 16 << 10 : 1 << 20)
    }

    /// The error of a path that no try again will make: its records can never be written.
    ///
    /// Only of paths made from records; a wrong path in the settings is somebody's to correct.
    private func refusal(_ error: OperationError, of path: String) -> OperationError {
        guard !settings.template.fields.isEmpty,
            [ENAMETOOLONG, EISDIR, ENOTDIR, ELOOP].contains(error.errno),
            FileSystem.kind(of: settings.template.root) == .directory
        else { return error }
        return OperationError(
            .recordRefused, call: error.call, target: path, errno: error.errno)
    }

    /// Makes the directories that come from placeholders, and the others when that is allowed.
    private func makeDirectory(for path: String) throws(OperationError) {
        try makeRoot(for: path)
        try FileSystem.makeDirectories(FileSystem.directory(of: path))
    }

    /// Makes the directory of all files when that is allowed.
    func makeRoot(for path: String) throws(OperationError) {
        let root = settings.template.root
        if settings.makesRoot { return try FileSystem.makeDirectories(root) }
        if FileSystem.kind(of: root) == .directory { return }
        let isAbsent = FileSystem.isAbsent(root)
        throw OperationError(
            .fileOpenFailed, call: "open", target: path,
            reason: isAbsent
                ? "there is no directory '\(root)'; make it or set 'mkdir: true'"
                : "'\(root)' is no directory that the agent can use", canRetry: true)
    }

    /// Finds out how long a file is that this output has not written yet.
    func findLength(of file: DestinationFile) throws(OperationError) {
        if renames.contains(where: { $0.path == file.path })
            || FileSystem.isAbsent(file.path)
        {
            // Without its directory nobody can tell: it may be away with a file in it.
            try makeDirectory(for: file.path)
            file.length = 0
            return
        }
        let found = try FileDescriptor.open(file.path, .write)
        file.length = try found.size(target: file.path)
    }

    // MARK: Rotation

    /// The start of the rotation period of this moment, in seconds since 1970.
    var period: Int64 {
        guard let seconds = settings.rotateSeconds else { return 0 }
        return clock().seconds / seconds * seconds
    }

    public var deadline: Timestamp? {
        if !renames.isEmpty { return Timestamp(nanoseconds: 0) }
        guard let seconds = settings.rotateSeconds else { return nil }
        let oldest = files.values.filter { $0.length > 0 }.map(\.period).min()
        return oldest.map { Timestamp(seconds: $0 + seconds) }
    }

    /// Marks the files that are long or old enough; the next commit renames them.
    private func decideRotations() {
        guard settings.rotateSize != nil || settings.rotateSeconds != nil else { return }
        let period = self.period
        var taken: Set<String> = []
        for file in files.values.sorted(by: { $0.path < $1.path }) where file.length > 0 {
            let isLong = settings.rotateSize.map { file.length >= $0 } ?? false
            let isOld = settings.rotateSeconds != nil && file.period < period
            guard isLong || isOld else { continue }
            let target = Rotation.target(
                for: file.path, fileExtension: settings.fileExtension, at: clock(), taken: taken)
            taken.insert(target)
            renames.append(
                FileState.Rename(path: file.path, target: target, length: file.length))
            forget(file)
        }
    }

    func carryOut(_ rename: FileState.Rename) throws(OperationError) {
        if FileSystem.kind(of: rename.path) == nil {
            log.error("\(rename.path): somebody removed it before it was rotated")
            return
        }
        try FileSystem.rename(rename.path, to: rename.target)
        if settings.isDurable { try FileSystem.synchronizeDirectory(of: rename.target) }
        log.info("rotated \(rename.path) to \(rename.target)")
        if let count = settings.rotateCount {
            try Rotation.removeOldest(
                of: rename.path, fileExtension: settings.fileExtension, keeping: count)
        }
    }

    // MARK: Closing

    /// Forgets the files used longest ago; they are committed, so no state needs to list them.
    func closeUnused() {
        guard files.count > settings.openLimit else { return }
        let byAge = files.values.filter { !$0.isDirty }.sorted { $0.lastUse < $1.lastUse }
        for file in byAge.prefix(files.count - settings.openLimit) { forget(file) }
    }

    private func forget(_ file: DestinationFile) {
        openFiles.close(file)
        files[file.path] = nil
    }

    public func close() {
        openFiles.closeAll()
        files.removeAll()
        dirty.removeAll()
        renames.removeAll()
        lastFile = nil
    }
}
