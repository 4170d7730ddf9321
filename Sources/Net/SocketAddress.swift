import Core
import Glibc

/// Endpoints as the kernel knows them.
enum SocketAddress {
    /// Calls `body` with the `sockaddr` of an endpoint.
    static func with<Result>(
        _ endpoint: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        if let v4 = endpoint.address.v4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr = v4.bigEndian
            return unsafe call(&address, body)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = endpoint.port.bigEndian
        var words = (endpoint.address.high.bigEndian, endpoint.address.low.bigEndian)
        // Both are 16 bytes of plain data.
        unsafe withUnsafeBytes(of: &words) { source in
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                unsafe $0.copyMemory(from: source)
            }
        }
        return unsafe call(&address, body)
    }

    /// Calls `body` with the `sockaddr` of a unix socket's path, or returns `nil` when it is too
    /// long for the kernel (107 bytes).
    static func with<Result>(
        path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < capacity, !bytes.isEmpty, !bytes.contains(0) else { return nil }
        // The guard leaves room for the bytes and a NUL.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe call(&address, body)
    }

    @unsafe
    private static func call<Address, Result>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        // Every sockaddr_* begins like sockaddr; the pointer lives for the closure.
        unsafe withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("an address has bytes") }
            return unsafe body(
                base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }

    /// Reads an address that the kernel wrote; anything but IPv4 and IPv6 is `0.0.0.0:0`.
    static func read(_ bytes: RawSpan) -> Endpoint {
        let unknown = Endpoint(address: .any, port: 0)
        guard bytes.byteCount >= 8 else { return unknown }
        // The family is in host order; this host is little-endian or the constant is swapped alike.
        switch Int32(bytes.uint16(at: 0).byteSwapped) {
        case AF_INET:
            return Endpoint(
                address: IPAddress(v4: bytes.uint32(at: 4)), port: bytes.uint16(at: 2))
        case AF_INET6 where bytes.byteCount >= 24:
            return Endpoint(
                address: IPAddress(high: bytes.uint64(at: 8), low: bytes.uint64(at: 16)),
                port: bytes.uint16(at: 2))
        default:
            return unknown
        }
    }
}
