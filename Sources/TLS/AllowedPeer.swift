/// A client that may connect: by its certificate's fingerprint or by its name.
public enum AllowedPeer: Hashable, Sendable {
    public enum Digest: String, Sendable, CaseIterable {
        case sha256 = "sha-256"
        case sha1 = "sha-1"

        var byteCount: Int { self == .sha256 ? 32 : 20 }
    }

    case fingerprint(Digest, [UInt8])
    /// A host name in lower case; `*` may stand for its first label.
    case name(String)

    /// Reads `sha-256:E1:2D:...` (RFC 5425 §4.2.2) or a host name.
    ///
    /// - Returns: `nil` for what is neither, such as a digest of the wrong length.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else {
            let name = text.lowercased()
            guard Self.isName(name) else { return nil }
            self = .name(name)
            return
        }
        let algorithm = text[..<colon].lowercased()
        // Some tools write the names of the digests without a hyphen.
        guard
            let digest = Digest.allCases.first(where: {
                $0.rawValue == algorithm || $0.rawValue.filter { $0 != "-" } == algorithm
            }), let bytes = Self.bytes(text[text.index(after: colon)...]),
            bytes.count == digest.byteCount
        else { return nil }
        self = .fingerprint(digest, bytes)
    }

    /// Pairs of hexadecimal digits with colons between.
    private static func bytes(_ text: Substring) -> [UInt8]? {
        let pairs = text.split(separator: ":", omittingEmptySubsequences: false)
        let bytes = pairs.compactMap { pair in
            pair.utf8.count == 2 && pair.allSatisfy(\.isHexDigit) ? UInt8(pair, radix: 16) : nil
        }
        return bytes.count == pairs.count ? bytes : nil
    }

    private static func isName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ !$0.isEmpty }), text.utf8.count <= 253 else { return false }
        let plain = labels.first == "*" ? labels.dropFirst() : labels[...]
        return !plain.isEmpty
            && plain.allSatisfy { label in
                label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                        UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
            }
    }

    /// Whether a name of a certificate is an allowed one (RFC 5425 §5.2).
    ///
    /// The first label of either may be `*` and stands for one label; a certificate's `*` needs two
    /// labels behind it.
    static func matches(allowed: String, presented: String) -> Bool {
        let allowed = allowed.split(separator: ".", omittingEmptySubsequences: false)
        let presented = presented.lowercased()
            .split(separator: ".", omittingEmptySubsequences: false)
        guard allowed.count == presented.count, allowed.dropFirst() == presented.dropFirst(),
            let wanted = allowed.first, let first = presented.first, !first.isEmpty
        else { return false }
        return wanted == first || wanted == "*" || first == "*" && presented.count > 2
    }
}

extension AllowedPeer: CustomStringConvertible {
    public var description: String {
        switch self {
        case .name(let name): name
        case .fingerprint(let digest, let bytes): Self.text(digest, bytes)
        }
    }

    /// `sha-256:E1:2D:...`.
    static func text(_ digest: Digest, _ bytes: [UInt8]) -> String {
        digest.rawValue + ":"
            + bytes.map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }.joined(separator: ":")
    }
}
