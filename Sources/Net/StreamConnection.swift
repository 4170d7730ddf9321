import Core
import Glibc
import System
import TLS

/// One accepted connection: its socket, what is left of its last read, and its framing.
final class StreamConnection {
    private let socket: Socket
    /// Cleared before the socket closes, to say farewell through it.
    private var session: TLSSession?
    /// The sender: the socket's peer, or whom a PROXY header named.
    private(set) var peer: Endpoint
    private var identity = ConnectionIdentity()
    /// Whether it counts against what one sender may have.
    var isCounted = false
    /// Whether a PROXY header may come first.
    private(set) var awaitsProxyHeader = false
    /// Bytes that were asked for to read the rest of one.
    private var wantedBytes = 0
    /// Bytes of a frame that has not ended.
    private var rest = ByteBuffer()
    private var framer: Framer
    /// Milliseconds of the monotonic clock when the frame or PROXY header began that has not ended.
    private(set) var unfinishedSince: Int64?
    /// Whether the last read brought the end of a frame.
    private var hasEndedFrame = false
    /// Milliseconds of the monotonic clock when bytes came last.
    var lastActivity: Int64
    /// Whether the handshake, if there is one, is done.
    private(set) var isReady: Bool
    /// Whether the socket must become writable for the session to go on.
    private(set) var wantsOutput = false
    /// Whether bytes wait inside the session that the socket does not tell of any more.
    private(set) var hasMore = false
    /// Whether the framing was lost for good.
    private var isBroken = false

    /// Bytes asked for by one round.
    static let readLength = 64 << 10
    /// Up to so many bytes of an unfinished frame are copied in front of the next read: a buffer for
    /// the read of every connection would not fit into the processor's cache.
    private static let shortRest = 4 << 10
    /// Longest plain text of a TLS record (RFC 8446 §5.1).
    private static let recordLength = 16 << 10

    var descriptor: Int32 { socket.descriptor }

    /// - Parameter descriptor: taken over.
    init(
        owning descriptor: Int32, session: TLSSession?, peer: Endpoint, framer: Framer, now: Int64
    ) {
        socket = Socket(owning: descriptor)
        self.session = session
        self.peer = peer
        self.framer = framer
        lastActivity = now
        isReady = session == nil
    }

    deinit { session = nil }

    /// Reads a PROXY header in front of everything else, if there is one.
    func expectProxyHeader() {
        awaitsProxyHeader = true
        isReady = false
    }

    /// Why a connection is over.
    enum End {
        case closed
        case failed(TLSSession.Failure)
    }

    /// What a read brought; neither bytes nor an end when there is nothing for now.
    struct ReadResult {
        var bytes = 0
        var end: End?
    }

    /// Goes on with the handshake, or reads once and hands over the frames that are whole.
    ///
    /// - Parameters:
    ///   - scratch: shared by all connections; used unless much is left of a frame.
    ///   - now: milliseconds of the monotonic clock.
    func receive<Handler: PayloadHandler & ~Copyable>(
        scratch: inout ByteBuffer, source: PayloadSource, now: Int64, handler: inout Handler
    ) -> ReadResult {
        var source = source
        if awaitsProxyHeader {
            if let unfinished = readProxyHeader(&scratch, source, &handler) {
                if unfinishedSince == nil, wantedBytes > 0 { unfinishedSince = now }
                return unfinished
            }
            source.peer = peer
            unfinishedSince = nil
            lastActivity = now
        }
        if !isReady {
            if let session, let unfinished = shakeHands(session) { return unfinished }
            isReady = true
            identity.certificateName = session?.peerName
            if !identity.isEmpty { handler.began(source, as: identity) }
        }
        hasEndedFrame = false
        var result: ReadResult
        if rest.count <= Self.shortRest {
            scratch.removeAll()
            scratch.append(rest.bytes)
            result = read(into: &scratch)
            if result.bytes > 0 { keepRest(of: scratch, source: source, handler: &handler) }
        } else {
            result = read(into: &rest)
            if result.bytes > 0 {
                let consumed = deliver(from: rest, source, &handler)
                dropFromRest(consumed)
            }
        }
        if isBroken { result.end = .closed }
        if rest.isEmpty, !framer.isSkipping {
            unfinishedSince = nil
        } else if unfinishedSince == nil || hasEndedFrame {
            unfinishedSince = now
        }
        return result
    }

    /// Does not count so much time against the sender.
    func forgive(_ milliseconds: Int64) {
        lastActivity += milliseconds
        unfinishedSince = unfinishedSince.map { $0 + milliseconds }
    }

    /// Bytes kept of a frame that has not ended.
    var unfinishedBytes: Int { rest.count }

    /// Looks at the first bytes without taking them, and takes those of a header.
    ///
    /// - Returns: `nil` when the header is read, or there is none.
    private func readProxyHeader<Handler: PayloadHandler & ~Copyable>(
        _ scratch: inout ByteBuffer, _ source: PayloadSource, _ handler: inout Handler
    ) -> ReadResult? {
        let count = peek(into: &scratch)
        guard count > 0 else {
            let isWaiting = count < 0 && (errno == EAGAIN || errno == EINTR)
            return ReadResult(end: isWaiting ? nil : .closed)
        }
        switch ProxyHeader.read(scratch.bytes) {
        // The rest of what began like a header never came.
        case .incomplete where count < wantedBytes: break
        case .incomplete(let wanted):
            wantedBytes = wanted
            socket.setReceiveLowMark(wanted)
            return ReadResult()
        case .absent: break
        case .header(let header):
            take(header.length, &scratch)
            if let origin = header.origin {
                identity.relay = peer.address
                peer = origin
            }
        case .malformed:
            handler.note(.proxyHeaderMalformed, from: source)
            return ReadResult(end: .closed)
        }
        awaitsProxyHeader = false
        socket.setReceiveLowMark(1)
        return nil
    }

    private func peek(into scratch: inout ByteBuffer) -> Int {
        scratch.removeAll()
        var count = 0
        // The buffer has room for `readLength` bytes at the pointer.
        unsafe scratch.appendUnsafely(atMost: Self.readLength) { pointer in
            count = unsafe recv(descriptor, pointer, Self.readLength, Int32(MSG_PEEK))
            return max(count, 0)
        }
        return count
    }

    /// Takes bytes that were seen by `peek`.
    private func take(_ count: Int, _ scratch: inout ByteBuffer) {
        scratch.removeAll()
        // The buffer has room for as many bytes as were peeked.
        unsafe scratch.appendUnsafely(atMost: count) { pointer in
            unsafe max(recv(descriptor, pointer, count, 0), 0)
        }
    }

    /// - Returns: `nil` when the handshake is done.
    private func shakeHands(_ session: TLSSession) -> ReadResult? {
        switch session.handshake() {
        case .done:
            wantsOutput = false
            return nil
        case .waiting(let forOutput):
            wantsOutput = forOutput
            return ReadResult()
        case .gone: return ReadResult(end: .closed)
        case .failed(let failure): return ReadResult(end: .failed(failure))
        }
    }

    /// Whether a frame waits for the next one to show where it ends.
    var holdsOpenFrame: Bool { !rest.isEmpty && framer.format == .priority }

    /// Hands over a frame whose end never came.
    func finish<Handler: PayloadHandler & ~Copyable>(
        source: PayloadSource, handler: inout Handler
    ) {
        finish(rest, source, &handler)
        rest.removeAll(keepingAtMost: 0)
        unfinishedSince = nil
    }

    private func finish<Handler: PayloadHandler & ~Copyable>(
        _ rest: borrowing ByteBuffer, _ source: PayloadSource, _ handler: inout Handler
    ) {
        guard let left = framer.remainder(of: rest.bytes, at: 0) else { return }
        if left.isWhole {
            handler.receive(rest.bytes.extracting(left.range), from: source)
        } else {
            if !framer.format.tellsLength { handler.note(.syslogTruncatedFrame, from: source) }
            handler.receiveTruncated(rest.bytes.extracting(left.range), from: source)
        }
    }

    // MARK: Reading

    private func read(into buffer: inout ByteBuffer) -> ReadResult {
        if let session { return read(session, into: &buffer) }
        var count = 0
        // The buffer has room for `readLength` bytes at the pointer.
        unsafe buffer.appendUnsafely(atMost: Self.readLength) { pointer in
            count = unsafe recv(descriptor, pointer, Self.readLength, 0)
            return max(count, 0)
        }
        if count > 0 { return ReadResult(bytes: count) }
        let isWaiting = count < 0 && (errno == EAGAIN || errno == EINTR)
        return ReadResult(end: isWaiting ? nil : .closed)
    }

    /// Reads records until there is none, or enough for one round.
    private func read(_ session: TLSSession, into buffer: inout ByteBuffer) -> ReadResult {
        var result = ReadResult()
        hasMore = false
        wantsOutput = false
        while result.bytes < Self.readLength {
            var reading = TLSSession.Reading.ended
            // The buffer has room for `recordLength` bytes at the pointer.
            unsafe buffer.appendUnsafely(atMost: Self.recordLength) { pointer in
                reading = unsafe session.read(into: pointer, count: Self.recordLength)
                if case .bytes(let count) = reading { return count }
                return 0
            }
            switch reading {
            case .bytes(let count):
                result.bytes += count
                continue
            case .waiting(let forOutput): wantsOutput = forOutput
            case .ended: result.end = .closed
            case .failed(let failure): result.end = .failed(failure)
            }
            return result
        }
        hasMore = session.hasPending
        return result
    }

    private func keepRest<Handler: PayloadHandler & ~Copyable>(
        of buffer: borrowing ByteBuffer, source: PayloadSource, handler: inout Handler
    ) {
        let consumed = deliver(from: buffer, source, &handler)
        if consumed < buffer.count {
            rest.removeAll()
            rest.append(buffer.bytes.extracting(consumed..<buffer.count))
        } else {
            // A connection between frames keeps no buffer.
            rest.removeAll(keepingAtMost: 0)
        }
    }

    private func dropFromRest(_ count: Int) {
        let left = rest.count - count
        if left <= Self.shortRest {
            // Nor does it keep the buffer of a long frame for the beginning of the next.
            var short = ByteBuffer()
            if left > 0 { short.append(rest.bytes.extracting(count..<rest.count)) }
            rest = short
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
                hasEndedFrame = true
                handler.receive(bytes.extracting(range), from: source)
                offset = next
            case .cut(let range, let next):
                hasEndedFrame = true
                handler.note(.syslogTooLong, from: source)
                handler.receiveTruncated(bytes.extracting(range), from: source)
                offset = next
            case .lost(let range, let next):
                hasEndedFrame = true
                handler.note(.syslogBadFrame, from: source)
                handler.receive(bytes.extracting(range), from: source)
                offset = next
            case .broken:
                handler.note(.flowBadStream, from: source)
                isBroken = true
                return bytes.byteCount
            }
        }
    }
}
