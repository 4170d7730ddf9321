import COpenSSL
public import Core
import Glibc
import System

/// A client that speaks TLS over a socket of its own, waiting for each step.
@safe
public final class TLSClient {
    public struct Failure: Error {}

    public let descriptor: Int32
    private let context: OpaquePointer
    private let session: OpaquePointer

    /// Connects; `shakeHands` is next.
    ///
    /// - Parameters:
    ///   - identity: what to show when asked.
    ///   - version: the only one to speak.
    public init(
        to endpoint: Endpoint, identity: TestAuthority.Identity? = nil, version: Int32? = nil
    ) throws {
        // The listener may close while the client writes.
        SignalSet.ignoreBrokenPipes()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard let context = unsafe SSL_CTX_new(TLS_client_method()),
            let session = unsafe Self.session(context, identity, version)
        else { throw Failure() }
        unsafe self.context = context
        unsafe self.session = session
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = endpoint.port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        // Pointers live for the call only.
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // Nothing in a test takes longer.
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard status == 0, unsafe SSL_set_fd(session, descriptor) == 1 else { throw Failure() }
    }

    @unsafe
    private static func session(
        _ context: OpaquePointer, _ identity: TestAuthority.Identity?, _ version: Int32?
    ) -> OpaquePointer? {
        if let identity {
            guard
                unsafe SSL_CTX_use_certificate_chain_file(context, identity.certificate) == 1,
                unsafe SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1
            else { return nil }
        }
        if let version { _ = unsafe catchment_ssl_versions(context, version, version) }
        return unsafe SSL_new(context)
    }

    deinit {
        unsafe SSL_free(session)
        unsafe SSL_CTX_free(context)
        ERR_clear_error()
        close(descriptor)
    }

    /// Whether the handshake succeeded as the client sees it: with TLS 1.3 the server may refuse
    /// the client's certificate later.
    public func shakeHands() -> Bool { unsafe SSL_connect(session) == 1 }

    /// `CN` of the certificate that the server showed.
    public var serverName: String {
        guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return "" }
        defer { unsafe X509_free(certificate) }
        guard let name = unsafe catchment_common_name(certificate) else { return "" }
        return unsafe String(
            decoding: UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(name), count: Int(ASN1_STRING_length(name))),
            as: UTF8.self)
    }

    /// Sends in one record for every 16 KiB.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        // The array lives for the call.
        return unsafe SSL_write_ex(session, bytes, bytes.count, &sent) == 1
    }

    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says farewell without closing the socket.
    public func sayFarewell() { unsafe SSL_shutdown(session) }

    /// Whether the server ends the connection before it sends anything.
    public func isClosedByServer() -> Bool {
        var byte: UInt8 = 0
        var count = 0
        return unsafe SSL_read_ex(session, &byte, 1, &count) != 1
    }
}
