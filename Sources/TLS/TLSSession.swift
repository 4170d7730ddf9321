import COpenSSL
public import Core
import Glibc
import System

/// The server's side of one TLS connection over a non-blocking socket; for one thread.
///
/// Order of calls: `handshake` until it is done, then `read`. The process must ignore SIGPIPE.
@safe
public final class TLSSession {
    private let session: OpaquePointer
    private let context: TLSServerContext
    /// Whether a farewell can be sent.
    private var isOpen = false

    public enum Handshake: Sendable {
        case done
        /// The socket has to become readable, or writable, first.
        case waiting(forOutput: Bool)
        /// The client went without having said anything, as probes do.
        case gone
        case failed(Failure)
    }

    public enum Reading: Sendable {
        case bytes(Int)
        case waiting(forOutput: Bool)
        case ended
        case failed(Failure)
    }

    /// Why a connection is of no use.
    public struct Failure: Sendable {
        public var code: ErrorCode
        public var reason: String
    }

    @unsafe
    init?(owning session: OpaquePointer, context: TLSServerContext, descriptor: Int32) {
        unsafe self.session = session
        self.context = context
        guard unsafe SSL_set_fd(session, descriptor) == 1 else { return nil }
        unsafe SSL_set_accept_state(session)
    }

    deinit {
        // A full socket loses the farewell, which is no harm.
        if isOpen { unsafe SSL_shutdown(session) }
        ERR_clear_error()
        unsafe SSL_free(session)
    }

    /// Goes on with the handshake, and looks at who the client is when it is done.
    public func handshake() -> Handshake {
        let status = unsafe SSL_do_handshake(session)
        if status == 1 {
            isOpen = true
            return refusal().map { .failed($0) } ?? .done
        }
        switch unsafe SSL_get_error(session, status) {
        case SSL_ERROR_WANT_READ: return .waiting(forOutput: false)
        case SSL_ERROR_WANT_WRITE: return .waiting(forOutput: true)
        default:
            let number = errno
            return failedHandshake(errno: number)
        }
    }

    private func failedHandshake(errno number: Int32) -> Handshake {
        // The last error is the outermost: not a signature's, but that of the whole chain.
        let error = ERR_peek_last_error()
        ERR_clear_error()
        if unsafe catchment_ssl_bytes_read(session) == 0 { return .gone }
        guard let text = OpenSSLFailure.text(error) else {
            let reason = number == 0 ? "the client closed the connection" : SystemError.text(number)
            return .failed(Failure(code: .tlsHandshakeFailed, reason: reason))
        }
        if catchment_is_about_certificate(error) == 1 {
            return .failed(Failure(code: .tlsPeerRefused, reason: text + verification))
        }
        return .failed(Failure(code: .tlsHandshakeFailed, reason: text))
    }

    /// What was wrong with the client's chain, with a colon in front.
    private var verification: String {
        let result = unsafe SSL_get_verify_result(session)
        // The text is static.
        guard result != 0, let text = unsafe X509_verify_cert_error_string(result) else {
            return ""
        }
        return unsafe ": \(String(cString: text))"
    }

    /// Why the client may not connect, although its chain is good.
    private func refusal() -> Failure? {
        let allowed = context.settings.allowedPeers
        guard !allowed.isEmpty else { return nil }
        guard let certificate = unsafe PeerCertificate(of: session) else {
            return Failure(code: .tlsPeerRefused, reason: "the client showed no certificate")
        }
        for peer in allowed where certificate.belongs(to: peer) { return nil }
        let names = certificate.names.joined(separator: ", ")
        let digest = AllowedPeer.text(.sha256, certificate.fingerprint(.sha256))
        return Failure(
            code: .tlsPeerRefused,
            reason: "tls.allowed_peers has neither a name of the certificate (\(names)) "
                + "nor its fingerprint \(digest)")
    }

    /// The first name of the certificate that the client showed, after the handshake.
    public var peerName: String? {
        guard let certificate = unsafe PeerCertificate(of: session) else { return nil }
        return certificate.names.first
    }

    /// Reads at most `count` bytes of plain text to `target`.
    @unsafe
    public func read(into target: UnsafeMutableRawPointer, count: Int) -> Reading {
        var length = 0
        // `target` has room for `count` bytes, says the caller.
        let status = unsafe SSL_read_ex(session, target, count, &length)
        if status == 1 { return .bytes(length) }
        switch unsafe SSL_get_error(session, status) {
        case SSL_ERROR_WANT_READ: return .waiting(forOutput: false)
        case SSL_ERROR_WANT_WRITE: return .waiting(forOutput: true)
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_SSL:
            isOpen = false
            return .failed(
                Failure(code: .tlsBrokenStream, reason: OpenSSLFailure.takeText()))
        default:
            // The system's errors: reset, timed out.
            isOpen = false
            ERR_clear_error()
            return .ended
        }
    }

    /// Whether bytes have come that the socket does not tell of any more.
    public var hasPending: Bool { unsafe SSL_has_pending(session) == 1 }
}
