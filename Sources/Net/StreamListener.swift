import CShims
public import Core
import Glibc
import System

/// Accepts connections and gives the frames they carry to a handler.
///
/// Order of calls as with `DatagramListener`. Everything happens on the thread that calls `run`: a
/// handler that waits makes the kernel's buffers fill and the senders wait.
public final class StreamListener: Sendable {
    public struct Options: Sendable {
        public var format = Framer.Format.auto
        /// Longest frame in bytes; more is cut and counted.
        public var frameLimit = 256 << 10
        /// Connections beyond this many are closed at once.
        public var connectionLimit = 1024
        /// A connection that was silent so long is closed.
        public var idleTimeoutMilliseconds: Int64 = 600_000
        /// Bytes of each connection's receive buffer; `nil` leaves the system's default.
        public var receiveBuffer: Int?
        /// Pause after a round that brought few bytes; 0 turns it off.
        public var coalesceMilliseconds: Int32 = 1
        /// Mode bits of a unix socket.
        public var unixPermissions: UInt32 = 0o644

        public init() {}
    }

    public let address: ListenAddress
    /// Where the socket is bound; tells the port when 0 was asked for.
    public let localEndpoint: Endpoint

    private let socket: Socket
    private let path: UnixSocketPath?
    private let stopSignal: StopSignal
    private let options: Options
    private let log: Log

    /// Opens the socket and starts listening.
    ///
    /// - Parameter address: TCP with an endpoint, or the path of a unix stream socket.
    /// - Throws: `bindFailed`, `systemCall`.
    public init(
        _ address: ListenAddress, options: Options = Options(), log: Log = .silent
    ) throws(OperationError) {
        self.address = address
        self.options = options
        self.log = log
        stopSignal = try StopSignal()
        let target = address.description
        if let unixPath = address.path {
            socket = try Socket.open(.stream, family: AF_UNIX, target: target)
            path = try UnixSocketPath.bind(
                socket, kind: .stream, to: unixPath, permissions: options.unixPermissions)
        } else {
            guard let endpoint = address.endpoint else { preconditionFailure("no address") }
            socket = try Socket.open(.stream, boundTo: endpoint, target: target)
            path = nil
        }
        // Accepted sockets inherit the size.
        if let wanted = options.receiveBuffer { _ = socket.setReceiveBuffer(wanted) }
        guard listen(socket.descriptor, 512) == 0 else {
            throw OperationError(.bindFailed, call: "listen", target: target, errno: errno)
        }
        localEndpoint = socket.localEndpoint()
        log.info("listening on \(address.bound(to: localEndpoint))")
    }

    /// Makes `run` return soon.
    public func stop() { stopSignal.raise() }

    /// Serves connections until stopped; then takes what the kernel already has, and closes.
    ///
    /// - Throws: `systemCall` when the system has no descriptor left to start with.
    public func run<Handler: PayloadHandler & ~Copyable>(
        _ handler: inout Handler
    ) throws(OperationError) {
        var service = try StreamService.start(
            listener: socket.descriptor, stop: stopSignal.descriptor, options: options,
            transport: address.transport, log: log)
        while !service.isStopping {
            let bytes = service.serve(&handler)
            if bytes > 0, bytes < StreamConnection.readLength / 2, options.coalesceMilliseconds > 0
            {
                // Seen by the next `serve` when it was raised.
                _ = stopSignal.wait(milliseconds: options.coalesceMilliseconds)
            }
        }
        service.drain(&handler)
    }
}

/// The connections of a running listener.
struct StreamService: ~Copyable {
    private let epoll: FileDescriptor
    private let listener: Int32
    private let stop: Int32
    private let options: StreamListener.Options
    private let transport: Transport
    private let log: Log
    private var connections: [Int32: StreamConnection] = [:]
    private var scratch = ByteBuffer(capacity: StreamConnection.readLength)
    private var nextIdleCheck: Int64 = .max
    private(set) var isStopping = false

    /// A frame without a mark of its end counts as whole when nothing followed for so long.
    private static let openFrameMilliseconds: Int64 = 500

    private init(
        epoll: consuming FileDescriptor, listener: Int32, stop: Int32,
        options: StreamListener.Options, transport: Transport, log: Log
    ) {
        self.epoll = epoll
        self.listener = listener
        self.stop = stop
        self.options = options
        self.transport = transport
        self.log = log
    }

    static func start(
        listener: Int32, stop: Int32, options: StreamListener.Options, transport: Transport,
        log: Log
    ) throws(OperationError) -> StreamService {
        let number = catchment_epoll_create()
        guard number >= 0 else {
            throw OperationError(
                .systemCall, call: "epoll_create1", target: transport.rawValue, errno: errno)
        }
        let service = StreamService(
            epoll: FileDescriptor(owning: number), listener: listener, stop: stop,
            options: options, transport: transport, log: log)
        for watched in [listener, stop] where catchment_epoll_add(number, watched) != 0 {
            throw OperationError(
                .systemCall, call: "epoll_ctl", target: transport.rawValue, errno: errno)
        }
        return service
    }

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
        for index in 0..<max(count, 0) {
            switch ready[index] {
            case stop: isStopping = true
            case listener: accept(at: now, received: received, &handler)
            case let descriptor:
                bytes += receive(from: descriptor, now: now, received: received, &handler)
            }
        }
        let isIdleCheckDue = now >= nextIdleCheck
        if isIdleCheckDue { closeIdle(now: now, received: received, &handler) }
        if count > 0 || isIdleCheckDue { handler.endBatch() }
        return bytes
    }

    /// Reads what the kernel holds for all connections, and ends them.
    mutating func drain<Handler: PayloadHandler & ~Copyable>(_ handler: inout Handler) {
        let received = Timestamp.now()
        for connection in connections.values {
            // A sender that never pauses must not hold up the shutdown: 16 MiB at most.
            for _ in 0..<256 {
                let source = source(of: connection, received)
                guard
                    case .bytes = connection.receive(
                        scratch: &scratch, source: source, handler: &handler)
                else { break }
            }
            connection.finish(source: source(of: connection, received), handler: &handler)
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
        // A few at a time, so that a flood of connections does not starve the open ones.
        for _ in 0..<16 {
            let descriptor = catchment_accept(listener)
            guard descriptor >= 0 else {
                pauseAfterAcceptFailure(errno)
                return
            }
            let peer = Self.peer(of: descriptor)
            let connection = StreamConnection(
                owning: descriptor, peer: peer,
                framer: Framer(format: options.format, limit: options.frameLimit), now: now)
            guard connections.count < options.connectionLimit,
                catchment_epoll_add(epoll.number, descriptor) == 0
            else {
                handler.note(.listenerLimit, from: source(of: connection, received))
                continue
            }
            Self.tune(descriptor)
            connections[descriptor] = connection
            nextIdleCheck = min(nextIdleCheck, now + options.idleTimeoutMilliseconds)
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
        switch connection.receive(scratch: &scratch, source: source, handler: &handler) {
        case .bytes(let count):
            connection.lastActivity = now
            if connection.holdsOpenFrame {
                nextIdleCheck = min(nextIdleCheck, now + Self.openFrameMilliseconds)
            }
            return count
        case .wouldBlock: return 0
        case .ended:
            connection.finish(source: source, handler: &handler)
            connections[descriptor] = nil
            return 0
        }
    }

    // MARK: Idle connections

    private func waitMilliseconds() -> Int32 {
        guard nextIdleCheck != .max else { return -1 }
        return Int32(clamping: max(nextIdleCheck - Self.now(), 0) + 1)
    }

    private mutating func closeIdle<Handler: PayloadHandler & ~Copyable>(
        now: Int64, received: Timestamp, _ handler: inout Handler
    ) {
        nextIdleCheck = .max
        for (descriptor, connection) in connections {
            var deadline = connection.lastActivity + options.idleTimeoutMilliseconds
            if connection.holdsOpenFrame {
                if connection.lastActivity + Self.openFrameMilliseconds <= now {
                    connection.finish(source: source(of: connection, received), handler: &handler)
                } else {
                    deadline = min(deadline, connection.lastActivity + Self.openFrameMilliseconds)
                }
            }
            if deadline <= now {
                connection.finish(source: source(of: connection, received), handler: &handler)
                connections[descriptor] = nil
                log.info("closed the idle connection from \(connection.peer)")
            } else {
                nextIdleCheck = min(nextIdleCheck, deadline)
            }
        }
    }
}
