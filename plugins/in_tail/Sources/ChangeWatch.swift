import Core
import System

/// Hears of changes in the directories of a reader's files.
struct ChangeWatch: ~Copyable {
    private var watch: DirectoryWatch
    /// Directories by number; one that has two names has one number.
    private var directories: [Int32: [String]] = [:]
    private var known: Set<String> = []

    init() throws(OperationError) { watch = try DirectoryWatch() }

    var descriptor: Int32 { watch.descriptor }

    /// Watches directories that are not watched yet.
    ///
    /// - Returns: whether there were any.
    /// - Throws: when the system lets nobody watch more.
    mutating func cover(_ paths: [String]) throws(OperationError) -> Bool {
        let before = known.count
        for path in paths where !known.contains(path) {
            let number: Int32
            do {
                number = try watch.add(path)
            } catch {
                // Gone or closed to us; those that can be watched later are tried again.
                if !error.isShortage { continue }
                throw error
            }
            known.insert(path)
            directories[number, default: []].append(path)
        }
        return known.count > before
    }

    /// Tells the reader what happened.
    ///
    /// - Returns: whether files may have come, gone or been renamed.
    mutating func deliver(
        to reader: TailReader, patterns: PathPatterns
    ) throws(OperationError) -> Bool {
        var needsScan = false
        var ended: [Int32] = []
        let directories = self.directories
        try watch.takeEvents { event in
            switch event.kind {
            case .overflow:
                reader.markAllChanged()
                needsScan = true
            case .end:
                ended.append(event.watch)
                needsScan = true
            case .content, .name:
                let isName = event.kind == .name
                for directory in directories[event.watch] ?? [] {
                    let path = directory == "." ? event.name : directory + "/" + event.name
                    // A file that was passed over may be wanted after a change.
                    let isOurs = reader.markChanged(path: path)
                    let isWanted =
                        patterns.mayConcern(name: event.name) && !patterns.excludes(path)
                    if isOurs ? isName : isWanted { needsScan = true }
                }
            }
        }
        for number in ended {
            for path in self.directories.removeValue(forKey: number) ?? [] { known.remove(path) }
        }
        return needsScan
    }
}

extension OperationError {
    /// Whether the system has no more of something, as opposed to a path that is wrong.
    fileprivate var isShortage: Bool {
        errno == SystemError.noSpace || errno == SystemError.noDescriptor
    }
}
