public import Core
import Glibc

/// Tells what happens to the files of some directories; wraps inotify(7).
public struct DirectoryWatch: ~Copyable {
    /// One thing that happened.
    public struct Event: Sendable {
        public enum Kind: Sendable {
            /// The content of the file changed.
            case content
            /// A name came, went, or now stands for another file.
            case name
            /// The directory is not watched any more: it is gone.
            case end
            /// Events were lost: anything may have happened, anywhere.
            case overflow
        }

        public var kind: Kind
        /// As `add` returned it.
        public var watch: Int32
        /// Of the file in the directory.
        public var name: String
        public var isDirectory: Bool
    }

    private static let changes =
        UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_ATTRIB) | names
    private static let names =
        UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO)

    private let file: FileDescriptor
    private var buffer = ByteBuffer()

    /// Readable when something happened.
    public var descriptor: Int32 { file.number }

    /// - Throws: `systemCall` when the system has no more of them (fs.inotify.max_user_instances).
    public init() throws(OperationError) {
        let number = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard number >= 0 else {
            throw OperationError(
                .systemCall, call: "inotify_init1", target: "directory watch", errno: errno)
        }
        file = FileDescriptor(owning: number)
    }

    /// Watches a directory.
    ///
    /// - Returns: the watch's number, the same for another path to the same directory.
    /// - Throws: `systemCall`; the number of watches is limited (fs.inotify.max_user_watches).
    public func add(_ directory: String) throws(OperationError) -> Int32 {
        // The path lives for the call.
        let watch = unsafe inotify_add_watch(
            file.number, directory, Self.changes | UInt32(IN_ONLYDIR))
        guard watch >= 0 else {
            throw OperationError(
                .systemCall, call: "inotify_add_watch", target: directory, errno: errno)
        }
        return watch
    }

    public func remove(_ watch: Int32) { _ = inotify_rm_watch(file.number, watch) }

    /// Hands over what happened since the last call; never waits.
    public mutating func takeEvents(_ body: (Event) -> Void) throws(OperationError) {
        while true {
            buffer.removeAll()
            do {
                let count = try file.read(into: &buffer, atMost: 64 << 10, target: "inotify")
                if count == 0 { return }
            } catch {
                if error.errno == EAGAIN { return }
                throw error
            }
            Self.readEvents(buffer.bytes, body)
        }
    }

    /// Events lie back to back: watch, mask, cookie and length of the name, 32 bits each in the
    /// machine's order, then the name, padded with NULs.
    private static func readEvents(_ bytes: RawSpan, _ body: (Event) -> Void) {
        let header = 16
        var offset = 0
        while offset + header <= bytes.byteCount {
            let mask = bytes.uint32(at: offset + 4).byteSwapped
            let length = Int(bytes.uint32(at: offset + 12).byteSwapped)
            let start = offset + header
            guard length <= bytes.byteCount - start else { return }
            let padded = bytes.extracting(start..<start + length)
            let name = padded.extracting(0..<(padded.firstIndex(of: 0) ?? length))
            if let kind = kind(of: mask) {
                body(
                    Event(
                        kind: kind,
                        watch: Int32(bitPattern: bytes.uint32(at: offset).byteSwapped),
                        name: name.makeString(), isDirectory: mask & UInt32(IN_ISDIR) != 0))
            }
            offset = start + length
        }
    }

    private static func kind(of mask: UInt32) -> Event.Kind? {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .overflow }
        if mask & UInt32(IN_IGNORED) != 0 { return .end }
        if mask & names != 0 { return .name }
        return mask & changes != 0 ? .content : nil
    }
}
