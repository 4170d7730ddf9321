import CShims
import Core
import Glibc
import System
import TLS

/// The connections of a running listener.
struct StreamService: ~Copyable {
    private let epoll: FileDescriptor
    private let listener: Int32
    private let stop: Int32
    private let options: StreamListener.Options
    private let transport: Transport
    private let log: Log
    private var tls: TLSContextKeeper?
    private var failures = SparseWarning()
    private var connections: [Int32: StreamConnection] = [:]
    private var counts: ConnectionCounts
    /// Bytes of unfinished frames of all connections.
    private var unfinishedBytes = 0
    /// Connections with bytes that their sockets do not tell of any more.
    private var waiting: [Int32] = []
    private var scratch = ByteBuffer(capacity: StreamConnection.readLength)
    /// When a connection may have to be closed, in milliseconds of the monotonic clock.
    private var nextExpiry: Int64 = .max
    private var nextTending: Int64 = 0
    private(set) var isStopping = false

    /// A frame without a mark of its end counts as whole when nothing followed for so long.
    private static let openFrameMilliseconds: Int64 = 500
    /// A handler that takes so long holds up the senders.
    private static let noticeableMilliseconds: Int64 = 10

    private init(
        epoll: consuming FileDescriptor, listener: Int32, stop: Int32,
        options: StreamListener.Options, transport: Transport, tls: TLSServerContext?, log: Log
    ) {
        self.epoll = epoll
        self.listener = listener
        self.stop = stop
        self.options = options
        self.transport = transport
        self.tls = tls.map { TLSContextKeeper($0) }
        counts = ConnectionCounts(limit: options.connectionsPerSender)
        self.log = log
    }

    static func start(
        listener: Int32, stop: Int32, options: StreamListener.Options, transport: Transport,
        tls: TLSServerContext?, log: Log
    ) throws(OperationError) -> StreamService {
        let number = catchment_epoll_create()
        guard number >= 0 else {
            throw OperationError(
                .systemCall, call: "epoll_create1", target: transport.rawValue, errno: errno)
        }
        let service = StreamService(
            epoll: FileDescriptor(owning: number), listener: listener, stop: stop,
            options: options, transport: transport, tls: tls, log: log)
        for watched in [listener, stop] where catchment_epoll_add(number, watched) != 0 {
            throw OperationError(
                .systemCall, call: "epoll_ctl", target: transport.rawValue, errno: errno)
        }
        return service
    }

    private static let tendingMilliseconds: Int64 = 1000

    private static func now() -> Int64 { MonotonicClock.now() / 1_000_000 }

    /// Waits for events and serves them once.
    ///
    /// - Returns: bytes received.
    mutating func serve<Handler: PayloadHandler & ~Copyable>(_ handler: inout Handler) -> Int {
        var ready = InlineArray<64, Int32>(repeating: -1)
        let wait = waitMilliseconds()
        // The shim fills at most 64 adjacent numbers.
        let count = unsafe withUnsafeMutableBytes(of: &ready) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return unsafe Int(
                catchment_epoll_wait(
                    epoll.number, base.assumingMemoryBound(to: Int32.self), 64, wait))
        }
        let now = Self.now()
        let received = Timestamp.now()
        var bytes = 0
        let left = waiting
        waiting.removeAll(keepingCapacity: true)
        for descriptor in left {
            bytes += receive(from: descriptor, now: now, received: received, &handler)
        }
        for index in 0..<max(count, 0) {
            switch ready[index] {
            case stop: isStopping = true
            case listener: accept(at: now, received: received, &handler)
            case let descriptor:
                bytes += receive(from: descriptor, now: now, received: received, &handler)
            }
        }
        let isExpiryDue = now >= nextExpiry
        if isExpiryDue { closeExpired(now: now, received: received, &handler) }
        if options.isTended, now >= nextTending {
            nextTending = now + Self.tendingMilliseconds
            handler.tend(at: received)
        }
        if count > 0 || bytes > 0 || isExpiryDue { handler.endBatch() }
        forgive(Self.now() - now)
        return bytes
    }

    /// Leaves the time out in which the handler kept the service from reading.
    private func forgive(_ milliseconds: Int64) {
        guard milliseconds >= Self.noticeableMilliseconds else { return }
        for connection in connections.values { connection.forgive(milliseconds) }
    }

    /// Reads what the kernel holds for all connections, and ends them.
    mutating func drain<Handler: PayloadHandler & ~Copyable>(_ handler: inout Handler) {
        let now = Self.now()
        let received = Timestamp.now()
        for connection in connections.values {
            // A sender that never pauses must not hold up the shutdown: 16 MiB at most.
            for _ in 0..<256 {
                let result = connection.receive(
                    scratch: &scratch, source: source(of: connection, received), now: now,
                    handler: &handler)
                if result.bytes == 0 || result.end != nil { break }
            }
            let source = source(of: connection, received)
            connection.finish(source: source, handler: &handler)
            handler.ended(source)
            handler.endBatch()
        }
        connections.removeAll()
    }

    private func source(of connection: StreamConnection, _ received: Timestamp) -> PayloadSource {
        PayloadSource(peer: connection.peer, transport: transport, received: received)
    }

    // MARK: Connections

    private mutating func accept<Handler: PayloadHandler & ~Copyable>(
        at now: Int64, received: Timestamp, _ handler: inout Handler
    ) {
        let context = tls?.current(now: now, log: log)
        // A few at a time, so that a flood of connections does not starve the open ones.
        for _ in 0..<16 {
            let descriptor = catchment_accept(listener)
            guard descriptor >= 0 else {
                pauseAfterAcceptFailure(errno)
                return
            }
            let peer = Self.peer(of: descriptor)
            let isWelcome = options.senders.contains(peer.address)
            let session =
                isWelcome && connections.count < options.connectionLimit
                ? context?.makeSession(on: descriptor) : nil
            let connection = StreamConnection(
                owning: descriptor, session: session, peer: peer,
                framer: Framer(format: options.format, limit: options.frameLimit), now: now)
            guard isWelcome else {
                handler.note(.senderRefused, from: source(of: connection, received))
                continue
            }
            if transport == .unix {
                // All of them have the same peer.
            } else if options.relays.contains(where: { $0.contains(peer.address) }) {
                connection.expectProxyHeader()
            } else {
                connection.isCounted = counts.add(peer.address)
                if !connection.isCounted {
                    report(
                        .senderConnections,
                        "it has \(options.connectionsPerSender) already",
                        of: source(of: connection, received), at: now, &handler)
                    continue
                }
            }
            guard connections.count < options.connectionLimit,
                (session == nil) == (context == nil),
                catchment_epoll_add(epoll.number, descriptor) == 0
            else {
                if connection.isCounted { counts.remove(peer.address) }
                handler.note(.listenerLimit, from: source(of: connection, received))
                continue
            }
            Self.tune(descriptor)
            connections[descriptor] = connection
            nextExpiry = min(nextExpiry, connection.nextExpiry(options).time)
        }
    }

    /// Without a descriptor to spare the connection stays waiting: do not spin on it.
    private func pauseAfterAcceptFailure(_ number: Int32) {
        guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(number) else { return }
        log.warning("accept: \(SystemError.text(number)); trying again")
        var entry = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        // The pointer lives for the call only.
        _ = unsafe poll(&entry, 1, 100)
    }

    private static func peer(of descriptor: Int32) -> Endpoint {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // sockaddr_storage has room for every address; the span lives inside the closure.
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("an address has bytes") }
            let address = unsafe base.assumingMemoryBound(to: sockaddr.self)
            _ = unsafe getpeername(descriptor, address, &length)
            let used = unsafe UnsafeRawBufferPointer(
                start: base, count: min(Int(length), bytes.count))
            return SocketAddress.read(unsafe used.bytes)
        }
    }

    /// Finds out about peers that vanished.
    private static func tune(_ descriptor: Int32) {
        var yes: Int32 = 1
        // The pointer lives for the call only; a unix socket refuses, which is fine.
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    private mutating func receive<Handler: PayloadHandler & ~Copyable>(
        from descriptor: Int32, now: Int64, received: Timestamp, _ handler: inout Handler
    ) -> Int {
        guard let connection = connections[descriptor] else { return 0 }
        let source = source(of: connection, received)
        let hadOutputWatch = connection.wantsOutput
        let unfinishedBefore = connection.unfinishedBytes
        let result = connection.receive(
            scratch: &scratch, source: source, now: now, handler: &handler)
        unfinishedBytes += connection.unfinishedBytes - unfinishedBefore
        if let end = result.end {
            if case .failed(let failure) = end {
                report(failure.code, failure.reason, of: source, at: now, &handler)
            }
            close(connection, source, &handler)
            return result.bytes
        }
        if connection.wantsOutput != hadOutputWatch {
            _ = catchment_epoll_modify(
                epoll.number, descriptor, connection.wantsOutput ? 1 : 0)
        }
        if connection.hasMore { waiting.append(descriptor) }
        if result.bytes > 0 {
            connection.lastActivity = now
            if connection.holdsOpenFrame {
                nextExpiry = min(nextExpiry, now + Self.openFrameMilliseconds)
            }
        }
        if connection.unfinishedSince != nil || !connection.isReady {
            nextExpiry = min(nextExpiry, connection.nextExpiry(options).time)
        }
        while unfinishedBytes > options.unfinishedLimit {
            closeLongest(at: now, received, &handler)
        }
        return result.bytes
    }

    /// Makes room where connections together hold more of unfinished frames than they may.
    private mutating func closeLongest<Handler: PayloadHandler & ~Copyable>(
        at now: Int64, _ received: Timestamp, _ handler: inout Handler
    ) {
        let longest = connections.values.max { $0.unfinishedBytes < $1.unfinishedBytes }
        guard let longest else { preconditionFailure("bytes belong to connections") }
        let source = source(of: longest, received)
        report(
            .frameMemory, "\(longest.unfinishedBytes) bytes of a message have come", of: source,
            at: now, &handler)
        close(longest, source, &handler)
    }

    private mutating func close<Handler: PayloadHandler & ~Copyable>(
        _ connection: StreamConnection, _ source: PayloadSource, _ handler: inout Handler
    ) {
        // A header may have told the sender since `source` was made.
        let source = self.source(of: connection, source.received)
        if connection.isCounted { counts.remove(connection.peer.address) }
        finish(connection, source, &handler)
        handler.ended(source)
        connections[connection.descriptor] = nil
    }

    /// Hands over a frame whose end did not come.
    private mutating func finish<Handler: PayloadHandler & ~Copyable>(
        _ connection: StreamConnection, _ source: PayloadSource, _ handler: inout Handler
    ) {
        unfinishedBytes -= connection.unfinishedBytes
        connection.finish(source: source, handler: &handler)
    }

    private mutating func report<Handler: PayloadHandler & ~Copyable>(
        _ problem: ErrorCode, _ reason: String, of source: PayloadSource, at now: Int64,
        _ handler: inout Handler
    ) {
        handler.note(problem, from: source)
        failures.say(
            "\(problem.text): closed the connection from \(source.peer): \(reason)", at: now,
            log: log
        )
    }

    // MARK: Waiting for senders

    private func waitMilliseconds() -> Int32 {
        if !waiting.isEmpty { return 0 }
        let next = options.isTended ? min(nextExpiry, nextTending) : nextExpiry
        guard next != .max else { return -1 }
        return Int32(clamping: max(next - Self.now(), 0) + 1)
    }

    private mutating func closeExpired<Handler: PayloadHandler & ~Copyable>(
        now: Int64, received: Timestamp, _ handler: inout Handler
    ) {
        nextExpiry = .max
        for connection in connections.values {
            let source = source(of: connection, received)
            if connection.holdsOpenFrame {
                let end = connection.lastActivity + Self.openFrameMilliseconds
                if end <= now {
                    finish(connection, source, &handler)
                } else {
                    nextExpiry = min(nextExpiry, end)
                }
            }
            let expiry = connection.nextExpiry(options)
            guard expiry.time <= now else {
                nextExpiry = min(nextExpiry, expiry.time)
                continue
            }
            switch expiry.why {
            case .silence: log.info("closed the idle connection from \(connection.peer)")
            case .slowHandshake:
                report(
                    .tlsHandshakeTimeout, "the TLS handshake took too long", of: source, at: now,
                    &handler)
            case .slowFrame:
                report(
                    .frameTimeout, "a message took too long", of: source, at: now, &handler)
            }
            close(connection, source, &handler)
        }
    }
}
