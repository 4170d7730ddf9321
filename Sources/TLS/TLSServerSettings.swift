/// How a listener speaks TLS, and with whom.
public struct TLSServerSettings: Sendable {
    public enum Version: String, Sendable, CaseIterable {
        case tls12 = "TLSv1.2"
        case tls13 = "TLSv1.3"
    }

    /// Whether clients show a certificate.
    public enum ClientCertificates: Sendable {
        /// They are not asked for one.
        case ignored
        /// They may; a bad one is refused.
        case optional
        /// They must.
        case required
    }

    /// The certificate and behind it the chain up to the root, PEM.
    public var certificateFile: String
    /// PEM.
    public var keyFile: String
    public var keyPassword: String?
    /// Whose certificates clients must have, PEM; without it their chain is not looked at.
    public var authorityFile: String?
    public var clientCertificates = ClientCertificates.ignored
    /// Who may connect; everyone with a good certificate when empty.
    public var allowedPeers: [AllowedPeer] = []
    public var minimumVersion = Version.tls12
    public var maximumVersion = Version.tls13
    /// OpenSSL's names; those that begin with `TLS_` are for TLS 1.3.
    public var ciphers = Self.defaultCiphers
    /// A client that takes longer until it may send is closed.
    public var handshakeTimeoutMilliseconds: Int64 = 10_000
    /// How often at most the files are looked at, for changes.
    public var reloadIntervalMilliseconds: Int64 = 2_000

    /// Forward secrecy and authenticated encryption, as RFC 9662 wants it.
    public static let defaultCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20"

    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    /// The files that a context is made of.
    var files: [String] { [certificateFile, keyFile] + (authorityFile.map { [$0] } ?? []) }
}
