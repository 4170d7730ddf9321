import COpenSSL
public import Core
import System

/// Certificate, key and rules for clients, loaded from their files; does not change any more.
@safe
public final class TLSServerContext: @unchecked Sendable {
    // Sendable: nothing changes after `init`, and OpenSSL counts the references with a lock.

    let settings: TLSServerSettings
    /// What the files were when they were read.
    let stamps: [FileStatus?]
    private let context: OpaquePointer

    /// Reads the files.
    ///
    /// - Throws: `fileReadFailed`, `tlsSetupFailed`.
    public init(_ settings: TLSServerSettings) throws(OperationError) {
        self.settings = settings
        // Before reading: a change meanwhile is found by the next look at the files.
        stamps = Self.stamps(of: settings)
        // OpenSSL returns nil only when memory is exhausted.
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            preconditionFailure("out of memory")
        }
        unsafe self.context = context
        unsafe catchment_ssl_prepare_server(context)
        try setProtocol()
        try loadCertificate()
        try loadKey()
        try loadAuthority()
        setVerification()
    }

    deinit { unsafe SSL_CTX_free(context) }

    static func stamps(of settings: TLSServerSettings) -> [FileStatus?] {
        settings.files.map { FileSystem.status(of: $0) }
    }

    /// A server's side of a connection, or `nil` when memory is exhausted.
    ///
    /// - Parameter descriptor: stays the caller's and must outlive the session.
    public func makeSession(on descriptor: Int32) -> TLSSession? {
        guard let session = unsafe SSL_new(context) else { return nil }
        return unsafe TLSSession(owning: session, context: self, descriptor: descriptor)
    }

    // MARK: Loading

    private func setProtocol() throws(OperationError) {
        let versions = unsafe catchment_ssl_versions(
            context, settings.minimumVersion.number, settings.maximumVersion.number)
        let names = settings.ciphers.split { $0 == ":" || $0 == "," || $0 == " " }
        let suites = names.filter { $0.hasPrefix("TLS_") }.joined(separator: ":")
        let ciphers = names.filter { !$0.hasPrefix("TLS_") }.joined(separator: ":")
        var areKnown = true
        if !ciphers.isEmpty { areKnown = unsafe SSL_CTX_set_cipher_list(context, ciphers) == 1 }
        if areKnown, !suites.isEmpty {
            areKnown = unsafe SSL_CTX_set_ciphersuites(context, suites) == 1
        }
        guard versions == 1, areKnown else {
            throw OperationError(
                .tlsSetupFailed, call: "set ciphers", target: settings.ciphers,
                reason: "OpenSSL says '\(OpenSSLFailure.takeText())'; "
                    + "'openssl ciphers -v' lists the names", canRetry: false)
        }
    }

    private func loadCertificate() throws(OperationError) {
        var file = try PEMFile(settings.certificateFile)
        var isFirst = true
        while let certificate = unsafe try file.readCertificate() {
            if isFirst {
                // The context keeps a reference of its own.
                defer { unsafe X509_free(certificate) }
                guard unsafe SSL_CTX_use_certificate(context, certificate) == 1 else {
                    throw file.failure("use certificate", "make a new one with a longer key")
                }
                isFirst = false
            } else if unsafe catchment_ssl_add_chain(context, certificate) != 1 {
                // Otherwise the context has taken it over.
                unsafe X509_free(certificate)
                throw file.failure("use certificate", "check the chain behind the first one")
            }
        }
        if isFirst {
            throw OperationError(
                .tlsSetupFailed, call: "read certificate", target: settings.certificateFile,
                reason: "there is no certificate in PEM form in it", canRetry: false)
        }
    }

    private func loadKey() throws(OperationError) {
        var file = try PEMFile(settings.keyFile)
        let key = unsafe try file.readPrivateKey(password: settings.keyPassword)
        // The context keeps a reference of its own.
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else {
            throw file.failure(
                "use private key", "it must be the key of \(settings.certificateFile)")
        }
    }

    private func loadAuthority() throws(OperationError) {
        guard let path = settings.authorityFile else { return }
        var file = try PEMFile(path)
        let store = unsafe SSL_CTX_get_cert_store(context)
        var count = 0
        while let certificate = unsafe try file.readCertificate() {
            // Store and list keep references of their own.
            defer { unsafe X509_free(certificate) }
            guard unsafe X509_STORE_add_cert(store, certificate) == 1,
                unsafe SSL_CTX_add_client_CA(context, certificate) == 1
            else { throw file.failure("use authority", "check the certificates in it") }
            count += 1
        }
        if count == 0 {
            throw OperationError(
                .tlsSetupFailed, call: "read authority", target: path,
                reason: "there is no certificate in PEM form in it", canRetry: false)
        }
    }

    private func setVerification() {
        let mode: Int32
        switch settings.clientCertificates {
        case .ignored: mode = SSL_VERIFY_NONE
        case .optional: mode = SSL_VERIFY_PEER
        case .required: mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        }
        if settings.authorityFile == nil {
            // No chain to follow: the list of allowed peers decides, after the handshake.
            unsafe SSL_CTX_set_verify(context, mode) { _, _ in 1 }
        } else {
            unsafe SSL_CTX_set_verify(context, mode, nil)
        }
    }
}

extension TLSServerSettings.Version {
    fileprivate var number: Int32 { self == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION }
}
