import Core
import System

/// The bytes of one segment: a file, or memory that goes when nobody holds the segment any more.
///
/// One writer appends; readers read below the length that the journal has published.
final class SegmentStorage: @unchecked Sendable {
    // Sendable: the writer appends beyond the published length, readers read below it, and the
    // journal's lock orders the two.
    private enum Place {
        case file(path: String)
        case memory(MemoryPool.Block)
    }

    private let place: Place
    private let file: FileDescriptor?
    /// Bytes appended.
    private var length: Int
    /// Whether a failed append may have left bytes behind `length`.
    private var isTorn = false

    /// Opens or makes a segment file.
    init(file path: String, create: Bool) throws(OperationError) {
        let access: FileDescriptor.Access =
            create ? [.readWrite, .append, .create, .exclusive] : [.readWrite, .append]
        let descriptor = try FileDescriptor.open(path, access)
        length = try descriptor.size(target: path)
        file = consume descriptor
        place = .file(path: path)
    }

    /// Opens a segment file to look into it; whoever writes it is not disturbed.
    init(reading path: String) throws(OperationError) {
        let descriptor = try FileDescriptor.open(path, .read)
        length = try descriptor.size(target: path)
        file = consume descriptor
        place = .file(path: path)
    }

    init(memory block: MemoryPool.Block) {
        place = .memory(block)
        file = nil
        length = 0
    }

    /// The file's path, or a word for messages.
    var name: String {
        if case .file(let path) = place { path } else { "memory" }
    }

    /// Whether `count` more bytes fit without the storage becoming another one.
    func hasRoom(for count: Int) -> Bool {
        if case .memory(let block) = place { length + count <= block.capacity } else { true }
    }

    /// Appends all bytes; after an error `truncate` takes back what was written of them.
    ///
    /// - Parameter more: bytes that follow the others.
    func append(_ bytes: RawSpan, _ more: RawSpan = RawSpan()) throws(OperationError) {
        if case .memory(let block) = place {
            block.store(bytes, at: length)
            block.store(more, at: length + bytes.byteCount)
        } else {
            do throws(OperationError) {
                try file?.write(bytes, more, target: name)
            } catch {
                isTorn = true
                throw error
            }
        }
        length += bytes.byteCount + more.byteCount
    }

    /// Bytes that lie in memory, `nil` when they must be read from a file.
    var block: MemoryPool.Block? {
        if case .memory(let block) = place { block } else { nil }
    }

    /// Reads up to `count` bytes of a file at `offset` onto the end of `buffer`.
    ///
    /// - Returns: bytes read; fewer than `count` only at the end.
    func read(
        at offset: Int, count: Int, into buffer: inout ByteBuffer
    ) throws(OperationError) -> Int {
        try file?.read(into: &buffer, at: offset, count: count, target: name) ?? 0
    }

    func synchronize() throws(OperationError) { try file?.synchronizeData(target: name) }

    /// Cuts off what lies behind the valid part.
    func truncate(to newLength: Int) throws(OperationError) {
        try file?.truncate(to: newLength, target: name)
        length = newLength
        isTorn = false
    }

    /// Whether the next append begins at `offset`.
    func ends(at offset: Int) -> Bool { length == offset && !isTorn }

    /// Bytes in the storage, published or not.
    var byteCount: Int { length }

    /// Bytes in the file now; another process may have appended or cut.
    func currentByteCount() throws(OperationError) -> Int {
        try file?.size(target: name) ?? length
    }

    /// Copies damaged bytes to a file beside this one whose name says so.
    ///
    /// - Returns: its path.
    func setAside(_ count: Int, at offset: Int) throws(OperationError) -> String {
        let target = "\(name).corrupt-\(offset)"
        if FileSystem.kind(of: target) != nil { return target }
        var bytes = ByteBuffer()
        _ = try read(at: offset, count: count, into: &bytes)
        try FileSystem.replaceFile(target, with: bytes.bytes, isDurable: false)
        return target
    }

    /// Removes the file's name; readers that still hold the segment can finish.
    func remove() throws(OperationError) {
        if case .file(let path) = place { try FileSystem.remove(path) }
    }
}
