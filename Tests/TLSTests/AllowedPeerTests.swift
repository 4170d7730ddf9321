import Testing

@testable import TLS

@Suite struct AllowedPeerTests {
    private static let digest = Array(repeating: "AB", count: 32).joined(separator: ":")
    private static let short = Array(repeating: "01", count: 20).joined(separator: ":")

    @Test func readsFingerprints() {
        let bytes = [UInt8](repeating: 0xab, count: 32)
        for text in ["sha-256:\(Self.digest)", "SHA256:\(Self.digest.lowercased())"] {
            #expect(AllowedPeer(text) == .fingerprint(.sha256, bytes))
        }
        #expect(
            AllowedPeer("sha-1:\(Self.short)")
                == .fingerprint(.sha1, [UInt8](repeating: 1, count: 20)))
        #expect(AllowedPeer("sha-256:\(Self.digest)")?.description == "sha-256:\(Self.digest)")
    }

    @Test(arguments: [
        "", "sha-256:", "sha-256:\(short)", "sha-1:\(digest)", "md5:\(short)", "sha-1:\(short):",
        "sha-1:+1\(short.dropFirst(2))", "*", "a..b", ".a", "a b", "*.*.net", "host*", "é.net",
    ])
    func refusesWhatIsNeither(text: String) {
        #expect(AllowedPeer(text) == nil)
    }

    @Test(arguments: [
        ("host.example.net", "host.example.net", true),
        ("host.example.net", "HOST.Example.NET", true),
        ("host.example.net", "other.example.net", false),
        ("host.example.net", "*.example.net", true),
        ("host.example.net", "*.net", false),
        ("a.host.example.net", "*.example.net", false),
        ("example.net", "*.example.net", false),
        ("*.example.net", "host.example.net", true),
        ("*.example.net", "a.host.example.net", false),
        ("*.example.net", ".example.net", false),
        ("*.local", "router.local", true),
        ("router.local", "*.local", false),
        ("router", "*", false),
        ("host.example.net", "host.example.net\0.evil.org", false),
        ("host.example.net", "", false),
    ])
    func comparesNames(allowed: String, presented: String, isMatch: Bool) throws {
        guard case .name(let name)? = AllowedPeer(allowed) else {
            Issue.record("'\(allowed)' is a name")
            return
        }
        #expect(AllowedPeer.matches(allowed: name, presented: presented) == isMatch)
    }
}
