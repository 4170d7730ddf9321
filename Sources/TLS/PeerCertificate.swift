import COpenSSL

/// The certificate that a client showed.
@safe
struct PeerCertificate: ~Copyable {
    // Owned by this value.
    private let certificate: OpaquePointer

    /// - Returns: `nil` when the peer of `session` showed none.
    @unsafe
    init?(of session: OpaquePointer) {
        // The call adds a reference, which this value gives back.
        guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return nil }
        unsafe self.certificate = certificate
    }

    deinit { unsafe X509_free(certificate) }

    /// Whether this is the certificate of an allowed peer.
    borrowing func belongs(to peer: AllowedPeer) -> Bool {
        switch peer {
        case .fingerprint(let digest, let bytes): fingerprint(digest) == bytes
        case .name(let name):
            names.contains { AllowedPeer.matches(allowed: name, presented: $0) }
        }
    }

    borrowing func fingerprint(_ digest: AllowedPeer.Digest) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        // Both kinds are part of every OpenSSL; the buffer has room for the longest digest.
        let done = unsafe X509_digest(
            certificate, digest == .sha256 ? EVP_sha256() : EVP_sha1(), &bytes, &count)
        return done == 1 ? Array(bytes.prefix(Int(count))) : []
    }

    /// The DNS names; without any, the common name (RFC 5425 §5.2).
    var names: [String] {
        let alternatives = alternativeNames
        if !alternatives.isEmpty { return alternatives }
        // The text belongs to the certificate.
        guard let name = unsafe catchment_common_name(certificate) else { return [] }
        return unsafe [Self.text(name)]
    }

    private var alternativeNames: [String] {
        guard let names = unsafe catchment_alternative_names(certificate) else { return [] }
        // The texts are copied before the list is freed.
        defer { unsafe GENERAL_NAMES_free(names) }
        return (0..<(unsafe catchment_name_count(names))).compactMap { index in
            unsafe catchment_dns_name(names, index).map { unsafe Self.text($0) }
        }
    }

    @unsafe
    private static func text(_ string: UnsafePointer<ASN1_STRING>) -> String {
        let count = unsafe Int(ASN1_STRING_length(string))
        guard count > 0, let start = unsafe ASN1_STRING_get0_data(string) else { return "" }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
