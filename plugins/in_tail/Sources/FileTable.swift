import System

/// All files that are followed, and which of them have something to read.
struct FileTable {
    private var files: [FileIdentity: TailedFile] = [:]
    /// By path, and by where a link leads.
    private var names: [String: TailedFile] = [:]
    /// Files that wait for their turn, in order.
    private var ready: [TailedFile] = []

    var count: Int { files.count }
    var all: some Sequence<TailedFile> { files.values }
    var readyCount: Int { ready.count }

    subscript(identity: FileIdentity) -> TailedFile? { files[identity] }

    /// The file that was found under this path.
    func file(named path: String) -> TailedFile? { names[path] }

    mutating func insert(_ file: TailedFile) {
        files[file.identity] = file
        setNames(of: file)
    }

    mutating func remove(_ file: TailedFile) {
        files[file.identity] = nil
        for name in [file.path, file.linkTarget ?? file.path] where names[name] === file {
            names[name] = nil
        }
    }

    /// Notes the name under which a file was found.
    mutating func rename(_ file: TailedFile, to path: String, linkTarget: String?) {
        if file.path == path, file.linkTarget == linkTarget, names[path] === file { return }
        for name in [file.path, file.linkTarget ?? file.path] where names[name] === file {
            names[name] = nil
        }
        file.path = path
        file.linkTarget = linkTarget
        setNames(of: file)
    }

    private mutating func setNames(of file: TailedFile) {
        names[file.path] = file
        if let target = file.linkTarget { names[target] = file }
    }

    /// Puts a file at the end of those that wait for their turn.
    mutating func markReady(_ file: TailedFile) {
        if file.isReady || file.isComplete && file.departure == nil { return }
        file.isReady = true
        ready.append(file)
    }

    /// Takes all files that wait for their turn; each stays marked until it has it.
    mutating func takeReady() -> [TailedFile] {
        let taken = ready
        ready = []
        return taken
    }
}
