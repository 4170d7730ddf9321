public import Core
import System

/// What an agent keeps below its `storage.path`, looked at from outside.
///
/// Nothing is locked and nothing is changed, so an agent may be running.
public struct JournalDirectory: Sendable {
    /// Journals of inputs, then quarantines of outputs, each by name.
    public private(set) var journals: [StoredJournal] = []
    /// Cursors of all outputs, by name; empty when the path leads to none.
    public private(set) var cursors: [StoredCursor] = []
    /// Whether all journals of the agent are there, not one alone.
    public private(set) var isWhole = false
    private var cursorDirectory: String?

    /// - Parameter path: a `storage.path`, the directory of one journal, or a segment file.
    /// - Throws: `fileReadFailed` when there is nothing that can be read, `journalOpenFailed` when
    ///   it is neither of the three.
    public init(_ path: String) throws(OperationError) {
        let path = Self.trimmed(path)
        switch FileSystem.kind(of: path) {
        case .directory: try readDirectory(path)
        case .file: try readFile(path)
        default:
            throw OperationError(
                .fileReadFailed, call: "open", target: path,
                reason: "there is no such file or directory", canRetry: false)
        }
    }

    /// Places of the outputs that read a journal, by the output's name.
    public func positions(in journal: StoredJournal) -> [(output: String, place: JournalPosition)] {
        Self.positions(in: journal, cursors)
    }

    /// Looks through a whole journal.
    ///
    /// Begins again, a few times at most, when the agent has moved on so far that what was read
    /// does not belong together.
    ///
    /// - Parameter onStep: called with each step of the first walk.
    public func survey(
        _ journal: StoredJournal, onStep: (JournalWalk.Step, JournalWalk) -> Void = { _, _ in }
    ) -> JournalSurvey {
        var survey = JournalSurvey(journal, positions: positions(in: journal), onStep: onStep)
        for _ in 0..<3 where survey.isStale {
            let again = journal.reloaded()
            let cursors = cursorDirectory.flatMap { try? StoredCursor.all(in: $0) } ?? cursors
            survey = JournalSurvey(
                again, positions: Self.positions(in: again, cursors),
                onStep: { _, _ in })
        }
        return survey
    }

    private static func positions(
        in journal: StoredJournal, _ cursors: [StoredCursor]
    ) -> [(output: String, place: JournalPosition)] {
        guard journal.kind == .input else { return [] }
        return cursors.compactMap { stored in
            stored.cursor?.positions[journal.name].map { (stored.output, $0) }
        }
    }

    // MARK: Finding

    private mutating func readFile(_ path: String) throws(OperationError) {
        let segment = StoredSegment(path: path)
        guard segment.number != 0 || segment.looksLikeSegment else {
            throw OperationError(
                .journalOpenFailed, call: "open", target: path,
                reason: "this is no segment of a journal", canRetry: false)
        }
        let place = Self.place(of: FileSystem.directory(of: path))
        journals = [StoredJournal(segment: segment, name: place.name, kind: place.kind)]
        try readCursors(below: place.storage)
    }

    private mutating func readDirectory(_ path: String) throws(OperationError) {
        let names = try FileSystem.list(path)
        let parts: [(name: String, kind: StoredJournal.Kind)] = [
            ("journal", .input), ("quarantine", .quarantine),
        ]
        if parts.contains(where: { names.contains($0.name) }) || names.contains("cursors") {
            isWhole = true
            for part in parts { try addJournals(in: path + "/" + part.name, part.kind) }
            // After the journals: a cursor must not be older than the list of segments.
            return try readCursors(below: path)
        }
        let place = Self.place(of: path)
        if let part = parts.first(where: { $0.name == place.fileName }),
            !names.contains(where: { $0.hasSuffix(SegmentName.suffix) })
        {
            try addJournals(in: path, part.kind)
            return try readCursors(below: place.parent)
        }
        guard
            names.contains(where: { $0.contains(SegmentName.suffix) })
                || place.isBelowJournals && names.isEmpty
        else {
            throw OperationError(
                .journalOpenFailed, call: "open", target: path,
                reason: "there is no journal in this directory", canRetry: false)
        }
        journals = [
            try StoredJournal(directory: path, name: place.name, kind: place.kind)
        ]
        try readCursors(below: place.storage)
    }

    private mutating func addJournals(
        in directory: String, _ kind: StoredJournal.Kind
    ) throws(OperationError) {
        guard FileSystem.kind(of: directory) == .directory else { return }
        for name in try FileSystem.list(directory) {
            let path = directory + "/" + name
            guard FileSystem.kind(of: path) == .directory else { continue }
            journals.append(
                try StoredJournal(
                    directory: path, name: StorageName.instance(ofFile: name), kind: kind))
        }
    }

    private mutating func readCursors(below storage: String?) throws(OperationError) {
        guard let storage else { return }
        cursorDirectory = storage + "/cursors"
        cursors = try StoredCursor.all(in: storage + "/cursors")
    }

    /// Where the directory of a journal stands.
    private struct Place {
        var fileName: String
        var parent: String
        var isBelowJournals: Bool
        var kind: StoredJournal.Kind
        /// The agent's `storage.path`; `nil` when the directory stands elsewhere.
        var storage: String?

        var name: String { StorageName.instance(ofFile: fileName) }
    }

    private static func place(of directory: String) -> Place {
        let whole = FileSystem.absolutePath(directory) ?? directory
        let parent = FileSystem.directory(of: whole)
        let role = FileSystem.name(of: parent)
        let isBelowJournals = role == "journal" || role == "quarantine"
        return Place(
            fileName: FileSystem.name(of: whole), parent: parent, isBelowJournals: isBelowJournals,
            kind: role == "quarantine" ? .quarantine : .input,
            storage: isBelowJournals ? FileSystem.directory(of: parent) : nil)
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
