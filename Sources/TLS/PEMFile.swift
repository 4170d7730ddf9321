import COpenSSL
import Core
import System

/// A file of PEM blocks (RFC 7468), read from its start to its end.
@safe
struct PEMFile: ~Copyable {
    private let path: String
    // Owned by this value.
    private let source: OpaquePointer

    /// - Throws: `fileReadFailed`.
    init(_ path: String) throws(OperationError) {
        self.path = path
        let bytes = try FileSystem.readFile(path, limit: 16 << 20)
        // OpenSSL copies the bytes; it refuses only when memory is exhausted.
        guard let source = unsafe BIO_new(BIO_s_mem()),
            unsafe BIO_write(source, bytes, Int32(bytes.count)) == Int32(bytes.count)
                || bytes.isEmpty
        else { preconditionFailure("out of memory") }
        unsafe self.source = source
    }

    deinit { unsafe BIO_free_all(source) }

    /// The next certificate, which the caller frees; `nil` at the end of the file.
    ///
    /// - Throws: `tlsSetupFailed` for a block that is damaged.
    @unsafe
    mutating func readCertificate() throws(OperationError) -> OpaquePointer? {
        if let found = unsafe PEM_read_bio_X509(source, nil, nil, nil) { return unsafe found }
        let number = ERR_peek_last_error()
        if catchment_is_end_of_pem(number) == 1 {
            ERR_clear_error()
            return nil
        }
        throw failure("read certificate", "it must hold certificates in PEM form")
    }

    /// The first private key, which the caller frees.
    ///
    /// - Throws: `tlsSetupFailed`.
    @unsafe
    mutating func readPrivateKey(password: String?) throws(OperationError) -> OpaquePointer {
        // With an empty password OpenSSL fails instead of asking on the terminal.
        let key = unsafe (password ?? "").withCString { text in
            unsafe PEM_read_bio_PrivateKey(
                source, nil, nil, UnsafeMutableRawPointer(mutating: text))
        }
        if let key = unsafe key { return unsafe key }
        throw failure(
            "read private key",
            "it must hold a private key in PEM form; one with a password needs tls.key_passwd")
    }

    func failure(_ call: String, _ advice: String) -> OperationError {
        OperationError(
            .tlsSetupFailed, call: call, target: path,
            reason: "OpenSSL says '\(OpenSSLFailure.takeText())'; \(advice)", canRetry: false)
    }
}
