import Core
import System

/// A directory of segments, looked at from outside while an agent may be using it.
public struct StoredJournal: Sendable, Equatable {
    public enum Kind: Sendable {
        /// Records of an input.
        case input
        /// Records that an output could not deliver.
        case quarantine
    }

    /// Damaged bytes that an agent has set aside.
    public struct SetAside: Sendable, Equatable {
        public let path: String
        public let byteCount: Int
    }

    /// The input's name; the output's for a quarantine.
    public let name: String
    public let kind: Kind
    /// The directory.
    public let path: String
    /// By number.
    public private(set) var segments: [StoredSegment] = []
    public private(set) var setAside: [SetAside] = []
    /// Whether only one file of the journal was asked for.
    public let isPart: Bool

    /// - Throws: `fileReadFailed` when the directory cannot be listed.
    init(directory path: String, name: String, kind: Kind) throws(OperationError) {
        self.path = path
        self.name = name
        self.kind = kind
        isPart = false
        for file in try FileSystem.list(path) {
            let whole = path + "/" + file
            // Nothing but files: opening a pipe would wait.
            guard FileSystem.kind(of: whole) == .file else { continue }
            if SegmentName.number(of: file) != nil {
                segments.append(StoredSegment(path: whole))
            } else if file.contains(SegmentName.suffix + ".corrupt-") {
                setAside.append(
                    SetAside(path: whole, byteCount: StoredSegment(path: whole).byteCount))
            }
        }
    }

    /// A journal of which only one segment is looked at.
    init(segment: StoredSegment, name: String, kind: Kind) {
        path = FileSystem.directory(of: segment.path)
        self.name = name
        self.kind = kind
        isPart = true
        segments = [segment]
    }

    /// Bytes in all segments now.
    public var byteCount: Int { segments.reduce(0) { $0 + $1.byteCount } }

    /// Goes through the journal.
    ///
    /// - Parameter record: segments that end before this record are left out.
    public func walk(from record: UInt64 = 0) -> JournalWalk {
        var rest = segments[...]
        while record > 0, rest.count > 1, let header = rest[rest.startIndex + 1].readHeader(),
            header.firstRecord <= record
        {
            rest.removeFirst()
        }
        return JournalWalk(Array(rest), isOpenEnded: !isPart)
    }

    /// The journal as its directory is now.
    func reloaded() -> StoredJournal {
        if isPart { return self }
        return (try? StoredJournal(directory: path, name: name, kind: kind)) ?? self
    }
}
