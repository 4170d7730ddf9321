import Core
import Glibc
import System

/// One accepted connection: its socket, what is left of its last read, and its framing.
final class StreamConnection {
    private let socket: Socket
    let peer: Endpoint
    /// Bytes of a frame that has not ended.
    private var rest = ByteBuffer()
    private var framer: Framer
    /// Milliseconds of the monotonic clock when bytes came last.
    var lastActivity: Int64

    /// Bytes asked for by one system call.
    static let readLength = 64 << 10

    var descriptor: Int32 { socket.descriptor }

    init(owning descriptor: Int32, peer: Endpoint, framer: Framer, now: Int64) {
        socket = Socket(owning: descriptor)
        self.peer = peer
        self.framer = framer
        lastActivity = now
    }

    enum ReadResult { case bytes(Int), wouldBlock, ended }

    /// Reads once and hands over the frames that are whole.
    ///
    /// - Parameter scratch: shared by all connections; used while nothing is left of a frame.
    func receive<Handler: PayloadHandler & ~Copyable>(
        scratch: inout ByteBuffer, source: PayloadSource, handler: inout Handler
    ) -> ReadResult {
        let count: Int
        if rest.isEmpty {
            scratch.removeAll()
            count = Self.read(descriptor, into: &scratch)
            if count > 0 { keepRest(of: scratch, source: source, handler: &handler) }
        } else {
            count = Self.read(descriptor, into: &rest)
            if count > 0 {
                let consumed = deliver(from: rest, source, &handler)
                dropFromRest(consumed)
            }
        }
        if count > 0 { return .bytes(count) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .wouldBlock : .ended
    }

    /// Whether a frame waits for the next one to show where it ends.
    var holdsOpenFrame: Bool { !rest.isEmpty && framer.format == .priority }

    /// Hands over a frame whose end never came.
    func finish<Handler: PayloadHandler & ~Copyable>(
        source: PayloadSource, handler: inout Handler
    ) {
        finish(rest, source, &handler)
        rest.removeAll(keepingAtMost: 0)
    }

    private func finish<Handler: PayloadHandler & ~Copyable>(
        _ rest: borrowing ByteBuffer, _ source: PayloadSource, _ handler: inout Handler
    ) {
        guard let left = framer.remainder(of: rest.bytes, at: 0) else { return }
        if left.isWhole {
            handler.receive(rest.bytes.extracting(left.range), from: source)
        } else {
            handler.note(.syslogTruncatedFrame, from: source)
            handler.receiveTruncated(rest.bytes.extracting(left.range), from: source)
        }
    }

    private static func read(_ descriptor: Int32, into buffer: inout ByteBuffer) -> Int {
        var result = 0
        // The buffer has room for `readLength` bytes at the pointer.
        unsafe buffer.appendUnsafely(atMost: readLength) { pointer in
            result = unsafe recv(descriptor, pointer, readLength, 0)
            return max(result, 0)
        }
        return result
    }

    private func keepRest<Handler: PayloadHandler & ~Copyable>(
        of buffer: borrowing ByteBuffer, source: PayloadSource, handler: inout Handler
    ) {
        let consumed = deliver(from: buffer, source, &handler)
        if consumed < buffer.count { rest.append(buffer.bytes.extracting(consumed..<buffer.count)) }
    }

    private func dropFromRest(_ count: Int) {
        let left = rest.count - count
        if left == 0 {
            // An idle connection keeps no buffer.
            rest.removeAll(keepingAtMost: 0)
        } else if count > 0 {
            rest.move(from: count, to: 0, count: left)
            rest.truncate(to: left)
        }
    }

    /// - Returns: bytes consumed.
    private func deliver<Handler: PayloadHandler & ~Copyable>(
        from buffer: borrowing ByteBuffer, _ source: PayloadSource,
        _ handler: inout Handler
    ) -> Int {
        let bytes = buffer.bytes
        var offset = 0
        while true {
            switch framer.next(in: bytes, at: offset) {
            case .needMore: return offset
            case .skip(let next): offset = next
            case .frame(let range, let next):
                handler.receive(bytes.extracting(range), from: source)
                offset = next
            case .cut(let range, let next):
                handler.note(.syslogTooLong, from: source)
                handler.receiveTruncated(bytes.extracting(range), from: source)
                offset = next
            case .lost(let range, let next):
                handler.note(.syslogBadFrame, from: source)
                handler.receive(bytes.extracting(range), from: source)
                offset = next
            }
        }
    }
}
