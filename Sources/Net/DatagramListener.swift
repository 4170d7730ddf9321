public import Core
import Glibc
import System
import Synchronization

/// Receives datagrams on one socket, many per system call, and gives them to a handler.
///
/// Order of calls: `init` opens and binds; `run` receives until `stop`. `stop` may come from any
/// thread at any time, more than once, and before `run`.
public final class DatagramListener: Sendable {
    public struct Options: Sendable {
        /// Bytes of the socket's receive buffer; `nil` leaves the system's default.
        public var receiveBuffer: Int?
        /// Longest pause after a round that emptied the socket, so that the next system call finds
        /// more datagrams; 0 turns it off.
        ///
        /// Halves the CPU time per datagram. The pause is shorter where the receive buffer could
        /// become more than a quarter full in it.
        public var coalesceMilliseconds: Int32 = 3
        /// Datagrams received by one system call.
        ///
        /// As many as the nearest cache holds until they are read: four times as many cost a tenth
        /// more CPU time for each (`Benchmarks/peers.py`).
        public var slots = 64
        /// Mode bits of a unix socket.
        public var unixPermissions: UInt32 = 0o644
        /// How many listeners share the address; each sender stays with one of them, whatever its
        /// port.
        ///
        /// They all have to be there.
        public var sharing = 1
        /// Whether the handler is called once a second to tend to what it keeps.
        public var isTended = false

        public init() {}
    }

    public let address: ListenAddress
    /// Where the socket is bound; tells the port when 0 was asked for.
    public let localEndpoint: Endpoint
    /// Bytes of receive buffer that the kernel granted.
    public let grantedReceiveBuffer: Int

    /// Rounds that go into one batch in a flood: a journal that waits for the disk at every batch
    /// then waits less often.
    private static let roundsOfABatch = 32
    /// Nanoseconds.
    private static let tendingInterval: Int64 = 1_000_000_000

    private let socket: Socket
    private let path: UnixSocketPath?
    private let stopSignal: StopSignal
    private let options: Options
    private let log: Log

    /// Opens the socket.
    ///
    /// - Parameter address: UDP with an endpoint, or the path of a unix datagram socket.
    /// - Throws: `bindFailed`, `systemCall`.
    public init(
        _ address: ListenAddress, options: Options = Options(), log: Log = .silent
    ) throws(OperationError) {
        self.address = address
        self.options = options
        self.log = log
        stopSignal = try StopSignal()
        if let unixPath = address.path {
            socket = try Socket.open(.datagram, family: AF_UNIX, target: address.description)
            path = try UnixSocketPath.bind(
                socket, kind: .datagram, to: unixPath, permissions: options.unixPermissions)
        } else {
            guard let endpoint = address.endpoint else { preconditionFailure("no address") }
            socket = try Socket.open(
                .datagram, boundTo: endpoint, sharing: options.sharing,
                target: address.description)
            path = nil
        }
        if let wanted = options.receiveBuffer {
            grantedReceiveBuffer = socket.setReceiveBuffer(wanted)
        } else {
            grantedReceiveBuffer = Int(socket.get(SO_RCVBUF) ?? 0) / 2
        }
        localEndpoint = socket.localEndpoint()
        log.info(
            "listening on \(address.bound(to: localEndpoint)), "
                + "receive buffer \(grantedReceiveBuffer) bytes")
        if let wanted = options.receiveBuffer, grantedReceiveBuffer < wanted {
            log.warning(
                "\(address): the kernel grants \(grantedReceiveBuffer) of \(wanted) bytes of "
                    + "receive buffer; raise net.core.rmem_max or give CAP_NET_ADMIN")
        }
    }

    /// Makes `run` return soon.
    public func stop() { stopSignal.raise() }

    /// Receives until stopped.
    ///
    /// On stopping, what already waits in the socket is still received, as long as that is not
    /// endless. Datagrams dropped by the kernel are added to `ledger`.
    ///
    /// - Throws: `receiveFailed` when the socket is of no more use.
    public func run<Handler: PayloadHandler & ~Copyable>(
        _ handler: inout Handler, ledger: SourceLedger
    ) throws(OperationError) {
        var slots = try ReceiveSlots(count: options.slots)
        var drops = DropCounter()
        // What the kernel drops behind the last datagram is only seen here.
        defer { countDrops(&drops, in: ledger) }
        var pause = CoalescingPause(
            longest: options.coalesceMilliseconds, receiveBuffer: grantedReceiveBuffer)
        var isStopping = false
        var roundsLeft = 1024
        var fullRounds = 0
        var nextTending = MonotonicClock.now()
        defer { handler.endBatch() }
        while roundsLeft > 0 {
            if options.isTended, MonotonicClock.now() >= nextTending {
                nextTending = MonotonicClock.now() + Self.tendingInterval
                handler.tend(at: Timestamp.now())
            }
            let count = slots.receive(from: socket.descriptor)
            if count <= 0 {
                if isStopping { return }
                handler.endBatch()
                isStopping = try waitAfterFailure(errno)
                continue
            }
            pause.count(datagrams: count, bytes: deliver(slots, count: count, to: &handler))
            fullRounds = count == options.slots ? fullRounds + 1 : 0
            if fullRounds % Self.roundsOfABatch == 0 { handler.endBatch() }
            countDrops(&drops, in: ledger)
            if isStopping {
                roundsLeft -= 1
            } else if count < options.slots, options.coalesceMilliseconds > 0 {
                isStopping = stopSignal.wait(milliseconds: pause.next())
            } else if count == options.slots {
                // A flood never lets the loop reach the wait that sees the signal.
                isStopping = stopSignal.wait(milliseconds: 0)
            }
        }
    }

    /// - Returns: bytes of payload.
    private func deliver<Handler: PayloadHandler & ~Copyable>(
        _ slots: borrowing ReceiveSlots, count: Int, to handler: inout Handler
    ) -> Int {
        // One clock call for the round.
        let received = Timestamp.now()
        var bytes = 0
        for slot in 0..<count {
            let length = slots.length(of: slot)
            bytes += length
            let isWhole = length <= ReceiveSlots.payloadLength
            slots.read(slot) { payload, peer in
                let source = PayloadSource(
                    peer: peer, transport: address.transport, received: received)
                if isWhole {
                    handler.receive(payload, from: source)
                } else {
                    handler.receiveTruncated(payload, from: source)
                }
            }
        }
        return bytes
    }

    /// - Returns: whether the signal was raised.
    private func waitAfterFailure(_ number: Int32) throws(OperationError) -> Bool {
        switch number {
        case EAGAIN:
            return stopSignal.wait(
                orReadable: socket.descriptor,
                milliseconds: options.isTended ? Int32(Self.tendingInterval / 1_000_000) : -1)
        case EINTR: return false
        case ENOBUFS, ENOMEM, ECONNREFUSED:
            log.warning("\(failure(number))")
            return stopSignal.wait(milliseconds: 100)
        default:
            throw failure(number)
        }
    }

    private func failure(_ number: Int32) -> OperationError {
        OperationError(
            .receiveFailed, call: "recvmmsg", target: address.description, errno: number)
    }

    /// Adds what the kernel dropped since the last call to `ledger`.
    ///
    /// Asked once per round: told with every datagram (SO_RXQ_OVFL), the same counter would make
    /// receiving dearer by about a tenth.
    private func countDrops(_ drops: inout DropCounter, in ledger: SourceLedger) {
        var numbers = InlineArray<9, UInt32>(repeating: 0)
        var length = socklen_t(MemoryLayout<InlineArray<9, UInt32>>.size)
        // SO_MEMINFO fills an array of u32 of which number 8 counts drops (SK_MEMINFO_DROPS).
        let status = unsafe getsockopt(
            socket.descriptor, SOL_SOCKET, SO_MEMINFO, &numbers, &length)
        guard status == 0 else { return }
        let step = drops.advance(to: numbers[8])
        if step != 0 { ledger.addKernelDrops(step) }
    }
}

/// How long to wait for more datagrams: as long as is allowed, and not so long that the socket's
/// buffer could overflow before they are fetched.
struct CoalescingPause {
    /// What the kernel charges for a small datagram beside its bytes, about.
    private static let overhead = 768

    private let longest: Int32
    /// Bytes charged that may wait: a quarter of the buffer, of which the kernel makes twice what it
    /// was asked for.
    private let budget: Int
    private var current: Int32 = 1
    /// Charged since the last pause began.
    private var charged = 0

    init(longest: Int32, receiveBuffer: Int) {
        self.longest = longest
        budget = max(receiveBuffer / 2, 1)
    }

    mutating func count(datagrams: Int, bytes: Int) {
        charged += datagrams * Self.overhead + bytes
    }

    /// The next pause in milliseconds, after a round that emptied the socket.
    mutating func next() -> Int32 {
        if charged > budget {
            current = max(1, Int32(Int(current) * budget / charged))
        } else if charged * (Int(current) + 1) <= budget * Int(current) {
            current = min(current + 1, longest)
        }
        charged = 0
        return min(current, longest)
    }
}

/// Turns a counter modulo 2³² into increments.
private struct DropCounter {
    private var last: UInt32 = 0

    mutating func advance(to now: UInt32) -> UInt64 {
        let step = now &- last
        last = now
        return UInt64(step)
    }
}
