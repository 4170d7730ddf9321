import CShims
public import Core
import Glibc
import System
public import TLS

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
        /// Connections of one address beyond this many are closed at once; 0 sets no limit.
        public var connectionsPerSender = 0
        /// Bytes of unfinished frames kept for all connections together; beyond, the connection with
        /// the longest is closed.
        public var unfinishedLimit = 64 << 20
        /// A connection that was silent so long is closed.
        public var idleTimeoutMilliseconds: Int64 = 600_000
        /// A connection that does not finish a frame or PROXY header within this time is closed; 0
        /// waits for ever.
        public var frameTimeoutMilliseconds: Int64 = 60_000
        /// Bytes of each connection's receive buffer; `nil` leaves the system's default.
        public var receiveBuffer: Int?
        /// Pause after a round that brought few bytes; 0 turns it off.
        public var coalesceMilliseconds: Int32 = 1
        /// Whether the handler is called once a second to tend to what it keeps.
        public var isTended = false
        /// Mode bits of a unix socket.
        public var unixPermissions: UInt32 = 0o644
        /// Whose connections are accepted.
        public var senders = SenderList()
        /// Load balancers that may name the sender of a connection by the PROXY protocol.
        public var relays: [NetworkPrefix] = []
        /// How to speak TLS; `nil` for plain text.
        public var tls: TLSServerSettings?

        public init() {}
    }

    public let address: ListenAddress
    /// Where the socket is bound; tells the port when 0 was asked for.
    public let localEndpoint: Endpoint

    private let socket: Socket
    private let path: UnixSocketPath?
    private let stopSignal: StopSignal
    private let options: Options
    /// The certificate and rules that TLS begins with.
    private let tls: TLSServerContext?
    private let log: Log

    /// Opens the socket and starts listening.
    ///
    /// - Parameter address: TCP or TLS with an endpoint, or the path of a unix stream socket.
    /// - Throws: `bindFailed`, `systemCall`; with TLS also `fileReadFailed`, `tlsSetupFailed`.
    public init(
        _ address: ListenAddress, options: Options = Options(), log: Log = .silent
    ) throws(OperationError) {
        self.address = address
        self.options = options
        self.log = log
        if let settings = options.tls { tls = try TLSServerContext(settings) } else { tls = nil }
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
            transport: address.transport, tls: tls, log: log)
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
