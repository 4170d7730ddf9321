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
        self.segmentLength =
            segmentLength ?? (storage == .memory ? Self.longestInMemory : Self.longestOnDisk)
        self.limit = limit
    }

    private static let longestInMemory = 1 << 20
    private static let longestOnDisk = 16 << 20
    private static let shortestOnDisk = 64 << 10

    /// A length for segments on disk.
    ///
    /// Room is given back by segments, and the last one stays: a small disk, or a small limit, must
    /// hold several.
    ///
    /// - Parameters:
    ///   - available: bytes on the disk; `nil` when nobody can tell.
    ///   - limit: the smallest limit of a reader.
    public static func segmentLength(available: Int?, limit: Int?) -> Int {
        let room = min(available ?? .max, limit ?? .max)
        return min(longestOnDisk, max(shortestOnDisk, room / 8))
    }

    /// Whether frames survive the process.
    public var isPersistent: Bool { storage != .memory }
}
