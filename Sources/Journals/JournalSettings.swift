/// Where and how a journal keeps its frames.
public struct JournalSettings: Sendable {
    public enum Storage: Sendable, Equatable {
        case memory
        /// Segment files in this directory.
        case filesystem(directory: String)
    }

    /// When appended frames are on the disk.
    public enum Synchronization: Sendable {
        /// The page cache has them: a crash of the process loses nothing, one of the machine may.
        case normal
        /// `append` returns when the disk has them.
        case full
    }

    public var storage: Storage
    public var synchronization: Synchronization
    /// A segment is closed when the next frame would make it longer, in bytes.
    public var segmentLength: Int
    /// `append` waits while more than this many bytes wait for delivery; `nil` never.
    public var limit: Int?

    public init(
        storage: Storage, synchronization: Synchronization = .normal, segmentLength: Int? = nil,
        limit: Int? = nil
    ) {
        self.storage = storage
        self.synchronization = synchronization
        self.segmentLength = segmentLength ?? (storage == .memory ? 1 << 20 : 16 << 20)
        self.limit = limit
    }

    /// Whether frames survive the process.
    public var isPersistent: Bool { storage != .memory }
}
