import CShims
import Core
import Glibc
import System

/// An open socket, closed when the value ends.
struct Socket: ~Copyable, Sendable {
    private let file: FileDescriptor

    var descriptor: Int32 { file.number }

    init(owning descriptor: Int32) { file = FileDescriptor(owning: descriptor) }

    enum Kind: Sendable {
        case datagram, stream

        var number: Int32 {
            switch self {
            case .datagram: Int32(SOCK_DGRAM.rawValue)
            case .stream: Int32(SOCK_STREAM.rawValue)
            }
        }
    }

    /// Opens a non-blocking socket without an address.
    static func open(
        _ kind: Kind, family: Int32, target: String
    ) throws(OperationError) -> Socket {
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(family, kind.number | flags, 0)
        guard number >= 0 else {
            throw OperationError(.bindFailed, call: "socket", target: target, errno: errno)
        }
        return Socket(owning: number)
    }

    /// Opens a non-blocking socket bound to an IPv4 or IPv6 endpoint; `::` takes both.
    ///
    /// - Parameter sharing: how many sockets share the endpoint; each sender stays with one of them.
    static func open(
        _ kind: Kind, boundTo endpoint: Endpoint, sharing: Int = 1, target: String
    ) throws(OperationError) -> Socket {
        let family = endpoint.address.v4 == nil ? AF_INET6 : AF_INET
        let opened = try open(kind, family: family, target: target)
        if family == AF_INET6 { opened.set(IPV6_V6ONLY, to: 0, level: Int32(IPPROTO_IPV6)) }
        // A listener restarted while old connections linger may bind again; UDP must not share.
        if kind == .stream { opened.set(SO_REUSEADDR, to: 1) }
        if sharing > 1 { opened.set(SO_REUSEPORT, to: 1) }
        let number = opened.descriptor
        // The address lives for the closure.
        let status = unsafe SocketAddress.with(endpoint) { unsafe bind(number, $0, $1) }
        if status != 0 { throw bindError(errno, target: target) }
        if sharing > 1, catchment_share_by_sender(number, UInt32(sharing)) != 0 {
            throw OperationError(
                .systemCall, call: "setsockopt SO_ATTACH_REUSEPORT_CBPF", target: target,
                errno: errno)
        }
        return opened
    }

    static func bindError(_ number: Int32, target: String) -> OperationError {
        let advice: String? =
            switch number {
            case EADDRINUSE: "another process listens there: see ss -lunpt"
            case EACCES: "ports below 1024 need CAP_NET_BIND_SERVICE"
            case EADDRNOTAVAIL: "no interface of this machine has that address"
            default: nil
            }
        let text = SystemError.text(number)
        return OperationError(
            .bindFailed, call: "bind", target: target, errno: number,
            reason: advice.map { "\(text); \($0)" } ?? text, canRetry: number == EADDRINUSE)
    }

    /// Sets a numeric option; options that only tune are allowed to fail.
    @discardableResult
    borrowing func set(_ option: Int32, to value: Int32, level: Int32 = SOL_SOCKET) -> Bool {
        var value = value
        // The pointer lives for the call only.
        return unsafe setsockopt(
            descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    borrowing func get(_ option: Int32, level: Int32 = SOL_SOCKET) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // The pointers live for the call only.
        let status = unsafe getsockopt(descriptor, level, option, &value, &length)
        return status == 0 ? value : nil
    }

    /// Lets the socket count as readable when it holds so many bytes, or is at its end.
    borrowing func setReceiveLowMark(_ bytes: Int) { set(SO_RCVLOWAT, to: Int32(clamping: bytes)) }

    /// Asks for a receive buffer and returns the bytes that the kernel granted.
    ///
    /// Beyond `net.core.rmem_max` only CAP_NET_ADMIN gets what it asks for.
    borrowing func setReceiveBuffer(_ wanted: Int) -> Int {
        let size = Int32(clamping: wanted)
        if !set(SO_RCVBUFFORCE, to: size) { set(SO_RCVBUF, to: size) }
        // The kernel doubles what it is given, for its own overhead, and reports the double.
        return Int(get(SO_RCVBUF) ?? 0) / 2
    }

    /// Where the socket is bound: tells the port when 0 was asked for.
    borrowing func localEndpoint() -> Endpoint {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // sockaddr_storage has room for every address; the span lives inside the closure.
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("an address has bytes") }
            let address = unsafe base.assumingMemoryBound(to: sockaddr.self)
            _ = unsafe getsockname(descriptor, address, &length)
            let used = unsafe UnsafeRawBufferPointer(
                start: base, count: Swift.min(Int(length), bytes.count))
            return SocketAddress.read(unsafe used.bytes)
        }
    }
}
